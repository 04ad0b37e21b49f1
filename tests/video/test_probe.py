from pathlib import Path

import pytest

from morgana.video.probe import probe
from tests.video.making import tone, wav


def test_what_is_not_a_video_is_told_so(tmp_path: Path) -> None:
    text = tmp_path / "a.mp4"
    text.write_text("no video")
    with pytest.raises(ValueError, match="can be read"):
        probe(text)
    with pytest.raises(ValueError, match="can be read"):
        probe(wav(tmp_path / "b.mp4", tone(1.0)))


def test_a_list_of_files_does_not_open_its_neighbour(tmp_path: Path) -> None:
    wav(tmp_path / "neighbour.wav", tone(1.0))
    trick = tmp_path / "a.mp4"
    trick.write_text("ffconcat version 1.0\nfile neighbour.wav\n")
    with pytest.raises(ValueError, match="can be read"):
        probe(trick)
