"""A page of the station as a browser without scripts has it: one form, its fields, its buttons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

Attributes = Mapping[str, str]
_CODE = "code"


@dataclass(slots=True)
class Page:
    """What a page asks, and says in `heading` and `codes`.

    `hidden`: fields sent with every button; `inputs` and `buttons`: name and value of each, in order.
    """

    address: str = ""
    hidden: dict[str, str] = field(default_factory=dict)
    inputs: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    heading: str = ""
    codes: list[str] = field(default_factory=list)

    def has(self, value: str, name: str = "do") -> bool:
        """Return whether a button says this."""
        return (name, value) in self.buttons

    def asks(self, name: str) -> bool:
        """Return whether there is a field of this name."""
        return any(one == name for one, _ in self.inputs)

    def offers(self, name: str) -> tuple[str, ...]:
        """Return the values that a field of this name can be given by a touch."""
        return tuple(value for one, value in self.inputs if one == name)


def read_page(text: str) -> Page:
    """Return the page of an HTML text. Of several forms the first is the one that is asked."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    reader.page.heading = " ".join(reader.page.heading.split())
    return reader.page


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page, self._forms, self._inside, self._text = Page(), 0, False, ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._forms += 1
            self._inside = self._forms == 1
            if self._inside:
                self.page.address = own.get("action", "")
        elif self._inside and tag in ("input", "textarea", "select"):
            self._field(own)
        elif self._inside and tag == "button":
            self.page.buttons.append((own.get("name", ""), own.get("value", "")))
        elif tag == "h1" or _CODE in own.get("class", "").split():
            self._text = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        if tag == self._text:
            self._text = ""

    def handle_data(self, data: str) -> None:
        if self._text == "h1":
            self.page.heading += data
        elif self._text and data.strip(" ()\n"):
            self.page.codes.append(data.strip(" ()\n"))

    def _field(self, own: Attributes) -> None:
        name, value = own.get("name", ""), own.get("value", "")
        if own.get("type") == "hidden":
            self.page.hidden[name] = value
        elif name:
            self.page.inputs.append((name, value))
