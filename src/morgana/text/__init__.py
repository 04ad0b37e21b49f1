"""Words as pictures: fonts, shaping, lines, styles. The only room that touches Skia, HarfBuzz and ICU."""
