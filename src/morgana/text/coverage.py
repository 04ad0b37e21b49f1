"""What a font can write."""

from functools import cache

from morgana.text.fonts import face, weights

# Letters that only a font for that way of writing has together.
_SAMPLES = {
    "Latin": "AaZzÉéñß",
    "Vietnamese": "ệữ",
    "Cyrillic": "ЖяЁы",
    "Greek": "Ωλάς",
    "Arabic": "شمپ",
    "Hebrew": "שם",
    "Devanagari": "कक्षि",
    "Thai": "ไทย",
    "Korean": "한글",
    "Japanese": "あア東込",
    "Bengali": "বাংলা",
    "Tamil": "தமிழ்",
    "Telugu": "తెలుగు",
    "Gujarati": "ગુજરાતી",
    "Gurmukhi": "ਪੰਜਾਬੀ",
    "Kannada": "ಕನ್ನಡ",
    "Malayalam": "മലയാളം",
    "Odia": "ଓଡ଼ିଆ",
    "Sinhala": "සිංහල",
    "Khmer": "ខ្មែរ",
    "Lao": "ລາວ",
    "Burmese": "မြန်မာ",
    "Georgian": "ქართული",
    "Armenian": "Հայերեն",
    "Amharic": "አማርኛ",
    "Simplified Chinese": "汉这么",
    "Traditional Chinese": "漢這麼妳啲",
}


@cache
def scripts(family: str) -> tuple[str, ...]:
    """The ways of writing that `family` has letters for; others are written in another font.

    Raises `InputError` (font_not_found, model_missing).
    """
    sample = face(family, weights(family)[0])
    return tuple(name for name, letters in _SAMPLES.items() if all(map(sample.covers, letters)))
