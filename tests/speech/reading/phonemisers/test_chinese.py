from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from morgana.speech.reading.alphabet import LETTERS
from morgana.speech.reading.phonemisers.chinese import phonemise
from morgana.speech.reading.phonemisers.chinese.syllables import pronounce


def said(text: str) -> str:
    return " ".join(word.phonemes for word in phonemise(text))


def written(text: str) -> list[str]:
    return [text[word.start : word.end] for word in phonemise(text)]


@pytest.mark.parametrize(
    ("pinyin", "phonemes"),
    [
        ("ma1", "ma→"),
        ("pang2", "pʰa↗ŋ"),
        ("zhuang1", "ꭧwa→ŋ"),
        ("chi1", "ꭧʰɨ→"),
        ("ri4", "ɻɨ↘"),
        ("si4", "sɨ↘"),
        ("xian3", "ɕjɛ↓n"),
        ("yan2", "jɛ↗n"),
        ("jun1", "ʨy→n"),
        ("yun2", "y↗n"),
        ("quan2", "ʨʰɥɛ↗n"),
        ("lv4", "ly↘"),
        ("lve4", "lɥe↘"),
        ("lue4", "lɥe↘"),
        ("shui3", "ʂwei↓"),
        ("liu2", "ljou↗"),
        ("dun4", "twə↘n"),
        ("wen4", "wə↘n"),
        ("weng1", "wə→ŋ"),
        ("xiong2", "ɕjʊ↗ŋ"),
        ("bo1", "pwo→"),
        ("er4", "ɚ↘"),
        ("cui1", "ʦʰwei→"),
        ("hao3", "xau↓"),
        ("de5", "tɤ"),
        ("ng2", "ŋ↗"),
    ],
)
def test_a_syllable_has_its_symbols(pinyin: str, phonemes: str) -> None:
    assert pronounce(pinyin) == phonemes


@pytest.mark.parametrize("letters", ["", "ma", "xyz1", "ma6", "1", "q1"])
def test_no_syllable_has_no_symbols(letters: str) -> None:
    assert pronounce(letters) == ""


@pytest.mark.parametrize(
    ("text", "phonemes"),
    [
        ("你好", "ni↓xau↓"),
        ("老板想买五把雨伞", "lau↓pa↓n ɕja↓ŋ mai↓ u↓ pa↓ y↓sa↓n"),
        ("我很好", "wo↓ xə↓n xau↓"),
    ],
)
def test_low_tones_in_a_row_are_left_to_the_voice(text: str, phonemes: str) -> None:
    assert said(text) == phonemes


@pytest.mark.parametrize(
    ("text", "phonemes"),
    [
        ("一天", "i↘tʰjɛ→n"),
        ("一年", "i↘njɛ↗n"),
        ("一起", "i↘ʨʰi↓"),
        ("一样", "i↗ja↘ŋ"),
        ("一个", "i↗kɤ↘"),
        ("第一", "ti↘i→"),
        ("统一", "tʰʊ↓ŋi→"),
        ("一月", "i→ɥe↘"),
        ("二十一岁", "ɚ↘ʂɨ↗i→ swei↘"),
        ("一九八四", "i→ʨjou↓pa→sɨ↘"),
        ("看一看", "kʰa↘ni kʰa↘n"),
        ("不是", "pu↗ʂɨ↘"),
        ("不好", "pu↘xau↓"),
        ("我不", "wo↓ pu↘"),
        ("要不要", "jau↘pu jau↘"),
    ],
)
def test_one_and_not_change_their_tone(text: str, phonemes: str) -> None:
    assert said(text).replace(" ", "") == phonemes.replace(" ", "")


@pytest.mark.parametrize(
    ("text", "phonemes"),
    [
        ("银行", "i↗nxa↗ŋ"),
        ("行走", "ɕi↗ŋʦou↓"),
        ("音乐", "i→nɥe↘"),
        ("快乐", "kʰwai↘lɤ↘"),
        ("他长得很高", "tʰa→ ꭧa↓ŋ tɤ xə↓n kau→"),
        ("这条河很长", "ꭧɤ↘ tʰjau↗ xɤ↗ xə↓n ꭧʰa↗ŋ"),
        ("你得去", "ni↓ tei↓ ʨʰy↘"),
        ("跑得很快", "pʰau↓ tɤ xə↓n kʰwai↘"),
        ("看得见", "kʰa↘ntɤ ʨjɛ↘n"),
        ("不得不", "pu↘tɤ↗pu↘"),
        ("一行字", "i↘xa↗ŋʦɨ↘"),
        ("这行诗", "ꭧɤ↘xa↗ŋʂɨ→"),
        ("这行吗", "ꭧɤ↘ɕi↗ŋma"),
        ("还书", "xwa↗n ʂu→"),
        ("他还没来", "tʰa→ xai↗ mei↗ lai↗"),
        ("一只猫", "i↘ꭧɨ→ mau→"),
        ("只有", "ꭧɨ↓jou↓"),
        ("高兴地说", "kau→ɕi↘ŋ tɤ ʂwo→"),
        ("一块地", "i↗kʰwai↘ ti↘"),
        ("种树", "ꭧʊ↘ŋ ʂu↘"),
        ("这种花", "ꭧɤ↘ꭧʊ↓ŋ xwa→"),
        ("以人为本", "i↓ɻə↗nwei↗pə↓n"),
        ("重新", "ꭧʰʊ↗ŋɕi→n"),
        ("睡着了", "ʂwei↘ꭧau↗lɤ"),
    ],
)
def test_characters_are_read_by_their_neighbours(text: str, phonemes: str) -> None:
    assert said(text).replace(" ", "") == phonemes.replace(" ", "")


@pytest.mark.parametrize(
    ("text", "phonemes"),
    [
        ("妈妈", "ma→ma"),
        ("朋友", "pʰə↗ŋjou"),
        ("我们", "wo↓mən"),
        ("桌子", "ꭧwo→ʦɨ"),
        ("大夫", "tai↘fu"),
        ("衣服", "i→fu"),
        ("好吗", "xau↓ ma"),
        ("男子", "na↗nʦɨ↓"),
    ],
)
def test_light_syllables_have_no_tone(text: str, phonemes: str) -> None:
    assert said(text) == phonemes


@pytest.mark.parametrize(
    ("text", "phonemes"),
    [
        ("玩儿", "wa↗nɚ↗"),
        ("小孩儿", "ɕjau↓xai↗ɚ↗"),
        ("花儿", "xwa→ɚ↗"),
        ("这儿", "ꭧɤ↘ɚ↗"),
        ("女儿", "ny↓ɚ↗"),
        ("儿童", "ɚ↗tʰʊ↗ŋ"),
    ],
)
def test_the_ending_er_belongs_to_its_word(text: str, phonemes: str) -> None:
    assert said(text) == phonemes


def test_traditional_characters_are_read_as_simplified_ones() -> None:
    traditional = "銀行門口有一個很長的隊伍，請問火車站怎麼走？"
    simplified = "银行门口有一个很长的队伍，请问火车站怎么走？"
    assert phonemise(traditional) == phonemise(simplified)
    assert said("後天頭髮") == said("后天头发") == "xou↘tʰjɛ→n tʰou↗fa"


def test_words_are_where_they_are_written() -> None:
    assert written("今天，我们去 公园。") == ["今天", "我们", "去", "公园"]
    assert written("他说：“好！”") == ["他", "说", "好"]


def test_digits_are_read_and_other_scripts_left_out() -> None:
    assert said("房间305") == said("房间三零五")
    assert said("房间３０５") == said("房间三零五")
    assert written("我用iPhone打电话") == ["我", "用", "打电话"]
    assert phonemise("") == ()
    assert phonemise(" ，。！？abc 😀 \x00 か") == ()


@settings(max_examples=300)
@given(
    st.text(
        st.one_of(
            st.sampled_from("一不得地长还你好我的了儿子玩三〇零五個麼銀行乾隆後髮𠮟𰻞看要"),
            st.sampled_from("\u3400\u9fff\uf900，。！？ 0９aＡ"),
            st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF),
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
    texts = ["今天天气很好。", "銀行在哪兒？", "一起去公园散步吧。", "他不知道。"] * 10
    alone = [phonemise(text) for text in texts]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(phonemise, texts)) == alone
