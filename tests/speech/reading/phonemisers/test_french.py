import unicodedata

import pytest

from morgana.speech.reading.phonemisers.french import phonemise


def said(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(word.phonemes for word in phonemise(text)))


def plain(phonemes: str) -> str:
    return unicodedata.normalize("NFC", phonemes)


@pytest.mark.parametrize(
    ("word", "phonemes"),
    [
        ("bonjour", "bɔ̃ʒˈuʁ"),
        ("garçon", "ɡaʁsˈɔ̃"),
        ("château", "ʃatˈo"),
        ("eau", "ˈo"),
        ("heureux", "øʁˈø"),
        ("fleur", "flˈœʁ"),
        ("nuit", "nyˈi"),
        ("loi", "lwˈa"),
        ("foin", "fwˈɛ̃"),
        ("voyage", "vwajˈaʒ"),
        ("payer", "pɛjˈe"),
        ("famille", "famˈij"),
        ("travail", "tʁavˈaj"),
        ("soleil", "solˈɛj"),
        ("feuille", "fˈœj"),
        ("million", "miljˈɔ̃"),
        ("montagne", "mɔ̃tˈaɲ"),
        ("guerre", "ɡˈɛʁ"),
        ("quatre", "kˈatʁ"),
        ("photo", "fotˈo"),
        ("exemple", "ɛɡzˈɑ̃pl"),
        ("maison", "mɛzˈɔ̃"),
        ("passer", "pasˈe"),
        ("nation", "nasjˈɔ̃"),
        ("question", "kɛstjˈɔ̃"),
        ("patience", "pasjˈɑ̃s"),
        ("démocratie", "demɔkʁasˈi"),
        ("chien", "ʃjˈɛ̃"),
        ("client", "kliˈɑ̃"),
        ("pain", "pˈɛ̃"),
        ("bonne", "bˈɔn"),
    ],
)
def test_spelling_tells_the_sounds(word: str, phonemes: str) -> None:
    assert said(word) == plain(phonemes)


@pytest.mark.parametrize(
    ("word", "phonemes"),
    [
        ("petits", "pətˈi"),
        ("repos", "ʁəpˈo"),
        ("parler", "paʁlˈe"),
        ("parlez", "paʁlˈe"),
        ("hiver", "ivˈɛʁ"),
        ("avec", "avˌɛk"),
        ("années", "anˈe"),
        ("table", "tˈabl"),
        ("bâtiment", "batimˈɑ̃"),
        ("ils parlent", "il pˈaʁl"),
        ("ils demandent", "il dəmˈɑ̃d"),
        ("ils parlaient", "il paʁlˈɛ"),
        ("ils aiment", "ilz ˈɛm"),
        ("un parent", "œ̃ paʁˈɑ̃"),
        ("il vient", "il vjˈɛ̃"),
        ("ils oublient", "ilz ublˈi"),
        ("direct", "diʁˈɛkt"),
        ("respect", "ʁɛspˈɛ"),
    ],
)
def test_last_letters_are_heard_or_not(word: str, phonemes: str) -> None:
    assert said(word) == plain(phonemes)


@pytest.mark.parametrize(
    ("word", "phonemes"),
    [
        ("demain", "dəmˈɛ̃"),
        ("maintenant", "mɛ̃tnˈɑ̃"),
        ("développement", "devlɔpmˈɑ̃"),
        ("gouvernement", "ɡuvɛʁnəmˈɑ̃"),
        ("personne", "pɛʁsˈɔn"),
        ("secret", "səkʁˈɛ"),
    ],
)
def test_e_without_accent(word: str, phonemes: str) -> None:
    assert said(word) == plain(phonemes)


@pytest.mark.parametrize(
    ("word", "phonemes"),
    [
        ("femme", "fˈam"),
        ("monsieur", "məsjˈø"),
        ("second", "səɡˈɔ̃"),
        ("fils", "fˈis"),
        ("hier", "jˈɛʁ"),
        ("oignons", "ɔɲˈɔ̃"),
        ("villes", "vˈil"),
        ("œufs", "ˈø"),
        ("aujourd’hui", "oʒuʁdyˈi"),
        ("TV", "tˌevˈe"),
    ],
)
def test_irregular_words_are_known(word: str, phonemes: str) -> None:
    assert said(word) == plain(phonemes)


@pytest.mark.parametrize(
    ("text", "phonemes"),
    [
        ("les enfants", "lez ɑ̃fˈɑ̃"),
        ("les héros", "le eʁˈo"),
        ("les hommes", "lez ˈɔm"),
        ("les, enfants", "le ɑ̃fˈɑ̃"),
        ("un ami", "œ̃n amˈi"),
        ("un bon ami", "œ̃ bˈɔn amˈi"),
        ("un ancien élève", "œ̃n ɑ̃sjˈɛn elˈɛv"),
        ("un premier étage", "œ̃ pʁəmjˈɛʁ etˈaʒ"),
        ("un grand homme", "œ̃ ɡʁˈɑ̃t ˈɔm"),
        ("neuf ans", "nˈœv ˈɑ̃"),
        ("six mois", "sˈi mwˈa"),
        ("six ans", "sˈiz ˈɑ̃"),
        ("c'est ici", "sɛt isˈi"),
        ("l'eau et l’or", "lˈo e lˈɔʁ"),
        ("Y a-t-il du pain ?", "i at il dy pˈɛ̃"),
        ("Allez-y", "alˈez i"),
        ("vingt-deux", "vˈɛ̃t dˈø"),
        ("peut-être", "pˈøt ˈɛtʁ"),
    ],
)
def test_words_link_in_sentences(text: str, phonemes: str) -> None:
    assert said(text) == plain(phonemes)


def test_places_are_those_of_the_text() -> None:
    text = "« L'e\u0301cole » d'abord : est-ce peut-être ouvert ?"
    places = [text[word.start : word.end] for word in phonemise(text)]
    assert places == ["L'e\u0301cole", "d'abord", "est-ce", "peut-être", "ouvert"]
