"""What a job is made from."""

import json
import re
import subprocess
import sys
from pathlib import Path
from shutil import copyfile
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from morgana.captions.template import templates
from morgana.errors import ErrorCode, InputError
from morgana.jobs import pipelines
from morgana.portrait import Narration, Portrait, VideoOptions, load_portrait, save_portrait
from morgana.portrait.likeness import FaceMesh
from morgana.progress import ignore
from morgana.settings import settings
from morgana.store import Kind
from morgana.video.decode import read_frames
from morgana.video.encode import write_mp4
from morgana.video.film import inspect
from morgana.video.provenance import SourceType, mark_of
from tests.portrait.conftest import DEMO
from tests.video.filming import film, scene

TEMPLATE = next(iter(templates()))
KNOWN: dict[str, Any] = {
    "language": "en",
    "duration": 1.0,
    "words": [{"text": "Hi,", "start": 0.2, "end": 0.6}],
}


@pytest.fixture
def inputs(tmp_path: Path) -> dict[str, Path]:
    """A picture, and what an actor's analysis made of it."""
    pixels = np.zeros((4, 6, 3), np.uint8)
    face = FaceMesh(np.zeros((478, 3)), {"jawOpen": 0.5})
    save_portrait(Portrait(pixels, face, np.ones((4, 6), np.float32), pixels), tmp_path / "portrait.npz")
    return {"image": tmp_path / "image.png", "portrait": tmp_path / "portrait.npz"}


def test_an_analysis_takes_the_place_of_the_picture(inputs: dict[str, Path]) -> None:
    chosen = pipelines._portrait(inputs)
    assert isinstance(chosen, Portrait)
    assert chosen.size == (6, 4)


def test_without_an_analysis_that_can_be_read_the_picture_is_taken(inputs: dict[str, Path]) -> None:
    inputs["portrait"].write_bytes(b"of another release")
    assert load_portrait(inputs["portrait"]) is None
    assert pipelines._portrait(inputs) == inputs["image"]
    del inputs["portrait"]
    assert pipelines._portrait(inputs) == inputs["image"]


def test_a_script_takes_the_place_of_a_recording(tmp_path: Path) -> None:
    options = {"fps": 25, "script": "Hello.", "voice_id": "af_heart", "speed": 1.5, "seed": 7}
    assert pipelines._voice({}, options) == Narration("Hello.", "af_heart", 1.5, 7)
    audio = tmp_path / "audio.wav"
    assert pipelines._voice({"audio": audio}, {"fps": 25, "seed": 7}) == audio


@pytest.fixture
def output(tmp_path: Path) -> Path:
    folder = tmp_path / "output"
    folder.mkdir()
    return folder


def _clip(tmp_path: Path, size: tuple[int, int] = (90, 160), count: int = 24) -> Path:
    return film(tmp_path / "video.mp4", scene(count, size))


def test_what_is_known_to_be_said_is_written_and_handed_on(tmp_path: Path, output: Path) -> None:
    words = tmp_path / "words.json"
    words.write_text(json.dumps(KNOWN))
    inputs = {"video": _clip(tmp_path, (160, 90)), "words": words}  # ours may have any aspect
    pipelines.caption(inputs, output, {"template": TEMPLATE, "uploaded": False}, ignore)
    made = sorted(path.name for path in output.iterdir())
    assert made == ["facts.json", "thumbnail.jpg", "transcript.json", "video.mp4"]
    facts = json.loads((output / "facts.json").read_text())
    assert facts == {"seconds": pytest.approx(0.8, abs=0.01), "width": 160, "height": 90, "generated": False}
    with Image.open(output / "thumbnail.jpg") as picture:
        assert picture.size == (160, 90)
    assert inspect(output / "video.mp4").size == (160, 90)
    kept = json.loads((output / "transcript.json").read_text())
    assert (kept["language"], kept["words"]) == ("en", KNOWN["words"])
    assert kept["duration"] == pytest.approx(0.8, abs=0.01)


def _green(video: Path, time: float) -> NDArray[np.intp]:
    """(2, n): the rows and columns of what is lit green in the frame that is shown at a time."""
    picture = [shown for start, shown in read_frames(video) if start <= time][-1].astype(int)
    return np.stack(
        np.nonzero((picture[..., 1] > 170) & (np.maximum(picture[..., 0], picture[..., 2]) < 110))
    )


def test_a_transcript_of_the_clients_is_written_as_it_is_wished(tmp_path: Path, output: Path) -> None:
    transcript = tmp_path / "transcript.txt"
    said = [*KNOWN["words"], {"text": "you", "start": 0.6, "end": 0.8}]
    transcript.write_text("\ufeff" + json.dumps(said))
    grey = [np.full((640, 360, 3), 60, np.uint8)] * 24
    inputs = {"video": film(tmp_path / "video.mp4", grey), "transcript": transcript}
    alhena = next(template.id for template in templates().values() if template.name == "Alhena")
    options = {"template": alhena, "uploaded": True, "highlight_color": "#00ff00", "position": "middle"}
    pipelines.caption(inputs, output, options, ignore)
    assert json.loads((output / "transcript.json").read_text())["words"] == said
    plain = _green(output / "video.mp4", 0.75)
    assert abs(plain[0].mean() / 640 - 0.5) < 0.03
    wished = {"position": "0.3", "font_size": 1.5, "emphasize": ["hi"]}
    pipelines.caption(inputs, output, options | wished, ignore)
    marked = _green(output / "video.mp4", 0.75)
    assert abs(marked[0].mean() / 640 - 0.3) < 0.03
    assert np.ptp(marked[0]) > 1.3 * np.ptp(plain[0])
    assert np.ptp(marked[1]) > 1.5 * 1.3 * np.ptp(plain[1])  # "Hi" as well


def test_what_helps_to_recognise_speech_reaches_the_pipeline() -> None:
    asked = {"template": TEMPLATE, "uploaded": True, "language": "de", "vocabulary": ["Ada", "Zoé"]}
    chosen = pipelines._caption_options({}, asked)
    assert (chosen.language, chosen.vocabulary, chosen.transcript) == ("de", ("Ada", "Zoé"), None)


def test_a_video_without_sound_has_no_speech(tmp_path: Path, output: Path) -> None:
    with pytest.raises(InputError) as refused:
        pipelines.caption(
            {"video": _clip(tmp_path)}, output, {"template": TEMPLATE, "uploaded": True}, ignore
        )
    assert refused.value.code is ErrorCode.NO_SPEECH_DETECTED
    assert list(output.iterdir()) == []


@pytest.mark.parametrize(
    ("size", "count", "variable", "code"),
    [
        ((160, 90), 24, "MORGANA_REQUIRE_PORTRAIT_VIDEO", ErrorCode.VIDEO_ASPECT),
        ((90, 120), 24, "MORGANA_REQUIRE_PORTRAIT_VIDEO", ErrorCode.VIDEO_ASPECT),
        ((90, 160), 48, "MORGANA_MAX_VIDEO_SECONDS", ErrorCode.VIDEO_TOO_LONG),
    ],
)
def test_limits_on_uploads_hold_until_they_are_lifted(
    tmp_path: Path,
    output: Path,
    monkeypatch: pytest.MonkeyPatch,
    size: tuple[int, int],
    count: int,
    variable: str,
    code: ErrorCode,
) -> None:
    if variable.endswith("SECONDS"):
        monkeypatch.setenv(variable, "1")
    clip = _clip(tmp_path, size, count)
    found = []
    for _ in range(2):
        settings.cache_clear()
        with pytest.raises(InputError) as refused:
            pipelines.caption({"video": clip}, output, {"template": TEMPLATE, "uploaded": True}, ignore)
        found.append(refused.value.code)
        monkeypatch.setenv(variable, "off")
    settings.cache_clear()
    assert found == [code, ErrorCode.NO_SPEECH_DETECTED]


@pytest.mark.parametrize("size", [(1080, 1920), (406, 720), (404, 720), (608, 1080)])
def test_sides_that_an_encoder_rounded_count_as_9_to_16(tmp_path: Path, size: tuple[int, int]) -> None:
    clip = _clip(tmp_path, size, 1)
    pipelines._check_aspect(clip, pipelines._caption_options({}, {"uploaded": True}).limits)


def test_a_video_is_not_marked_where_that_is_off(output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MORGANA_MARK_GENERATED", "off")
    settings.cache_clear()
    said = {"script": "Hi.", "voice_id": "heart", "speed": 1.0, "seed": 0, "renderer": "mesh"}
    pipelines.generate({"image": DEMO / "portrait.png"}, output, said, ignore)
    settings.cache_clear()
    assert mark_of(output / "video.mp4", {}) is None
    assert json.loads((output / "facts.json").read_text())["renderer"] == "mesh"
    with Image.open(output / "thumbnail.jpg") as picture:
        assert (picture.size, "xmp" in picture.info) == ((512, 512), False)


def test_the_renderer_is_that_of_the_request_or_else_of_the_server(
    tmp_path: Path, output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip, asked = _clip(tmp_path), []

    def make(_image: Path, _audio: Path, made: Path, options: VideoOptions, _progress: object) -> str:
        asked.append(options.renderer)
        copyfile(clip, made)
        return "mesh"

    monkeypatch.setattr("morgana.portrait.generate_video", make, raising=False)
    inputs = {"image": tmp_path / "image.png", "audio": tmp_path / "audio.wav"}
    for variable in (None, "mesh"):
        if variable:
            monkeypatch.setenv("MORGANA_RENDERER", variable)
        settings.cache_clear()
        for options in ({}, {"renderer": "learned"}):
            pipelines.generate(inputs, output, options, ignore)
    settings.cache_clear()
    assert asked == ["auto", "learned", "mesh", "learned"]


def test_captions_do_not_hide_that_a_video_is_generated(
    tmp_path: Path, output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MORGANA_MARK_GENERATED", "off")  # is about what is made here
    settings.cache_clear()
    source, words = tmp_path / "video.mp4", tmp_path / "words.json"
    write_mp4(source, scene(24, (90, 160)), fps=25, size=(90, 160), total=24, mark=SourceType.GENERATED)
    words.write_text(json.dumps(KNOWN))
    options = {"template": TEMPLATE, "uploaded": True}
    pipelines.caption({"video": source, "words": words}, output, options, ignore)
    settings.cache_clear()
    assert mark_of(output / "video.mp4", {}) is SourceType.GENERATED
    assert json.loads((output / "facts.json").read_text())["generated"]


def test_every_kind_has_a_pipeline() -> None:
    assert set(pipelines.PIPELINES) == set(Kind)


def test_every_pipeline_is_there() -> None:
    for name in pipelines.PIPELINES.values():
        assert callable(pipelines.load(name))


def test_warming_compiles_all_that_is_ever_compiled() -> None:
    """What it leaves out, every job would compile anew: no job can change what the next one runs."""
    package = Path(pipelines.__file__).parents[1]
    sources = {path: path.read_text("utf-8") for path in package.rglob("*.py")}
    compiled = {
        f"morgana.{'.'.join(path.relative_to(package).with_suffix('').parts)}": text
        for path, text in sources.items()
        if "from numba import" in text
    }
    assert "morgana.video.blend" in compiled
    for text in compiled.values():  # compiled when imported, not when called
        assert all('inline="always"' in line for line in re.findall(r"@njit\(cache.*", text))
    code = (
        "import sys; from morgana.jobs import pipelines; "
        "pipelines.warm({}, None, {}, None); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(compiled) <= set(done.stdout.split())


def test_texts_become_films_and_what_went_wrong_is_beside_them(tmp_path: Path, output: Path) -> None:
    source = film(tmp_path / "film.mp4", scene(5))
    items = [{"text": "One", "size": 20.0}, {"text": "Late", "start": 9.0}, {"text": "Two", "font": "Neon"}]
    pipelines.overlay({"video": source}, output, {"items": items}, ignore)
    made = sorted(one.name for one in output.iterdir())
    films = ["thumbnail0.jpg", "thumbnail2.jpg", "video0.mp4", "video2.mp4"]
    assert made == ["facts.json", "results.json", *films]
    first, second, third = json.loads((output / "results.json").read_text())
    assert (first, third) == ({"index": 0, "error": None}, {"index": 2, "error": None})
    assert second["index"] == 1
    assert second["error"]["code"] == "overlay_never_shown"
    assert "earlier" in second["error"]["message"]


def test_a_film_is_not_lost_for_want_of_its_picture(
    tmp_path: Path, output: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("no picture")

    monkeypatch.setattr("morgana.video.poster.write_poster", broken)
    source = film(tmp_path / "film.mp4", scene(5))
    pipelines.overlay({"video": source}, output, {"items": [{"text": "One"}]}, ignore)
    assert sorted(one.name for one in output.iterdir()) == ["facts.json", "results.json", "video0.mp4"]
    assert "the picture of a film could not be made" in caplog.text


def test_texts_over_a_film_that_is_too_long_are_refused(
    tmp_path: Path, output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shorter = settings().model_copy(update={"max_video_seconds": 1})
    monkeypatch.setattr("morgana.jobs.pipelines.settings", lambda: shorter)
    source = film(tmp_path / "film.mp4", scene(60))
    with pytest.raises(InputError) as raised:
        pipelines.overlay({"video": source}, output, {"items": [{"text": "One"}]}, ignore)
    assert raised.value.code is ErrorCode.VIDEO_TOO_LONG
    assert list(output.iterdir()) == []
