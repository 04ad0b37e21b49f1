"""Which expression suits a speech: its words, its punctuation, the liveliness of its voice."""

import numpy as np

from morgana.portrait.acting.lexicon import MOODS, plain, words
from morgana.speech.transcript import Speech

ENOUGH = 0.05  # share of the words (at least 20 counted) that must point one way


def choose(speech: Speech) -> tuple[str, float]:
    """An expression and how much of it (a factor for the intensity asked for); neutral if in doubt."""
    spoken = [plain(word.text) for word in speech.words]
    total = max(len(spoken), 20)
    shares = {mood: sum(word in words(mood) for word in spoken) / total for mood in MOODS}
    exclamations = sum(word.text.endswith("!") for word in speech.words) / total
    shares["happy"] += 0.5 * exclamations if shares["happy"] >= shares["serious"] else 0.0
    lively = _liveliness(speech)
    if lively < 0.25:
        shares["happy"] *= 0.6
        shares["surprised"] = 0.0
    else:
        shares["sad"] *= 0.7
    best = max(shares, key=lambda name: shares[name])
    if shares[best] < ENOUGH:
        return "neutral", 1.0
    return best, float(np.clip(shares[best] / (2 * ENOUGH), 0.5, 1.0))


def _liveliness(speech: Speech) -> float:
    """0 to 1: the range of the pitch, 2 semitones (deadpan) to 10 (excited)."""
    voiced = speech.prosody.pitch[speech.prosody.pitch > 0]
    if len(voiced) < 50:
        return 0.5
    low, high = np.percentile(voiced, [10, 90])
    return float(np.clip((12 * np.log2(high / low) - 2) / 8, 0, 1))
