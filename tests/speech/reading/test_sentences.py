import pytest

from morgana.speech.reading.locale import locale
from morgana.speech.reading.sentences import LONGEST, extents


def sentences(text: str, language: str = "en-US") -> list[str]:
    return [text[extent.start : extent.end] for extent in extents(text, locale(language).leading)]


@pytest.mark.parametrize(
    "parts",
    [
        ["Hello there.", "How are you?", "Fine!"],
        ["Dr. Smith met Mr. Jones.", "They talked."],
        ["J. K. Rowling wrote it.", "I read it."],
        ["It costs 3.14 dollars.", "Yes."],
        ["See e.g. Paris or i.e. that.", "No."],
        ["Use approx. five.", "Good."],
        ["So do I.", "Then go."],
        ['"Why?" he said.', "She left."],
        ["He said “Go.”", "She went."],
        ["(It was late.)", "We left."],
        ["Well… maybe.", "Yes."],
        ["Wait... what?", "Oh."],
        ["What?!", "No way!!"],
        ["At 5 p.m. we left.", "Then it rained."],
        ["Apples, etc. are fine.", "Pears too."],
        ["See example.com for more.", "Bye."],
        ["The U.S. army came.", "It left."],
        ["On Jan. 5 it snowed.", "Then not."],
        ["No. 5 is alive.", "Good."],
        ["We won.", "1,000 people came."],
        ["He lives on Main St.", "She does not."],
        ["I said no.", "He left."],
        ["It is no. 5.", "See p. 6."],
        ["Call us, ext. 12.", "Rm. 4 is open."],
        ["J.R.R. Tolkien wrote it.", "We left the U.S.", "He stayed."],
        ["It began at 5 P.M.", "Peter came."],
    ],
)
def test_splits_english(parts: list[str]) -> None:
    assert sentences(" ".join(parts)) == parts


@pytest.mark.parametrize(
    ("language", "text", "parts"),
    [
        ("ja-JP", "今日は。元気ですか？はい！", ["今日は。", "元気ですか？", "はい！"]),
        ("ja-JP", "「行こう。」と言った。", ["「行こう。」と言った。"]),
        ("zh-CN", "你好。你好吗？很好！", ["你好。", "你好吗？", "很好！"]),
        ("hi-IN", "नमस्ते। आप कैसे हैं?", ["नमस्ते।", "आप कैसे हैं?"]),
        ("es-ES", "¿Qué tal? El Sr. García vino. Sí.", ["¿Qué tal?", "El Sr. García vino.", "Sí."]),
        ("fr-FR", "Quoi ? M. Dupont dit « oui. » Bien !", ["Quoi ?", "M. Dupont dit « oui. »", "Bien !"]),
        ("it-IT", "Il sig. Rossi c'è. E poi?", ["Il sig. Rossi c'è.", "E poi?"]),
        ("pt-BR", "A Dra. Souza veio. Bom.", ["A Dra. Souza veio.", "Bom."]),
    ],
)
def test_splits_other_languages(language: str, text: str, parts: list[str]) -> None:
    assert sentences(text, language) == parts


def test_lines_and_paragraphs_end_sentences() -> None:
    text = "A title\nA line\r\n\r\nA paragraph. Its end"
    assert [extent.ending for extent in extents(text, {})] == ["line", "paragraph", "sentence", "paragraph"]


def test_cuts_what_is_too_long_to_be_read_at_once() -> None:
    text = "many words, and " * 200
    parts = list(extents(text, {}))
    assert all(part.end - part.start <= LONGEST for part in parts)
    assert all(part.ending == "clause" for part in parts[:-1])
    assert all(text[part.end - 1] == "," for part in parts[:-1])
