"""Times of the run, in every form in which a program could have written one.

When a program took the time is not known to the second, so that a form is looked for over the whole run, and
what is found is read and compared with its beginning and end.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from disk_image import Image

#: Forms of eight bytes: their name, how they are read, and how many seconds one of their units is.
_EIGHT: tuple[tuple[str, str, Callable[[float], float]], ...] = (
    ("seconds, float", "d", lambda value: value),
    ("seconds, integer", "Q", lambda value: value),
    ("milliseconds", "Q", lambda value: value / 1e3),
    ("milliseconds, float", "d", lambda value: value / 1e3),
    ("microseconds", "Q", lambda value: value / 1e6),
    ("nanoseconds", "Q", lambda value: value / 1e9),
    ("Julian day", "d", lambda value: (value - 2440587.5) * 86400),
)
_BACK = {
    "seconds, float": lambda t: t,
    "seconds, integer": int,
    "milliseconds": lambda t: int(t * 1e3),
    "milliseconds, float": lambda t: t * 1e3,
    "microseconds": lambda t: int(t * 1e6),
    "nanoseconds": lambda t: int(t * 1e9),
    "Julian day": lambda t: t / 86400 + 2440587.5,
}
ZONES = (UTC, ZoneInfo("Asia/Almaty"))


@dataclass(frozen=True, slots=True)
class Moment:
    """A time of the run that was found: its form, the byte of the image, the area, and the second."""

    form: str
    at: int
    area: str
    second: int


def moments(image: Image, begin: float, end: float) -> list[Moment]:
    """Return all times between begin and end that are in an image."""
    found = [*_binary(image, begin, end), *_short(image, begin, end), *_text(image, begin, end)]
    return [Moment(form, at, image.area(at), second) for form, at, second in found]


def _binary(image: Image, begin: float, end: float) -> Iterator[tuple[str, int, int]]:
    for form, code, seconds in _EIGHT:
        for order in "<>":
            low, high = (struct.pack(order + code, _BACK[form](t)) for t in (begin - 1, end + 1))
            if order == "<":
                low, high = low[::-1], high[::-1]
            same = next(n for n in range(8) if low[n] != high[n]) if low != high else 8
            fixed = re.escape(low[:same] if order == ">" else low[:same][::-1])
            rest = b"[\\x00-\\xff]{%d}" % (8 - same)
            pattern = re.compile(b"(?s)" + (fixed + rest if order == ">" else rest + fixed))
            for at, data in image.places(pattern):
                value = seconds(struct.unpack(order + code, data)[0])
                if begin <= value <= end:
                    yield f"{form} {order}", at, int(value)


def _short(image: Image, begin: float, end: float) -> Iterator[tuple[str, int, int]]:
    """Four bytes: noise looks like one in four thousand million times, which the caller must bear in mind."""
    for second in range(int(begin), int(end) + 1):
        for order in "<>":
            for at, _ in image.places(re.compile(re.escape(struct.pack(order + "I", second)))):
                yield f"seconds, 4 bytes {order}", at, second


def _text(image: Image, begin: float, end: float) -> Iterator[tuple[str, int, int]]:
    for second in range(int(begin), int(end) + 1):
        yield from ((f"digits {second}", at, second) for at, _ in image.places(re.compile(b"%d" % second)))
    minute = datetime.fromtimestamp(begin, UTC).replace(second=0, microsecond=0)
    while minute.timestamp() <= end:
        for zone in ZONES:
            local = minute.astimezone(zone)
            # On the half hour a rounded time is allowed: only seconds tell the two apart.
            behind = rb"\D?(?!00)\d\d" if local.minute in (0, 30) else b""
            for form in (
                "%Y-%m-%d.%H:%M",
                "%Y%m%d.?%H%M",
                "%d\\.%m\\.%Y.{1,2}%H:%M",
                "%d/%b/%Y:%H:%M",
                "%b %d %H:%M",
            ):
                pattern = re.compile(local.strftime(form).encode() + behind)
                yield from (
                    (f"text {local:{form}}", at, int(minute.timestamp())) for at, _ in image.places(pattern)
                )
        minute += timedelta(minutes=1)
