"""Films are captioned end to end."""

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from morgana.captions.captioning import CaptionOptions, Said, caption_video, transcribe
from morgana.captions.pages import Word
from morgana.captions.tailoring import Wishes
from morgana.captions.template import Template, templates
from morgana.captions.transcripts import read_transcript, to_json, to_vtt
from morgana.errors import ErrorCode, InputError
from morgana.speech.speaking import speak
from morgana.video.encode import Picture, write_mp4
from morgana.video.film import inspect
from tests.video.making import chirps, wav

DEMO = Path(__file__).parents[2] / "src/morgana/assets/demo/speech.wav"
SIZE = (216, 384)
SECONDS = 8
TEXT = (
    "Hi! I'm only a photograph, but give me a voice and I will speak every word for you, from a machine that "
    "you own."
)


def template() -> Template:
    return next(one for one in templates().values() if one.name == "Alhena")


def grey(seconds: float) -> Iterator[Picture]:
    for _ in range(int(seconds * 25)):
        yield np.full((SIZE[1], SIZE[0], 3), 90, np.uint8)


def film(path: Path, sound: Path | None, seconds: float = SECONDS) -> Path:
    write_mp4(path, grey(seconds), fps=25, size=SIZE, total=int(seconds * 25), audio=sound)
    return path


@pytest.fixture(scope="module")
def speaking(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return film(tmp_path_factory.mktemp("films") / "speaking.mp4", DEMO)


def delayed(source: Path, output: Path, seconds: float) -> Path:
    """The film with its sound later."""
    with av.open(source) as given, av.open(output, "w") as container:
        streams = {
            stream.index: container.add_stream_from_template(stream)
            for stream in (given.streams.video[0], given.streams.audio[0])
        }
        for packet in given.demux():
            if packet.dts is None or packet.pts is None:
                continue
            if packet.stream.type == "audio":
                late = int(seconds / packet.time_base)
                packet.pts, packet.dts = packet.pts + late, packet.dts + late
            packet.stream = streams[packet.stream.index]
            container.mux(packet)
    return output


def lit(path: Path) -> list[float]:
    """When the frames are shown in which a word is lit yellow."""
    times = []
    with av.open(path) as container:
        for frame in container.decode(video=0):
            red, green, blue = (frame.to_ndarray(format="rgb24").astype(int)[..., part] for part in range(3))
            if ((red > 200) & (green > 160) & (blue < 110)).sum() > 30:
                times.append(float(frame.time or 0.0))
    return times


def test_what_is_recognised_is_written_while_it_is_said(speaking: Path, tmp_path: Path) -> None:
    told: list[float] = []
    said = caption_video(speaking, tmp_path / "made.mp4", template(), progress=told.append)
    assert " ".join(word.text.lower().strip(",.!") for word in said.words).startswith(
        "hi i'm only a photograph"
    )
    assert said.language == "en"
    assert said.duration == pytest.approx(SECONDS, abs=0.05)
    assert told == sorted(told)
    assert told[-1] == 1.0
    times = lit(tmp_path / "made.mp4")
    assert 0 <= times[0] - said.words[0].start < 0.1  # it fades in
    assert times[-1] < said.words[-1].end + 0.4


def test_a_sound_that_begins_late_is_captioned_late(speaking: Path, tmp_path: Path) -> None:
    late = delayed(speaking, tmp_path / "late.mp4", 0.5)
    options = CaptionOptions(transcript=read_transcript(TEXT), language="en")
    before, after = (transcribe(path, inspect(path), options) for path in (speaking, late))
    assert [word.text for word in after.words] == TEXT.split()
    shifts = [one.start - other.start for one, other in zip(after.words, before.words, strict=True)]
    assert np.allclose(shifts, 0.5, atol=0.05)
    cues = CaptionOptions(transcript=read_transcript(to_vtt(after.words)), language="en")
    errors = [
        one.start - other.start
        for one, other in zip(transcribe(late, inspect(late), cues).words, after.words, strict=True)
    ]
    assert np.abs(errors).mean() < 0.04
    heard = transcribe(late, inspect(late), CaptionOptions(language="en")).words
    assert heard[0].start == pytest.approx(after.words[0].start, abs=0.15)
    assert heard[-1].start == pytest.approx(after.words[-1].start, abs=0.15)


def test_names_and_a_language_reach_the_recogniser(tmp_path: Path) -> None:
    said = list(speak("Kaia Thalberg has a new photograph."))
    sound = wav(tmp_path / "a.wav", np.concatenate([one.samples for one in said]), said[0].rate)
    source = film(tmp_path / "a.mp4", sound, said[-1].end)
    plain = transcribe(source, inspect(source))
    named = CaptionOptions(vocabulary=("Kaia Thalberg",))
    assert "Kaia" not in {word.text for word in plain.words}
    assert {"Kaia", "Thalberg"} <= {word.text for word in transcribe(source, inspect(source), named).words}
    german = transcribe(source, inspect(source), CaptionOptions(language="de"))
    assert (plain.language, german.language) == ("en", "de")


def test_exact_words_are_lit_at_their_times_without_anybody_listening(tmp_path: Path) -> None:
    silent = film(tmp_path / "silent.mp4", None, 2)
    exact = [Word("One", 0.4, 0.8), Word("two.", 0.8, 1.2)]
    json = CaptionOptions(transcript=read_transcript(to_json(exact, "en", 2)))
    by_said = caption_video(silent, tmp_path / "said.mp4", template(), Said(tuple(exact), "en"))
    by_json = caption_video(silent, tmp_path / "json.mp4", template(), options=json)
    assert by_said == by_json == Said(tuple(exact), "en", 2.0)
    for name in ("said.mp4", "json.mp4"):
        times = lit(tmp_path / name)
        assert times[0] == pytest.approx(0.4, abs=0.041)
        assert times[-1] == pytest.approx(1.5, abs=0.05)


def test_wishes_are_seen(tmp_path: Path) -> None:
    silent = film(tmp_path / "silent.mp4", None, 1)
    made = tmp_path / "made.mp4"
    said = Said((Word("One", 0.0, 0.9),))
    options = CaptionOptions(wishes=Wishes(position="top", highlight_color="#00FF00"), emphasized=("one",))
    caption_video(silent, made, template(), said, options)
    with av.open(made) as container:
        pictures = [frame.to_ndarray(format="rgb24").astype(int) for frame in container.decode(video=0)]
    green = (pictures[15][..., 1] > 180) & (pictures[15][..., 0] < 100)
    assert green.sum() > 50
    assert np.flatnonzero(green.any(axis=1)).max() < 0.35 * SIZE[1]


@pytest.mark.parametrize(
    ("size", "position", "middle"), [((300, 300), None, 0.8), ((480, 270), None, 0.8), ((300, 300), 0.3, 0.3)]
)
def test_text_leaves_the_face_in_the_middle_of_a_square_or_wide_film(
    tmp_path: Path, size: tuple[int, int], position: float | None, middle: float
) -> None:
    frames = [np.full((size[1], size[0], 3), 90, np.uint8)] * 50
    write_mp4(tmp_path / "film.mp4", frames, fps=25, size=size, total=50)
    said = Said((Word("below", 0.1, 1.9),))
    options = CaptionOptions(wishes=Wishes(position=position))
    caption_video(tmp_path / "film.mp4", tmp_path / "made.mp4", template(), said, options)
    with av.open(tmp_path / "made.mp4") as container:
        picture = list(container.decode(video=0))[25].to_ndarray(format="rgb24").astype(int)
    rows, columns = np.nonzero(np.abs(picture - 90).max(axis=2) > 40)
    assert abs((rows.min() + rows.max()) / 2 / size[1] - middle) < 0.06
    assert min(rows.min(), size[1] - rows.max(), columns.min(), size[0] - columns.max()) > 0.05 * min(size)


@pytest.mark.parametrize("kind", ["silent", "mute", "music"])
def test_a_film_without_speech_is_told_and_leaves_nothing(tmp_path: Path, kind: str) -> None:
    sounds = {"silent": np.zeros(32_000, np.float32), "music": chirps(2.0, 16_000)}
    sound = wav(tmp_path / "sound.wav", sounds[kind]) if kind in sounds else None
    source = film(tmp_path / "source.mp4", sound, 2)
    for transcript in (None, read_transcript(TEXT)):
        if kind == "music" and transcript:
            continue
        with pytest.raises(InputError) as error:
            caption_video(source, tmp_path / "made.mp4", template(), options=CaptionOptions(transcript))
        assert error.value.code is ErrorCode.NO_SPEECH_DETECTED
        assert "transcript with times" in error.value.message
    assert not (tmp_path / "made.mp4").exists()


def test_an_unknown_language_is_told_before_anything_is_done(speaking: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        caption_video(speaking, tmp_path / "made.mp4", template(), options=CaptionOptions(language="xx"))
    assert error.value.code is ErrorCode.LANGUAGE_UNKNOWN
