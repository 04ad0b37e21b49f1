"""What each kind of job runs. To add a kind, write its function here and name it in `PIPELINES`.

A pipeline is loaded, by its name, in the child process only, so that a worker stays small and a crash
in native code takes one job with it, not the worker.
"""

import json
import logging
from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from morgana.errors import ErrorCode, InputError
from morgana.progress import Progress
from morgana.settings import settings

if TYPE_CHECKING:
    from morgana.captions.captioning import CaptionOptions, Said
    from morgana.overlays.overlay import Overlay
    from morgana.portrait import Narration, Portrait
    from morgana.video.film import Limits

PORTRAIT_ASPECT: Final = 9 / 16
_ASPECT_SLACK: Final = 0.02  # of the aspect: sides that an encoder rounded

Inputs = Mapping[str, Path]
Options = Mapping[str, Any]
logger = logging.getLogger(__name__)

# Turns the input files into files in the given folder, each named after what it is, such as `video.mp4`;
# raises InputError if they cannot be used.
Pipeline = Callable[[Inputs, Path, Options, Progress], None]


def generate(inputs: Inputs, folder: Path, options: Options, progress: Progress) -> None:
    """A portrait and a voice become a talking-head video, and a transcript of it."""
    from morgana.portrait import VideoOptions, generate_video

    names = ("fps", "expression", "expression_intensity", "seed")
    chosen = VideoOptions(
        **{name: options[name] for name in names if name in options},
        max_audio_seconds=settings().max_audio_seconds,
        transcript=folder / "transcript.json",
        poster=folder / "thumbnail.jpg",
        mark_generated=settings().mark_generated == "on",
        renderer=options.get("renderer", settings().renderer),
    )
    film = folder / "video.mp4"
    renderer = generate_video(_portrait(inputs), _voice(inputs, options), film, chosen, progress)
    _measure(film, folder, film, renderer)


def analyse(inputs: Inputs, folder: Path, _options: Options, progress: Progress) -> None:
    """A picture becomes a portrait that videos can be made of at once."""
    from morgana.portrait import save_portrait
    from morgana.portrait.analysis import analyse
    from morgana.portrait.image import load_image

    save_portrait(analyse(load_image(inputs["image"]), progress), folder / "portrait.npz")


def caption(inputs: Inputs, folder: Path, options: Options, progress: Progress) -> None:
    """A video becomes a captioned one, and a transcript of it."""
    from morgana.captions.captioning import caption_video
    from morgana.captions.template import templates
    from morgana.captions.transcripts import to_json

    chosen = _caption_options(inputs, options)
    if options["uploaded"] and settings().require_portrait_video == "on":
        _check_aspect(inputs["video"], chosen.limits)
    said = caption_video(
        inputs["video"],
        folder / "video.mp4",
        templates()[options["template"]],
        _said(inputs["words"]) if "words" in inputs else None,
        chosen,
        progress,
    )
    (folder / "transcript.json").write_text(to_json(said.words, said.language, said.duration), "utf-8")
    _picture(folder, "", lambda time: any(word.start <= time < word.end for word in said.words))
    _measure(inputs["video"], folder, folder / "video.mp4")


def overlay(inputs: Inputs, folder: Path, options: Options, progress: Progress) -> None:
    """A video and texts become as many videos; what went wrong with one of them is in `results.json`."""
    from morgana.overlays.overlay import Overlay
    from morgana.overlays.overlaying import overlay_video
    from morgana.video.film import Limits

    overlays = [Overlay(**item) for item in options["items"]]
    limits = Limits(seconds=settings().max_video_seconds)
    made = overlay_video(inputs["video"], folder, overlays, limits=limits, progress=progress)
    results = [{"index": index, "error": _error(one)} for index, one in enumerate(made)]
    (folder / "results.json").write_text(json.dumps(results), "utf-8")
    for index, one in enumerate(overlays):
        if isinstance(made[index], Path):
            _picture(folder, str(index), partial(_is_shown, one))
    _measure(inputs["video"], folder)


def _measure(film: Path, folder: Path, marked: Path | None = None, renderer: str | None = None) -> None:
    """`facts.json`: how long the film is, which was inspected or made before, and how large.

    marked: a film of ours that says whether it is generated; renderer: what made its frames, if one did.
    """
    from morgana.video.film import Limits, inspect
    from morgana.video.provenance import mark_of

    found = inspect(film, Limits(seconds=None))
    width, height = found.size
    facts: dict[str, Any] = {"seconds": found.duration, "width": width, "height": height}
    facts["generated"] = marked is not None and mark_of(marked, {}) is not None
    if renderer is not None:
        facts["renderer"] = renderer
    (folder / "facts.json").write_text(json.dumps(facts), "utf-8")


def _is_shown(one: "Overlay", time: float) -> bool:
    return (one.start or 0.0) <= time and (one.end is None or time < one.end)


def _picture(folder: Path, number: str, worthy: Callable[[float], bool]) -> None:
    """`thumbnail.jpg` of `video.mp4`, with their number; a film is not lost for want of it."""
    from morgana.video.poster import write_poster

    try:
        write_poster(folder / f"video{number}.mp4", folder / f"thumbnail{number}.jpg", worthy)
    except Exception:
        logger.exception("the picture of a film could not be made")


def _error(outcome: Path | InputError) -> dict[str, str] | None:
    if isinstance(outcome, Path):
        return None
    return {"code": outcome.code.value, "message": outcome.message}


def _caption_options(inputs: Inputs, options: Options) -> "CaptionOptions":
    from morgana.captions.captioning import CaptionOptions
    from morgana.captions.tailoring import Wishes
    from morgana.captions.transcripts import read_transcript
    from morgana.video.film import Limits

    position = options.get("position")
    if position not in (None, "top", "middle", "bottom"):
        position = float(position)
    given = inputs["transcript"].read_text("utf-8-sig") if "transcript" in inputs else None
    return CaptionOptions(
        transcript=None if given is None else read_transcript(given),
        language=options.get("language"),
        vocabulary=tuple(options.get("vocabulary", ())),
        wishes=Wishes(position, options.get("font_size"), options.get("highlight_color")),
        emphasized=tuple(options.get("emphasize", ())),
        # Our own videos were within the limits of what they were made from.
        limits=Limits(seconds=settings().max_video_seconds if options["uploaded"] else None),
    )


def _check_aspect(video: Path, limits: "Limits") -> None:
    from morgana.video.film import inspect

    width, height = inspect(video, limits).size
    if abs(width / height / PORTRAIT_ASPECT - 1) > _ASPECT_SLACK:
        raise InputError(
            ErrorCode.VIDEO_ASPECT,
            f"The video is {width}x{height}. Send one of 9:16, such as 1080x1920.",
        )


def _said(transcript: Path) -> "Said":
    """What an earlier job found out about the video, or made it of."""
    from morgana.captions.captioning import Said
    from morgana.captions.pages import Word

    known = json.loads(transcript.read_text("utf-8"))
    words = tuple(Word(word["text"], word["start"], word["end"]) for word in known["words"])
    return Said(words, known["language"], known["duration"])


def _portrait(inputs: Inputs) -> "Path | Portrait":
    """The picture as it was analysed before, if it was, and by this release; else the picture itself."""
    from morgana.portrait import load_portrait

    analysed = load_portrait(inputs["portrait"]) if "portrait" in inputs else None
    return analysed or inputs["image"]


def _voice(inputs: Inputs, options: Options) -> "Path | Narration":
    from morgana.portrait import Narration

    if "script" not in options:
        return inputs["audio"]
    return Narration(options["script"], options["voice_id"], options["speed"], options["seed"])


# By `store.Kind`: "module:function" of a `Pipeline`.
PIPELINES: Mapping[str, str] = {
    "generation": "morgana.jobs.pipelines:generate",
    "caption": "morgana.jobs.pipelines:caption",
    "overlay": "morgana.jobs.pipelines:overlay",
    "actor": "morgana.jobs.pipelines:analyse",
}


# Fills the caches of libraries, for all later jobs; takes nothing and makes nothing.
WARMING: Final = "morgana.jobs.pipelines:warm"


def warm(_inputs: Inputs, _folder: Path, _options: Options, _progress: Progress) -> None:
    """Have made what libraries make once: when imported, and the dictionary of Japanese when first used."""
    for compiled in ("morgana.portrait.mesh.renderer", "morgana.video.blend", "morgana.video.tone"):
        import_module(compiled)  # which makes Numba's machine code
    import_module("morgana.portrait.face_mesh")  # MediaPipe imports Matplotlib, which lists the fonts
    from morgana.speech.reading.phonemisers import japanese

    japanese.words("はい")


def load(name: str) -> Pipeline:
    """The pipeline called `name`, given as "module:function"."""
    module, _, function = name.partition(":")
    return cast("Pipeline", getattr(import_module(module), function))
