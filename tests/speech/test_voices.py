from pathlib import Path

import pytest

from morgana import models
from morgana.errors import ErrorCode, InputError
from morgana.settings import settings
from morgana.speech.engines.registry import NAMES
from morgana.speech.reading.phonemisers.registry import LANGUAGES
from morgana.speech.voices import DEFAULT_VOICE, is_available, voice, voices


def test_the_default_voice_comes_first_and_with_the_installation() -> None:
    assert next(iter(voices())) == DEFAULT_VOICE
    assert voice(DEFAULT_VOICE).weights is None
    assert is_available(voice(DEFAULT_VOICE))


def test_there_is_a_voice_for_every_file_of_kokoro_and_no_other() -> None:
    files = {file.name for file in models.catalogue()["kokoro"].files} - {"kokoro.onnx"}
    assert {f"{name}.bin" for name in voices() if name != "heart"} == files
    assert len(files) == 54


def test_every_voice_can_be_read_for_and_has_an_engine() -> None:
    assert {voice.language for voice in voices().values()} == set(LANGUAGES)
    assert {voice.engine for voice in voices().values()} == NAMES


def test_kokoro_names_say_language_and_gender() -> None:
    tags = ("en-US", "en-GB", "es-ES", "fr-FR", "hi-IN", "it-IT", "ja-JP", "pt-BR", "zh-CN")
    languages = dict(zip("abefhijpz", tags, strict=True))
    for known in voices().values():
        if known.engine == "kokoro":
            assert known.language == languages[known.id[0]]
            assert known.gender[0] == known.id[1]


def test_an_unknown_voice_is_not_found() -> None:
    with pytest.raises(InputError, match="`morgana voices`") as caught:
        voice("nobody")
    assert caught.value.code is ErrorCode.VOICE_NOT_FOUND


def test_voices_without_weights_are_not_available(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MORGANA_MODELS", str(tmp_path))
    settings.cache_clear()
    try:
        assert not is_available(voice("af_heart"))
        assert is_available(voice("heart"))
    finally:
        settings.cache_clear()
