"""Make the three web fonts and the three picture fonts of the site from the Debian packages.

Needs the packages `fonts-paratype` and `fonts-inter` (apt) and `fonttools`, `brotli` (pip). Run it when the
letters or features change and commit what it writes; nothing at build or run time needs it.

The WOFF2 files are for pages; the TTF files are for what is drawn without a browser (Open Graph pictures).
The families carry names of their own.
"""

from __future__ import annotations

from pathlib import Path

from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont, newTable

TARGET = Path(__file__).parent.parent / "src" / "dauys" / "site" / "assets" / "fonts"
INTER = Path("/usr/share/fonts/opentype/inter")
PARATYPE = Path("/usr/share/fonts/truetype/paratype")

KAZAKH = "ӘәҒғҚқҢңӨөҰұҮүҺһІі"
RUSSIAN = "".join(chr(c) for c in range(0x410, 0x450)) + "Ёё"
LATIN = "".join(chr(c) for c in range(0x20, 0x7F)) + "ÄÅÇÉÖÜßäåçéöüñÑİıĞğŞş"
SIGNS = "\u00a0\u2009\u202f«»„“”‘’–—−·×÷№…§°±≥≤→←↑↓✓•"
LETTERS = KAZAKH + RUSSIAN + LATIN + SIGNS

FACES = (
    # source, name of the file, layout features, family
    (PARATYPE / "PTF75F.ttf", "serif-700", ("kern", "liga"), "Dauys Serif"),
    (INTER / "Inter-Regular.otf", "sans-400", ("kern", "tnum", "ccmp"), "Dauys Sans"),
    (INTER / "Inter-SemiBold.otf", "sans-600", ("kern", "tnum", "ccmp"), "Dauys Sans"),
)


def subset(source: Path, features: tuple[str, ...]) -> TTFont:
    """Return the face with our letters and features only."""
    options = Options()
    options.layout_features = list(features)
    options.hinting = False
    options.desubroutinize = True
    options.name_IDs = [0, 1, 2, 4, 5, 6, 13, 14]
    options.notdef_outline = True
    font = TTFont(source)
    add_thin_space(font)
    subsetter = Subsetter(options)
    subsetter.populate(text=LETTERS)
    subsetter.subset(font)
    missing = {letter for letter in KAZAKH + RUSSIAN if ord(letter) not in font.getBestCmap()}
    if missing:
        raise SystemExit(f"{source.name} has no {''.join(sorted(missing))}")
    return font


def add_thin_space(font: TTFont) -> None:
    """Give the face a narrow no-break space, a fifth of an em, where it has none: it groups our numbers."""
    if 0x202F in font.getBestCmap():
        return
    space, name = font.getBestCmap()[0x20], "uni202F"
    font["glyf"][name] = font["glyf"][space]
    font["hmtx"][name] = (font["head"].unitsPerEm // 5, 0)
    font.setGlyphOrder([*(g for g in font.getGlyphOrder() if g != name), name])
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[0x202F] = name


def licence(package: str, name: str, heading: str) -> None:
    """Keep the licence of the font from a Debian copyright file; the rest is about Debian's own packaging."""
    text = (
        Path(f"/usr/share/doc/{package}/copyright").read_text(encoding="utf-8").split("\nFiles: debian/*")[0]
    )
    (TARGET / name).write_text(f"{heading}\n\n{text.rstrip()}\n", encoding="utf-8")


def as_truetype(font: TTFont) -> TTFont:
    """Turn cubic outlines into quadratic ones, within one unit of 1/1000 em, and return the font."""
    if "glyf" in font:
        return font
    glyphs = font.getGlyphSet()
    outlines = {}
    for name in font.getGlyphOrder():
        pen = TTGlyphPen(glyphs)
        glyphs[name].draw(Cu2QuPen(pen, max_err=font["head"].unitsPerEm / 1000, reverse_direction=True))
        outlines[name] = pen.glyph()
    font["loca"] = newTable("loca")
    font["glyf"] = glyf = newTable("glyf")
    glyf.glyphOrder = font.getGlyphOrder()
    glyf.glyphs = outlines
    font["maxp"].tableVersion = 0x00010000
    for key in (
        "maxZones", "maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs",
        "maxStackElements", "maxSizeOfInstructions", "maxComponentElements",
    ):  # fmt: skip
        setattr(font["maxp"], key, 0)
    font["maxp"].maxZones = 1
    font["post"].formatType = 3.0
    for table in ("CFF ", "VORG"):
        if table in font:
            del font[table]
    font.sfntVersion = "\x00\x01\x00\x00"
    return font


def rename(font: TTFont, family: str, weight: str) -> None:
    """Give the face a family name of our own."""
    for record in font["name"].names:
        if record.nameID in (1, 4, 6):
            text = {1: family, 4: f"{family} {weight}", 6: f"{family}-{weight}".replace(" ", "")}[
                record.nameID
            ]
            record.string = text


def main() -> None:
    """Write the fonts and their licences."""
    TARGET.mkdir(parents=True, exist_ok=True)
    for source, name, features, family in FACES:
        web = subset(source, features)
        rename(web, family, name.rsplit("-", 1)[1])
        web.flavor = "woff2"
        web.save(TARGET / f"{name}.woff2")
        picture = as_truetype(subset(source, features))
        rename(picture, family, name.rsplit("-", 1)[1])
        picture.save(TARGET / f"{name}.ttf")
        print(name, (TARGET / f"{name}.woff2").stat().st_size, (TARGET / f"{name}.ttf").stat().st_size)
    changed = "is a subset of {}, renamed because its licence keeps the name for the unchanged font."
    licence("fonts-paratype", "PT-Serif-licence.txt", "Dauys Serif " + changed.format("PT Serif Bold"))
    licence(
        "fonts-inter",
        "Inter-licence.txt",
        "Dauys Sans "
        + changed.format("Inter Regular and SemiBold").replace(
            ", renamed because its licence keeps the name for the unchanged font",
            ", renamed so that no installed font takes its place",
        ),
    )


if __name__ == "__main__":
    main()
