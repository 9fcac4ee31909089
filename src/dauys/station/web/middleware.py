"""What is asked of every request, and said with every answer."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from dauys.station.web import common
from dauys.station.web.services import Services
from dauys.station.web.terminals import ROLES

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
    "img-src 'self'; connect-src 'self'; media-src 'self' blob:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), usb=(), serial=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",  # with no-referrer a browser hides the origin of a form, too
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


def _name(host: str) -> str:
    """Return a host without its port."""
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdecimal() else host).strip("[]").lower()


class Guard:
    """Only paired terminals, each its own pages, only forms of this station."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request and set the headers."""
        services: Services = request.META["dauys.services"]
        request.services, request.terminal = services, None
        request.terminal = services.terminals.find(request.COOKIES.get("terminal", ""))
        response = self._refusal(request) or self.answer(request)
        for name, value in HEADERS.items():
            response.headers[name] = value
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def _refusal(self, request: HttpRequest) -> HttpResponse | None:
        host = request.META.get("HTTP_HOST", "")
        hosts = request.services.hosts
        origin = request.META.get("HTTP_ORIGIN")
        # A name of elsewhere that leads to this address would make pages of elsewhere ours.
        if (hosts and _name(host) not in hosts) or (
            request.method == "POST" and origin not in (None, f"{request.scheme}://{host}")
        ):
            return common.refuse(request, "J6.3")
        role = request.path.split("/")[1]
        if role in ROLES:
            if request.terminal is None:
                return common.ask_to_pair(request)
            if request.terminal.role != role:
                return common.refuse(request, "J6.2")
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> None:
        """Tell of an error, without its facts, on the laptop; what the screen says is `common.failed`."""
        request.services.tell(error)
