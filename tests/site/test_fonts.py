import struct
from importlib.resources import files

import pytest

KAZAKH = "ӘәҒғҚқҢңӨөҰұҮүҺһІі"
FOLDER = files("dauys.site") / "assets" / "fonts"


def letters(data: bytes) -> set[int]:
    """The code points of a TrueType font: its Unicode table of format 4."""
    tables = {
        data[i : i + 4]: struct.unpack_from(">II", data, i + 8)
        for i in range(12, 12 + 16 * struct.unpack_from(">H", data, 4)[0], 16)
    }
    start = tables[b"cmap"][0]
    for i in range(struct.unpack_from(">H", data, start + 2)[0]):
        place = start + struct.unpack_from(">HHI", data, start + 4 + 8 * i)[2]
        if struct.unpack_from(">H", data, place)[0] == 4:
            count = struct.unpack_from(">H", data, place + 6)[0] // 2
            ends = struct.unpack_from(f">{count}H", data, place + 14)
            starts = struct.unpack_from(f">{count}H", data, place + 16 + 2 * count)
            return {c for a, b in zip(starts, ends, strict=True) for c in range(a, b + 1)}
    raise AssertionError("no table of format 4")


@pytest.mark.parametrize("name", ["serif-700", "sans-400", "sans-600"])
def test_every_face_has_kazakh_russian_and_latin_letters(name):
    have = letters((FOLDER / f"{name}.ttf").read_bytes())
    wanted = (
        KAZAKH
        + "".join(map(chr, range(0x410, 0x450)))
        + "Ёё№«»–−\u202f\u00a0"
        + "".join(map(chr, range(0x21, 0x7F)))
    )
    assert sorted(c for c in wanted if ord(c) not in have) == []


def test_web_faces_are_small_and_licences_lie_beside_them():
    sizes = [(FOLDER / f"{name}.woff2").read_bytes() for name in ("serif-700", "sans-400", "sans-600")]
    assert all(s[:4] == b"wOF2" for s in sizes)
    assert sum(map(len, sizes)) <= 53_000
    for name in ("PT-Serif-licence.txt", "Inter-licence.txt"):
        assert "LICENSE" in (FOLDER / name).read_text(encoding="utf-8").upper()
