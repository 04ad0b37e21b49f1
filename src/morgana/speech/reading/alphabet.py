"""The alphabet of phonemes: the symbols that Kokoro's vocabulary holds.

Source: the vocabulary in the model's `config.json`, without its quotation marks and brackets.
"""

from typing import Final

MARKS: Final = ".,;:!?…—"
STRESS: Final = "ˈˌ"
LETTERS: Final = frozenset(
    "AIOQSTWYabcdefhijklmnopqrstuvwxyzæçðøŋœɐɑɒɔɕɖəɚɛɜɟɡɣɤɥɨɪɯɰɲɳɴɸɹɻɽɾʁʂʃʈʊʋʌʎʒʔʝʣʤʥʦʧʨʰʲːˈˌ\u0303βθχᵊᵝᵻꭧ↓→↗↘"
)
