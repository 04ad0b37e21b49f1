"""What is known of the ARPAbet phones whatever the speaker."""

DIPHTHONGS = frozenset({"AW", "AY", "EY", "OW", "OY"})
VOWELS = DIPHTHONGS | {"AA", "AE", "AH", "AO", "EH", "ER", "IH", "IY", "UH", "UW"}


def typical_length(phone: str) -> float:
    """Seconds that a phone takes in read American English (rounded from Crystal & House 1988)."""
    if phone in DIPHTHONGS:
        return 0.15
    return 0.12 if phone in VOWELS else 0.07
