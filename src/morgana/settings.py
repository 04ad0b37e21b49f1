"""Every setting, read from `MORGANA_...` environment variables."""

from functools import cache
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


def _default_data() -> Path:
    return Path.home() / ".local" / "share" / "morgana"


class Settings(BaseSettings):
    """`MORGANA_DATA`, `MORGANA_MODELS`, ...: one field, one variable."""

    model_config = SettingsConfigDict(env_prefix="MORGANA_", frozen=True)

    data: Path = _default_data()
    models: Path | None = None  # where weights are kept; None: `models` under `data`
    hub: str = "https://huggingface.co"  # the model hub, or a mirror of it; empty: registry packages only

    @property
    def models_folder(self) -> Path:
        return self.models or self.data / "models"


@cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
