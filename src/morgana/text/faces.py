"""A font file, opened once, for shaping and for drawing."""

from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from unicodedata import normalize

import skia
import uharfbuzz

from morgana.text.unicode import is_invisible

# A manager of no fonts: only files that are named are read, never what else the machine has.
_files = skia.FontMgr.New_Custom_Empty()


_FLOATING = 0.05  # ems; less is how a letter was drawn


@dataclass(frozen=True, eq=False)
class Face:
    """One weight of a font family. Measures are in ems, y upwards as fonts have it."""

    family: str
    weight: int
    path: Path

    @cached_property
    def typeface(self) -> Any:
        """For drawing (skia.Typeface)."""
        return _files.makeFromFile(str(self.path))

    @cached_property
    def shaper(self) -> Any:
        """For shaping (uharfbuzz.Font), in font units."""
        return uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(self.path))))

    @cached_property
    def units(self) -> int:
        """Font units in an em."""
        return int(self.shaper.face.upem)

    @cached_property
    def _capital(self) -> tuple[float, float]:
        """The lower and the upper edge of H as it is drawn: some fonts say something else in their tables."""
        glyph = self.shaper.get_nominal_glyph(ord("H"))
        extents = self.shaper.get_glyph_extents(glyph) if glyph else None
        if not extents:
            return 0.0, self.ascent * 0.7
        return (extents.y_bearing + extents.height) / self.units, extents.y_bearing / self.units

    @cached_property
    def floor(self) -> float:
        """How far above the baseline capitals stand, in fonts where they do so on purpose (pixel fonts)."""
        low, _ = self._capital
        return low if low > _FLOATING else 0.0

    @cached_property
    def cap_height(self) -> float:
        """The height of capitals above where they stand."""
        return self._capital[1] - self.floor

    @cached_property
    def space(self) -> float:
        """The width of a space."""
        glyph = self.shaper.get_nominal_glyph(ord(" "))
        return self.shaper.get_glyph_h_advance(glyph) / self.units if glyph else 0.25

    @cached_property
    def ascent(self) -> float:
        return self._metric(uharfbuzz.OTMetricsTag.HORIZONTAL_ASCENDER)

    @cached_property
    def descent(self) -> float:
        """How far it reaches below the baseline, as a positive number."""
        return -self._metric(uharfbuzz.OTMetricsTag.HORIZONTAL_DESCENDER)

    @cached_property
    def _characters(self) -> frozenset[int]:
        return frozenset(self.shaper.face.unicodes)

    def covers(self, letter: str) -> bool:
        """Whether every visible part of a grapheme is in the font, composed or decomposed."""
        return any(
            all(ord(part) in self._characters or is_invisible(part) for part in normalize(form, letter))
            for form in ("NFC", "NFD")
        )

    def font(self, size: float) -> Any:
        """For drawing at `size` px per em (skia.Font): not rounded to whole pixels."""
        font = skia.Font(self.typeface, size)
        font.setSubpixel(True)
        font.setLinearMetrics(True)
        font.setBaselineSnap(False)
        font.setHinting(skia.FontHinting.kNone)
        font.setEdging(skia.Font.Edging.kAntiAlias)
        return font

    def _metric(self, tag: Any) -> float:
        return float(self.shaper.get_metric_position_with_fallback(tag)) / self.units


@cache
def opened(family: str, weight: int, path: Path) -> Face:
    """The face in the file `path`."""
    return Face(family, weight, path)
