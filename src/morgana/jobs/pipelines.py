"""What each kind of job runs. To add a kind, write its function here and name it in `PIPELINES`.

A pipeline is loaded, by its name, in the child process only, so that a worker stays small and a crash
in native code takes one job with it, not the worker.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from morgana.progress import Progress
from morgana.settings import settings

if TYPE_CHECKING:
    from morgana.portrait import Narration, Portrait

Inputs = Mapping[str, Path]
Options = Mapping[str, Any]
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
    )
    generate_video(_portrait(inputs), _voice(inputs, options), folder / "video.mp4", chosen, progress)


def analyse(inputs: Inputs, folder: Path, _options: Options, progress: Progress) -> None:
    """A picture becomes a portrait that videos can be made of at once."""
    from morgana.portrait import save_portrait
    from morgana.portrait.analysis import analyse
    from morgana.portrait.image import load_image

    save_portrait(analyse(load_image(inputs["image"]), progress), folder / "portrait.npz")


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
    "actor": "morgana.jobs.pipelines:analyse",
}


def load(name: str) -> Pipeline:
    """The pipeline called `name`, given as "module:function"."""
    module, _, function = name.partition(":")
    return cast("Pipeline", getattr(import_module(module), function))
