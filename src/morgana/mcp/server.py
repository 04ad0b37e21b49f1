"""The MCP server: one tool for each verb. Assistants read the descriptions, and nothing else."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeAlias

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from pydantic import BaseModel, Field

from morgana import __version__
from morgana.mcp.folders import Folders
from morgana.mcp.job import Job, Maker, Order, Refused

_POLL: Final = 0.25  # seconds
_WAIT: Final = 50  # seconds: under the minute after which many clients give a tool up
_READS: Final = ToolAnnotations(read_only_hint=True, open_world_hint=False)
_MAKES: Final = ToolAnnotations(read_only_hint=False, destructive_hint=False, open_world_hint=False)
_ENDS: Final = ToolAnnotations(read_only_hint=False, destructive_hint=True, open_world_hint=False)
_SOUNDS: Final = (".mp3", ".wav", ".opus", ".aac", ".flac", ".pcm")

Wait = Annotated[
    int,
    Field(ge=0, le=3600, description="Seconds to wait for the end; call wait_for_job if it takes longer"),
]
Output = Annotated[str, Field(description="MP4 file to write; it must not exist yet")]
Position = Annotated[
    Literal["top", "middle", "bottom"] | Annotated[float, Field(ge=0, le=1)] | None,
    Field(description="Or a number from 0 (top) to 1 (bottom). Left out, a good place is found."),
]
Color = Annotated[str | None, Field(pattern="^#[0-9a-fA-F]{6}$", description="Such as #ffcc00")]
Speed = Annotated[float, Field(ge=0.5, le=2, description="1 is the voice's own pace")]
Seed = Annotated[int, Field(ge=0, le=2**32 - 1, description="Another seed gives another take")]
JobId = Annotated[str, Field(description="The job_id that another tool returned")]
Tools: TypeAlias = MCPServer[Any]


class JobState(BaseModel):
    """A job. Its files are there once it is COMPLETE."""

    job_id: str
    kind: str
    status: str = Field(description="QUEUED, PROCESSING, COMPLETE, FAILED or CANCELLED")
    progress: int = Field(description="Percent")
    files: list[str] = Field(description="What was written; empty until the job is COMPLETE")
    error: str | None = Field(description="Why it failed, and what to do about it")
    next: str | None = Field(description="What to do now, unless the job has ended")

    @classmethod
    def of(cls, job: Job) -> "JobState":
        waiting = None if job.ended else f"Call wait_for_job with job_id {job.id!r}."
        return cls(
            job_id=job.id,
            kind=job.kind,
            status=job.status,
            progress=round(100 * job.progress),
            files=job.files,
            error=job.message,
            next=waiting,
        )


def build(folders: Folders, maker: Maker) -> Tools:
    """The server, over what does the work."""

    @asynccontextmanager
    async def lifespan(_server: Tools) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await maker.close()

    server: Tools = MCPServer(
        "morgana",
        title="Morgana",
        version=__version__,
        instructions=(
            "Makes talking-head videos from a portrait and a script or recording, writes captions or text "
            f"over videos, and speaks text. Reads and writes files in these folders only: {folders}. Tools "
            "that make something take a while: they return a job, which may still be PROCESSING; then call "
            "wait_for_job. Make videos only of people who agreed to it."
        ),
        lifespan=lifespan,
        log_level="WARNING",
    )
    _add_making(server, folders, maker)
    _add_jobs(server, folders, maker)
    _add_lists(server, maker)
    return server


def _add_making(server: Tools, folders: Folders, maker: Maker) -> None:
    @server.tool(title="Create video", annotations=_MAKES)
    @_explained
    async def create_video(
        ctx: Context,
        output: Output,
        image: Annotated[
            str | None, Field(description="Portrait, JPEG or PNG, of one face that looks at the camera")
        ] = None,
        script: Annotated[
            str | None,
            Field(
                description="What to say, at most 180 s. [happy], [sad] set the face from there on, [auto] "
                "gives it back, [pause 1s] is silence. This, or audio"
            ),
        ] = None,
        audio: Annotated[str | None, Field(description="Or a recording of speech, WAV or MP3")] = None,
        actor: Annotated[str | None, Field(description="In place of image: an id of list_actors")] = None,
        voice: Annotated[str | None, Field(description="Of the script: an id of list_voices")] = None,
        speed: Annotated[float | None, Field(ge=0.5, le=2, description="Of the script; 1 is usual")] = None,
        expression: Annotated[
            Literal["auto", "neutral", "happy", "serious", "surprised", "sad"] | None,
            Field(description="auto, which is usual: as the speech suggests"),
        ] = None,
        expression_intensity: Annotated[float | None, Field(ge=0, le=1)] = None,
        fps: Literal[25, 30] | None = None,
        seed: Seed = 0,
        renderer: Annotated[
            Literal["auto", "mesh", "learned"] | None,
            Field(description="auto, which is usual: the better one that can be had"),
        ] = None,
        wait_seconds: Wait = _WAIT,
    ) -> JobState:
        """Make a video of the person in a picture saying a script or a recording; it lasts as long.

        Takes about as long as the video lasts, or a few times as long."""
        _one_of(image=image, actor=actor)
        _one_of(script=script, audio=audio)
        order = Order(
            "video",
            folders.writable(output, ".mp4"),
            image=_readable(folders, image),
            actor=actor,
            audio=_readable(folders, audio),
            text=script,
            wishes=_wishes(
                voice=voice,
                speed=speed,
                expression=expression,
                expression_intensity=expression_intensity,
                fps=fps,
                seed=seed or None,
                renderer=renderer,
            ),
        )
        return await _done(ctx, maker, await maker.start(order), wait_seconds)

    @server.tool(title="Caption video", annotations=_MAKES)
    @_explained
    async def caption_video(
        ctx: Context,
        video: Annotated[str, Field(description="The video, MP4 or MOV; a server may want it to be 9:16")],
        template: Annotated[str, Field(description="The style: a name of list_templates, such as Alhena")],
        output: Output,
        transcript: Annotated[
            str | None,
            Field(description="File with what is said: text, SRT or WebVTT. Left out, speech is recognised"),
        ] = None,
        subtitles: Annotated[str | None, Field(description="Also write this .srt, .vtt or .ass file")] = None,
        language: Annotated[
            str | None, Field(description="That is spoken, such as en; found out else")
        ] = None,
        vocabulary: Annotated[list[str] | None, Field(description="Names to spell right")] = None,
        emphasize: Annotated[list[str] | None, Field(description="Words that are to stand out")] = None,
        position: Position = None,
        font_size: Annotated[float | None, Field(ge=0.5, le=2, description="Times the template's")] = None,
        highlight_color: Color = None,
        wait_seconds: Wait = _WAIT,
    ) -> JobState:
        """Write what is said in a video over its picture, word by word, in an animated style."""
        order = Order(
            "caption",
            folders.writable(output, ".mp4"),
            source=folders.readable(video),
            template=template,
            transcript=_readable(folders, transcript),
            subtitles=folders.writable(subtitles, ".srt", ".vtt", ".ass") if subtitles else None,
            wishes=_wishes(
                language=language,
                vocabulary=vocabulary,
                emphasize=emphasize,
                position=position,
                font_size=font_size,
                highlight_color=highlight_color,
            ),
        )
        return await _done(ctx, maker, await maker.start(order), wait_seconds)

    @server.tool(title="Overlay text", annotations=_MAKES)
    @_explained
    async def overlay_text(
        ctx: Context,
        video: Annotated[str, Field(description="The video, MP4 or MOV")],
        text: Annotated[str, Field(min_length=1, max_length=1000, description="Line breaks are kept")],
        output: Output,
        font: Annotated[str | None, Field(description="A name of list_fonts")] = None,
        size: Annotated[float | None, Field(ge=8, le=1000, description="Pixels to the em")] = None,
        color: Color = None,
        position: Position = None,
        align: Literal["left", "center", "right"] | None = None,
        background: Annotated[
            Literal["none", "box", "line"] | None, Field(description="line: a label behind each line")
        ] = None,
        start: Annotated[float | None, Field(ge=0, description="Second at which the text appears")] = None,
        end: Annotated[float | None, Field(ge=0, description="Second at which it is gone")] = None,
        wait_seconds: Wait = _WAIT,
    ) -> JobState:
        """Write a headline over a video. What is left out is decided by what is in the picture: the place
        keeps clear of faces, and colours are legible."""
        order = Order(
            "overlay",
            folders.writable(output, ".mp4"),
            source=folders.readable(video),
            text=text,
            wishes=_wishes(
                font=font,
                size=size,
                color=color,
                position=position,
                align=align,
                background=background,
                start=start,
                end=end,
            ),
        )
        return await _done(ctx, maker, await maker.start(order), wait_seconds)

    @server.tool(title="Speak", annotations=_MAKES)
    @_explained
    async def speak(
        ctx: Context,
        text: Annotated[str, Field(max_length=10_000, description="In the voice's language")],
        output: Annotated[
            str,
            Field(description=f"File to write; it must not exist yet. Ends in one of {' '.join(_SOUNDS)}"),
        ],
        voice: Annotated[str, Field(description="An id of list_voices")] = "heart",
        speed: Speed = 1.0,
        seed: Seed = 0,
        wait_seconds: Wait = _WAIT,
    ) -> JobState:
        """Speak a text into a sound file. Numbers, dates and abbreviations are read as a person would."""
        order = Order(
            "speak",
            folders.writable(output, *_SOUNDS),
            text=text,
            wishes=_wishes(voice=voice, speed=speed, seed=seed),
        )
        return await _done(ctx, maker, await maker.start(order), wait_seconds)


def _add_jobs(server: Tools, folders: Folders, maker: Maker) -> None:
    @server.tool(title="Job status", annotations=_READS)
    @_explained
    async def job_status(job_id: JobId) -> JobState:
        """How far a job is."""
        return JobState.of(await maker.look(job_id))

    @server.tool(title="Wait for job", annotations=_READS)
    @_explained
    async def wait_for_job(ctx: Context, job_id: JobId, wait_seconds: Wait = _WAIT) -> JobState:
        """Wait until a job ends, at most so many seconds, and say how it stands."""
        return await _done(ctx, maker, await maker.look(job_id), wait_seconds)

    @server.tool(title="Cancel job", annotations=_ENDS)
    @_explained
    async def cancel_job(job_id: JobId) -> JobState:
        """Stop a job. One that has ended stays as it is."""
        return JobState.of(await maker.cancel(job_id))

    @server.tool(title="Download", annotations=_MAKES)
    @_explained
    async def download(
        job_id: JobId,
        output: Annotated[str, Field(description="File to write; it must not exist yet")],
        index: Annotated[int, Field(ge=0, description="Of a text overlay with several texts: which")] = 0,
    ) -> str:
        """Write what a finished job made to another file, also of a job of the server begun elsewhere."""
        file = folders.writable(output, ".mp4", *_SOUNDS)
        await maker.fetch(job_id, file, index)
        return f"{file} is written."


def _add_lists(server: Tools, maker: Maker) -> None:
    @server.tool(title="List voices", annotations=_READS)
    @_explained
    async def list_voices(
        language: Annotated[str, Field(description="Only of this language, such as en or pt-BR")] = "",
    ) -> list[dict[str, Any]]:
        """Who can speak, the default voice first. A voice reads the language that it speaks; one that is not
        available needs weights that the user gets with `morgana models pull kokoro`."""
        found = await maker.voices()
        return [one for one in found if (one["language"] or "").lower().startswith(language.lower())]

    @server.tool(title="List templates", annotations=_READS)
    @_explained
    async def list_templates() -> list[dict[str, Any]]:
        """The styles of captions."""
        return [*await maker.templates()]

    @server.tool(title="List fonts", annotations=_READS)
    @_explained
    async def list_fonts() -> list[dict[str, Any]]:
        """The looks and fonts for overlay_text; a look is more than a font."""
        return [*await maker.fonts()]

    if maker.has_actors:

        @server.tool(title="List actors", annotations=_READS)
        @_explained
        async def list_actors() -> list[dict[str, Any]]:
            """Faces that the server keeps, to be used in place of an image."""
            return [*await maker.actors()]


def _explained(tool: Callable[..., Any]) -> Callable[..., Any]:
    """What is refused reaches the assistant in words."""

    @wraps(tool)
    async def explained(*args: Any, **arguments: Any) -> Any:
        try:
            return await tool(*args, **arguments)
        except Refused as refused:
            raise ToolError(str(refused)) from None

    return explained


async def _done(ctx: Context, maker: Maker, job: Job, seconds: float) -> JobState:
    """The job when it has ended, or after so many seconds. Raises Refused if it failed."""
    deadline = time.monotonic() + seconds
    told = -1
    while True:
        percent = round(100 * job.progress)
        if percent > told:
            told = percent
            with suppress(ConnectionError):
                await ctx.report_progress(percent, 100, f"{job.kind}: {percent} %")
        if job.ended or time.monotonic() >= deadline:
            break
        await asyncio.sleep(_POLL)
        job = await maker.look(job.id)
    if job.status == "FAILED":
        raise Refused(f"{job.message} ({job.code})")
    return JobState.of(job)


def _one_of(**given: object) -> None:
    if sum(value is not None for value in given.values()) != 1:
        raise Refused(f"Give exactly one of {' and '.join(given)}.")


def _readable(folders: Folders, path: str | None) -> Path | None:
    return folders.readable(path) if path is not None else None


def _wishes(**wishes: Any) -> dict[str, Any]:
    return {name: wish for name, wish in wishes.items() if wish is not None}
