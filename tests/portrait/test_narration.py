"""A script in place of a recording, spoken by the voice that comes with the installation."""

import json
import wave
from pathlib import Path

import numpy as np
import pytest

from morgana.errors import ErrorCode, InputError
from morgana.portrait import Narration, VideoOptions, generate_video, load_portrait, save_portrait
from morgana.portrait.acting import ActingOptions, perform
from morgana.portrait.likeness import Portrait
from morgana.portrait.narration import Narrated, narrate, write_wav
from morgana.portrait.performance import Action
from morgana.video.decode import read_frames
from morgana.video.probe import probe
from tests.portrait.conftest import DEMO

SCRIPT = "Bob may bake plums. [happy 0.9] What a lovely pie! [pause 1s] [sad] Nobody came."


@pytest.fixture(scope="module")
def narrated() -> Narrated:
    return narrate(Narration(SCRIPT), 60)


def test_words_and_their_sounds_are_known_exactly(narrated: Narrated) -> None:
    words = narrated.speech.words
    assert " ".join(word.text for word in words) == "Bob may bake plums. What a lovely pie! Nobody came."
    times = np.array([(word.start, word.end) for word in words])
    assert (times[1:, 0] >= times[:-1, 1] - 1e-6).all()
    assert times[-1, 1] <= narrated.speech.duration
    closed = [phone.name for phone in narrated.speech.phones if phone.name in "PBM"]
    assert closed == list("BBMBPMPBM")
    level = narrated.speech.prosody.level
    for start, end in times:
        assert level[int(start * 100) : int(end * 100) + 1].max() > -40


def test_a_pause_is_as_long_as_the_mark_says(narrated: Narrated) -> None:
    pie, nobody = narrated.speech.words[7:9]
    gap = narrated.audio[int(pie.end * narrated.rate) : int(nobody.start * narrated.rate)]
    assert 1.0 <= nobody.start - pie.end < 1.8
    assert np.abs(gap[len(gap) // 3 : -len(gap) // 3]).max() < 0.003


def test_the_face_changes_with_the_words_that_follow_a_mark(narrated: Narrated) -> None:
    what, nobody = narrated.speech.words[4], narrated.speech.words[8]
    assert [(cue.time, cue.expression, cue.intensity) for cue in narrated.cues] == [
        (what.start, "happy", 0.9),
        (nobody.start, "sad", None),
    ]


def test_a_mark_before_the_first_word_holds_from_the_start() -> None:
    cues = narrate(Narration("[surprised] Oh! [happy]"), 60).cues
    assert [(cue.time, cue.expression) for cue in cues] == [(0.0, "surprised")]


def test_lips_close_on_every_closed_consonant(narrated: Narrated) -> None:
    performance = perform(narrated.speech, ActingOptions(cues=narrated.cues)).performance
    for phone in narrated.speech.phones:
        if phone.name in "PBM":
            frames = slice(int(phone.start * 25), int(np.ceil(phone.end * 25)) + 1)
            assert performance.actions[frames, Action.MOUTH_CLOSE].max() == pytest.approx(1, abs=0.02)


def test_a_script_that_takes_too_long_is_refused() -> None:
    with pytest.raises(InputError, match="more than 2 s to say") as refused:
        narrate(Narration(SCRIPT), 2)
    assert refused.value.code is ErrorCode.AUDIO_TOO_LONG


def test_the_sound_is_written_as_it_is(narrated: Narrated, tmp_path: Path) -> None:
    write_wav(narrated, tmp_path / "speech.wav")
    with wave.open(str(tmp_path / "speech.wav")) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32767
        assert file.getframerate() == narrated.rate
    assert np.abs(samples - narrated.audio).max() < 1e-4


def test_a_kept_portrait_and_a_script_become_a_video_and_a_transcript(
    portrait: Portrait, tmp_path: Path
) -> None:
    save_portrait(portrait, tmp_path / "kept")
    kept = load_portrait(tmp_path / "kept")
    assert kept is not None
    options = VideoOptions(transcript=tmp_path / "words.json")
    script = Narration("Hi there.", speed=1.5)
    generate_video(kept, script, tmp_path / "kept.mp4", options)
    generate_video(DEMO / "portrait.png", script, tmp_path / "picture.mp4")
    said = json.loads((tmp_path / "words.json").read_text())
    assert [word["text"] for word in said["words"]] == ["Hi", "there."]
    assert said["language"] == "en"
    assert probe(tmp_path / "kept.mp4").duration == pytest.approx(said["duration"], abs=0.05)
    ours, theirs = (
        [frame for _, frame in read_frames(tmp_path / name)] for name in ("kept.mp4", "picture.mp4")
    )
    assert len(ours) == len(theirs)
    assert all((a == b).all() for a, b in zip(ours, theirs, strict=True))
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "kept",
        "kept.mp4",
        "picture.mp4",
        "words.json",
    ]


def test_a_script_is_refused_before_the_picture_is_looked_at(tmp_path: Path) -> None:
    for script, code in (
        (Narration("..."), ErrorCode.TEXT_UNPRONOUNCEABLE),
        (Narration("Hi", voice="nobody"), ErrorCode.VOICE_NOT_FOUND),
        (Narration("[hapy] Hi"), ErrorCode.MARK_INVALID),
    ):
        with pytest.raises(InputError) as refused:
            generate_video(tmp_path / "no-such-picture.png", script, tmp_path / "out.mp4")
        assert refused.value.code is code
