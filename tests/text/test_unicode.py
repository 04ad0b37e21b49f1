from morgana.text import unicode


def test_letters_are_whole() -> None:
    letters = ["👨‍👩‍👧", "🇩🇪", "👍🏽", "1️⃣", "क्षि", "e\u0301", "ง่"]
    assert unicode.graphemes("".join(letters)) == tuple(letters)


def test_lines_may_end_after_spaces_and_hyphens_and_between_words_without_spaces() -> None:
    assert unicode.line_pieces("a well-known $5.00 (fee)") == ("a ", "well-", "known ", "$5.00 ", "(fee)")
    assert unicode.line_pieces("สวัสดีชาวโลก") == ("สวัสดี", "ชาว", "โลก")
    assert unicode.line_pieces("我们去公园。") == ("我们", "去", "公园。")
    assert unicode.line_pieces("今日は公園を歩く。") == ("今日は", "公園を", "歩く。")
    assert unicode.line_pieces("안녕하세요 여러분") == ("안녕하세요 ", "여러분")


def test_no_line_ends_within_a_letter() -> None:
    text = "👨‍👩‍👧🇩🇪क्षत्रिय ง่ายมาก e\u0301a"
    ends, at = set(), 0
    for letter in unicode.graphemes(text):
        at += len(letter)
        ends.add(at)
    at = 0
    for piece in unicode.line_pieces(text):
        at += len(piece)
        assert at in ends


def test_the_first_strong_letter_gives_the_direction() -> None:
    assert unicode.is_right_to_left("123 שלום abc")
    assert not unicode.is_right_to_left("123 abc שלום")
    assert not unicode.is_right_to_left("123!")


def test_words_of_a_right_to_left_line_are_seen_from_the_right() -> None:
    words = ["שלום", "hello", "world", "123", "456", "😀", "סוף"]
    seen = [words[number] for number in unicode.visual_order(words, right_to_left=True)]
    assert seen == ["סוף", "😀", "hello", "world", "123", "456", "שלום"]


def test_numbers_between_right_to_left_words_run_with_them() -> None:
    words = ["אחד", "12", "34", "שתיים"]
    assert unicode.visual_order(words, right_to_left=True) == [3, 2, 1, 0]


def test_runs_are_found_behind_letters_outside_the_first_plane() -> None:
    text = "😀 ab שלום"
    assert unicode.visual_runs(text, right_to_left=False) == [(0, 5, False), (5, 9, True)]


def test_emoji_are_told_from_text() -> None:
    assert all(map(unicode.is_emoji, ["😀", "❤\ufe0f", "🇩🇪", "1\ufe0f\u20e3", "👨‍👩‍👧"]))
    assert not any(map(unicode.is_emoji, ["a", "1", "❤", "❤\ufe0e", "漢"]))


def test_capitals_follow_the_language() -> None:
    assert unicode.upper("istanbul", "tr") == "İSTANBUL"
    assert unicode.upper("istanbul", "en") == "ISTANBUL"
    assert unicode.upper("straße") == "STRASSE"
    assert unicode.title("don't STOP the música") == "Don't STOP The Música"
