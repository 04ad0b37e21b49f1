from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from morgana.video.encode import write_mp4
from morgana.video.poster import save_poster, write_poster
from morgana.video.provenance import SourceType
from tests.video.filming import Picture, film

FPS = 30
COUNT = 48


def checked(hue: tuple[int, int, int], size: tuple[int, int] = (160, 284)) -> Picture:
    """Squares of a colour and of black: a sharp picture that is like no other."""
    width, height = size
    squares = (np.add.outer(np.arange(height) // 12, np.arange(width) // 12) % 2)[..., None]
    picture: Picture = (squares * np.array(hue)).astype(np.uint8)
    return picture


def blurred(picture: Picture) -> Picture:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 5.0), np.uint8)


def mean(poster: Path) -> list[int]:
    with Image.open(poster) as image:
        assert (image.format, image.mode) == ("JPEG", "RGB")
        return [round(float(value)) for value in np.asarray(image, float).mean(axis=(0, 1))]


@pytest.fixture
def pictures() -> list[Picture]:
    """Blurred and red, then sharp and green, blurred and blue, and in the end nothing but a light wall."""
    red, green, blue = (checked(hue) for hue in ((220, 20, 20), (20, 200, 20), (30, 30, 230)))
    wall = np.full_like(red, 225)
    return [*[blurred(red)] * 12, *[green] * 12, *[blurred(blue)] * 12, *[wall] * 12]


def test_the_poster_is_a_sharp_picture_and_not_the_first(pictures: list[Picture], tmp_path: Path) -> None:
    poster = tmp_path / "poster.jpg"
    write_poster(film(tmp_path / "film.mp4", pictures), poster)
    red, green, blue = mean(poster)
    assert green > 85
    assert max(red, blue) < 30


def test_the_poster_is_of_a_moment_that_is_worthy(pictures: list[Picture], tmp_path: Path) -> None:
    poster = tmp_path / "poster.jpg"
    source = film(tmp_path / "film.mp4", pictures)
    write_poster(source, poster, lambda time: 0.85 <= time < 1.15)
    assert mean(poster)[2] > 85
    write_poster(source, poster, lambda _time: False)
    assert mean(poster)[1] > 85  # as if none were asked for


def test_a_film_of_one_frame_has_a_poster(tmp_path: Path) -> None:
    write_poster(film(tmp_path / "film.mp4", [checked((20, 200, 20))]), tmp_path / "poster.jpg")
    assert mean(tmp_path / "poster.jpg")[1] > 85


def test_the_poster_is_upright_and_of_a_bounded_size(tmp_path: Path) -> None:
    wide = [checked((200, 200, 200), (1440, 640))] * 3
    write_poster(film(tmp_path / "film.mp4", wide, rotation=90), tmp_path / "poster.jpg")
    with Image.open(tmp_path / "poster.jpg") as image:
        assert image.size == (568, 1280)


@pytest.mark.parametrize("mark", [SourceType.GENERATED, None])
def test_the_poster_says_of_its_origin_what_the_film_says(mark: SourceType | None, tmp_path: Path) -> None:
    source = tmp_path / "film.mp4"
    write_mp4(source, [checked((20, 200, 20))] * 3, fps=25, size=(160, 284), total=3, mark=mark)
    write_poster(source, tmp_path / "poster.jpg")
    said = (tmp_path / "poster.jpg").read_bytes()
    assert (SourceType.GENERATED.uri.encode() in said) == (mark is not None)


def test_a_picture_is_saved_as_it_is(tmp_path: Path) -> None:
    picture = np.zeros((90, 160, 3), np.uint8)
    picture[:, 80:] = (200, 100, 50)
    save_poster(picture, tmp_path / "poster.jpg")
    with Image.open(tmp_path / "poster.jpg") as image:
        kept = np.asarray(image)
    assert kept.shape == picture.shape
    assert np.abs(kept[45, 120].astype(int) - (200, 100, 50)).max() < 6
