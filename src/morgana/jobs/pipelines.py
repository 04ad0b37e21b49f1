"""What each kind of job runs. To add a kind, write its function here and name it in `PIPELINES`.

A pipeline is loaded, by its name, in the child process only, so that a worker stays small and a crash
in native code takes one job with it, not the worker.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from morgana.progress import Progress
from morgana.settings import settings

Inputs = Mapping[str, Path]
Options = Mapping[str, Any]
# Turns the input files into the output file; raises InputError if they cannot be used.
Pipeline = Callable[[Inputs, Path, Options, Progress], None]


def generate(inputs: Inputs, output: Path, options: Options, progress: Progress) -> None:
    """A portrait and a voice become a talking-head video."""
    from morgana.portrait import VideoOptions, generate_video

    chosen = VideoOptions(**{"max_audio_seconds": settings().max_audio_seconds, **options})
    generate_video(inputs["image"], inputs["audio"], output, chosen, progress)


# By `store.Kind`: "module:function" of a `Pipeline`.
PIPELINES: Mapping[str, str] = {
    "generation": "morgana.jobs.pipelines:generate",
}


def load(name: str) -> Pipeline:
    """The pipeline called `name`, given as "module:function"."""
    module, _, function = name.partition(":")
    return cast("Pipeline", getattr(import_module(module), function))
