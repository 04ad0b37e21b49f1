"""Every setting, read from `MORGANA_...` environment variables."""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from morgana import prices, queues, quotas

_MIB = 1024 * 1024


def _default_data() -> Path:
    return Path.home() / ".local" / "share" / "morgana"


def _absolute(path: Path) -> Path:
    """The same place for every process, wherever it was started."""
    return path.expanduser().absolute()


def _unless_off(value: object) -> object:
    return None if value == "off" else value


def _limits(text: str) -> str:
    quotas.parse(text)
    return text


def _queues(text: str) -> str:
    queues.parse(text)
    return text


def _labels(text: str | None) -> str | None:
    queues.parse_labels(text)
    return text


def _needed(text: str | None) -> str | None:
    queues.parse_needed(text)
    return text


def _prices(given: str) -> str:
    """Absolute where it names a file, which is read once here and once where it is needed."""
    if not given.lstrip().startswith("{"):
        given = str(_absolute(Path(given)))
    prices.parse(given)
    return given


_Positive = Annotated[int, Field(ge=1)]
_Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
_Days = Annotated[float, Field(gt=0, le=36_500, allow_inf_nan=False)]
_Port = Annotated[int, Field(ge=0, le=65_535)]


class Settings(BaseSettings):
    """`MORGANA_DATA`, `MORGANA_MODELS`, ...: one field, one variable."""

    model_config = SettingsConfigDict(env_prefix="MORGANA_", frozen=True)

    data: Annotated[Path, AfterValidator(_absolute)] = Field(
        default_factory=_default_data, description="Folder for everything that is kept."
    )
    models: Path | None = Field(
        default=None, description="Folder of the weights; unset: `models` under the data folder."
    )
    hub: str = Field(
        default="https://huggingface.co",
        description="The model hub, or a mirror of it; empty: registry packages only.",
    )

    host: str = Field(default="127.0.0.1", description="Address that `serve` listens on.")
    port: int = Field(
        default=8000, ge=0, le=65535, description="Port that `serve` listens on; 0: any free one."
    )
    studio_key: Literal["on", "off"] = Field(
        default="on",
        description="Whether the studio gets an API key by itself when whoever runs the server opens it on "
        "the same machine.",
    )
    public_url: str | None = Field(
        default=None,
        description="Address under which clients reach the server, used in links that it gives out, such as "
        "https://video.example.org; unset: the address that each request was sent to.",
    )
    database_url: str | None = Field(
        default=None,
        description="Records: postgresql://user:password@host/name; unset: SQLite in the data folder.",
    )
    blobs: str | None = Field(
        default=None,
        description="Uploads and videos: s3://bucket or s3://bucket/prefix, with credentials and endpoint "
        "from the usual AWS_... variables; unset: `blobs` in the data folder.",
    )
    secret: SecretStr | None = Field(
        default=None,
        min_length=32,
        description="Key that signs links to videos, the same on every server behind one address; unset: a "
        "random one, kept in the data folder.",
    )
    signed_url_seconds: int = Field(
        default=3600, ge=1, le=604_800, description="How long a link to a video's file works, in seconds."
    )
    keep_days: Annotated[_Days | None, BeforeValidator(_unless_off)] = Field(
        default=None,
        description="Days after which finished videos and text overlays are deleted; off or unset: never.",
    )
    max_image_bytes: int = Field(default=64 * _MIB, ge=1, description="Largest image upload, in bytes.")
    max_audio_bytes: int = Field(default=128 * _MIB, ge=1, description="Largest audio upload, in bytes.")
    max_audio_seconds: float = Field(
        default=180, gt=0, description="Longest speech of one video, in seconds."
    )
    max_video_bytes: Annotated[_Positive | None, BeforeValidator(_unless_off)] = Field(
        default=50 * _MIB, description="Largest video upload, in bytes; off: any."
    )
    max_video_seconds: Annotated[_Seconds | None, BeforeValidator(_unless_off)] = Field(
        default=300, description="Longest video upload, in seconds; off: any."
    )
    require_portrait_video: Literal["on", "off"] = Field(
        default="on", description="Whether a video upload to be captioned has to be 9:16; off: any aspect."
    )
    max_text_characters: int = Field(
        default=10_000, ge=1, le=10_000, description="Longest text that is spoken, in characters."
    )
    mark_generated: Literal["on", "off"] = Field(
        default="on", description="Whether generated videos and speech say in their metadata that they are."
    )
    renderer: Literal["auto", "mesh", "learned"] = Field(
        default="auto",
        description="What makes the frames of videos that name no renderer; auto: the better one that can be "
        "had.",
    )
    device: Literal["auto", "cpu", "cuda"] = Field(
        default="auto",
        description="Where neural networks run; auto: on an NVIDIA GPU where one can be used, else on the "
        "processor.",
    )
    generated_actors: Literal["on", "off"] = Field(
        default="on",
        description="Whether the built-in actors whose faces are generated, of persons who do not exist, are "
        "offered.",
    )
    worker_jobs: int = Field(
        default=1,
        ge=1,
        description="Jobs that each worker runs at the same time.",
    )
    worker_queues: Annotated[str, AfterValidator(_queues)] = Field(
        default="all",
        description="Queues that a worker takes jobs from: all, or such as portrait,captions.",
    )
    worker_labels: Annotated[str | None, AfterValidator(_labels)] = Field(
        default=None, description="What a worker says of its machine, such as gpu,large."
    )
    labels_needed: Annotated[str | None, AfterValidator(_needed)] = Field(
        default=None,
        description="Queues that only workers with a label take jobs from, such as portrait=gpu.",
    )
    drain_seconds: float = Field(
        default=25,
        ge=0,
        allow_inf_nan=False,
        description="How long a worker that is told to stop may go on with the jobs in hand, in seconds.",
    )
    max_owner_jobs: Annotated[_Positive | None, BeforeValidator(_unless_off)] = Field(
        default=None,
        description="Jobs of one owner at the same time, on all workers together; off: any number.",
    )
    rate_limits: Annotated[str, AfterValidator(_limits)] = Field(
        default="off",
        description="Requests that one owner may make: off, any number; hosted, what the hosted service "
        "documents; or such as generation=2/minute,status=10/second.",
    )
    max_webhooks: int = Field(default=16, ge=1, le=1000, description="Webhooks of one owner.")
    private_webhooks: Literal["on", "off"] = Field(
        default="off",
        description="Whether webhooks may be sent to private networks and this machine, and by http.",
    )
    prices: Annotated[str, AfterValidator(_prices)] | None = Field(
        default=None,
        description="What usage is said to cost: JSON, or the path of a TOML file; unset: captions at $0.15 "
        "a minute that was begun, and nothing else.",
    )
    max_job_seconds: float = Field(default=3600, gt=0, description="Longest run of one job, in seconds.")
    max_job_bytes: int = Field(default=6144 * _MIB, ge=1, description="Most memory of one job, in bytes.")
    max_job_disk_bytes: int = Field(
        default=16384 * _MIB, ge=1, description="Most that the files of one job may take, in bytes."
    )
    sandbox: Literal["auto", "bubblewrap", "landlock", "limits", "off"] = Field(
        default="auto",
        description="What jobs are kept from; auto: the strongest level that works on this machine.",
    )
    metrics_host: str = Field(
        default="127.0.0.1", description="Address at which a worker serves figures for Prometheus."
    )
    metrics_port: Annotated[_Port | None, BeforeValidator(_unless_off)] = Field(
        default=None,
        description="Port at which a worker serves figures for Prometheus; 0: any free one; unset: none.",
    )
    log_format: Literal["text", "json"] = Field(
        default="text",
        description="How `serve` and `worker` write their log: for people, or a JSON object a line.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="How much `serve` and `worker` write to standard error."
    )

    @property
    def models_folder(self) -> Path:
        return self.models or self.data / "models"


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()


def data_folder(name: str = "") -> Path:
    """The data folder, or a folder in it. If it is made now, then for this user alone: it holds faces."""
    folder = settings().data
    folder.mkdir(0o700, parents=True, exist_ok=True)
    folder /= name
    folder.mkdir(0o700, exist_ok=True)
    return folder
