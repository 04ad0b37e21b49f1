import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from morgana.speech.reading.alphabet import LETTERS
from morgana.speech.reading.phonemisers.japanese import phonemise
from morgana.speech.reading.phonemisers.japanese.kana import pronounce


def said(text: str) -> str:
    return " ".join(word.phonemes for word in phonemise(text))


def written(text: str) -> list[str]:
    return [text[word.start : word.end] for word in phonemise(text)]


@pytest.mark.parametrize(
    ("word", "phonemes"),
    [
        ("さくら", "sakɯɾa"),
        ("しち", "ɕiʨi"),
        ("ふじ", "ɸɯʥi"),
        ("つづき", "ʦɨzɨkʲi"),
        ("象", "ʣoː"),
        ("ひみつ", "çimʲiʦɨ"),
        ("わらび", "βaɾabʲi"),
        ("客", "kʲakɯ"),
        ("牛乳", "ɡʲɨːɲɨː"),
        ("旅行", "ɾʲokoː"),
        ("シェフ", "ɕeɸɯ"),
        ("ファイル", "ɸaiɾɯ"),
        ("フィルム", "ɸʲiɾɯmɯ"),
        ("ティッシュ", "tʲiʔɕɨ"),
        ("デュエット", "dʲɨeʔto"),
        ("ウィンドウ", "βindoː"),
        ("ヴァイオリン", "vaioɾʲiɴ"),
        ("クォーツ", "kᵝoːʦɨ"),
        ("チェロ", "ʨeɾo"),
        ("コンピューター", "kompʲɨːtaː"),
    ],
)
def test_a_syllable_has_its_symbols(word: str, phonemes: str) -> None:
    assert said(word) == phonemes


@pytest.mark.parametrize(
    ("word", "phonemes"),
    [
        ("東京", "toːkʲoː"),
        ("お母さん", "okaːsaɴ"),
        ("映画", "eːɡa"),
        ("きれい", "kʲiɾeː"),
        ("新しい", "ataɾaɕiː"),
        ("スーパー", "sɨːpaː"),
    ],
)
def test_long_vowels_are_marked(word: str, phonemes: str) -> None:
    assert said(word) == phonemes


def test_a_drawn_out_vowel_is_marked_once() -> None:
    assert pronounce("スゴーーク") == "sɨɡoːkɯ"
    assert pronounce("ー") == ""


@pytest.mark.parametrize(
    ("word", "phonemes"),
    [
        ("学校", "ɡaʔkoː"),
        ("切符", "kʲiʔpɯ"),
        ("雑誌", "ʣaʔɕi"),
        ("あっ", "aʔ"),
    ],
)
def test_a_doubled_consonant_is_a_stop(word: str, phonemes: str) -> None:
    assert said(word) == phonemes


@pytest.mark.parametrize(
    ("word", "phonemes"),
    [
        ("散歩", "sampo"),
        ("文化", "bɯŋka"),
        ("りんご", "ɾʲiŋɡo"),
        ("こんにちは", "koɲɲiʨiβa"),
        ("三時", "saɲʥi"),
        ("本棚", "hondana"),
        ("電車", "deɴɕa"),
        ("本", "hoɴ"),
        ("千円", "seɴeɴ"),
    ],
)
def test_the_moraic_n_takes_the_place_of_what_follows(word: str, phonemes: str) -> None:
    assert said(word) == phonemes


def test_particles_are_read_as_they_are_said() -> None:
    assert said("私は学校へ本を持って行く。") == "βataɕi βa ɡaʔkoː e hoɴ o moʔte ikɯ"
    assert said("母はハワイへ") == "haha βa haβai e"


@pytest.mark.parametrize(
    ("text", "phonemes"),
    [
        ("今日", "kʲoː"),
        ("明日の朝", "aɕita no asa"),
        ("大人二人", "otona ɸɯtaɾʲi"),
        ("日本語", "ɲihoŋɡo"),
        ("何を", "naɲi o"),
        ("何で", "naɴ de"),
        ("三本", "samboɴ"),
        ("一匹", "iʔpʲikʲi"),
        ("八百屋", "jaoja"),
        ("二十歳", "hataʨi"),
        ("雨が降ります", "ame ɡa ɸɯɾʲimasɨ"),
        ("電車を降ります", "deɴɕa o oɾʲimasɨ"),
        ("雨が降ってバスを降りて", "ame ɡa ɸɯʔte basɨ o oɾʲite"),
        ("辛い料理", "kaɾai ɾʲoːɾʲi"),
        ("辛い思い出", "ʦɨɾai omoide"),
        ("国立博物館", "kokɯɾʲiʦɨhakɯbɯʦɨkaɴ"),
        ("国立市", "kɯɲitaʨiɕi"),
        ("服が汚れた", "ɸɯkɯ ɡa joɡoɾeta"),
        ("赤ちゃんを抱いて", "akaʨaɴ o daite"),
        ("希望を抱く", "kʲiboː o idakɯ"),
        ("八百円", "haʔpʲakɯeɴ"),
        ("言う", "jɯː"),
        ("人々", "çitobʲito"),
    ],
)
def test_characters_are_read_by_their_neighbours(text: str, phonemes: str) -> None:
    assert said(text) == phonemes


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("寿司を食べました。", ["寿司", "を", "食べました"]),
        ("公園で遊んでいた", ["公園", "で", "遊んで", "いた"]),
        ("間に合わなかったので、", ["間に合わなかった", "ので"]),
        ("子供たちは行かせられた", ["子供たち", "は", "行かせられた"]),
        ("「ちょっと」と言った", ["ちょっと", "と", "言った"]),
        ("東京 大阪", ["東京", "大阪"]),
        ("三千二百円", ["三千", "二百円"]),
    ],
)
def test_words_are_where_they_are_written(text: str, words: list[str]) -> None:
    assert written(text) == words


def test_half_width_and_combining_marks_keep_their_places() -> None:
    assert said("ｶﾞｯｺｳ") == said("ガッコウ")
    assert written("は、ｶﾞｯｺｳだ") == ["は", "ｶﾞｯｺｳ", "だ"]
    assert written("か\u3099くせい は") == ["か\u3099くせい", "は"]
    assert said("か\u3099くせい") == said("がくせい") == "ɡakɯseː"


def test_a_fraction_is_one_word() -> None:
    assert [(word.start, word.end) for word in phonemise("は¼だ")] == [(0, 1), (1, 2), (2, 3)]


def test_digits_and_latin_letters_are_read() -> None:
    assert said("3本") == "samboɴ"
    assert said("Googleは") == "ɡɯːɡɯɾɯ βa"


def test_what_has_no_sound_is_left_out() -> None:
    assert phonemise("") == ()
    assert phonemise(" 、。！？「」… 😀 \x00") == ()
    assert said("😀猫") == "neko"


@settings(max_examples=300)
@given(
    st.text(
        st.one_of(
            st.sampled_from(
                "あいうえおかがきっつんはひふへほをゃゅょぁーアイッンヴァヶ゛゜々ゝヽ\u3099\u309a"
            ),
            st.sampled_from("日本語学生行東京一二三人降雨私今〇𠮟𰻞 、。「」！？"),
            st.sampled_from("ｱｶﾞﾊﾟｯｰ09Az０Ａ㍻㌔"),
            st.characters(),
        ),
        max_size=40,
    )
)
def test_anything_is_read_in_the_alphabet_and_in_order(text: str) -> None:
    after = 0
    for word in phonemise(text):
        assert after <= word.start < word.end <= len(text)
        assert word.phonemes
        assert set(word.phonemes) <= LETTERS
        after = word.end


def test_threads_read_as_one_does() -> None:
    texts = ["今日は良い天気です。", "何を食べますか。", "東京へ行きました。", "雪が降ります。"] * 10
    alone = [phonemise(text) for text in texts]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(phonemise, texts)) == alone


def test_the_dictionary_is_unpacked_elsewhere_where_the_cache_cannot_be_written(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    (tmp_path / "temporary").mkdir()
    program = (
        "import os\n"
        "from morgana.speech.reading.phonemisers.japanese import phonemise\n"
        "print(phonemise('猫')[0].phonemes == 'neko', os.environ['XDG_CACHE_HOME'])"
    )
    read = subprocess.run(
        [sys.executable, "-c", program],
        env={"XDG_CACHE_HOME": str(blocked / "cache"), "TMPDIR": str(tmp_path / "temporary")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert read.stdout.split() == ["True", str(blocked / "cache")]
