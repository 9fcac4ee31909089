"""A station's pages at their address: who may open them, with which certificate, and the first codes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event

from dauys.station.program import Station, ballots_of
from dauys.station.web.authority import kept_authority
from dauys.station.web.booth.of_kit import texts_of
from dauys.station.web.booth.rooms import Rooms
from dauys.station.web.certificates import Pair, make_server_pair
from dauys.station.web.desk.of_station import desks_of
from dauys.station.web.members.of_station import room_of
from dauys.station.web.server import LOOPBACK, serve
from dauys.station.web.services import Services, tell
from dauys.station.web.terminals import Role, Terminals


@dataclass(frozen=True, slots=True)
class Address:
    """Where the pages are asked for. `loopback`: on this laptop alone, without TLS."""

    host: str
    port: int
    loopback: bool = True


@dataclass(frozen=True)
class Served:
    """Pages that are answered. `url`: of all; `authority`: what browsers of booths have to trust."""

    url: str
    services: Services
    authority: Pair | None
    stopped: Event = field(default_factory=Event)

    def invite(self, role: Role, number: int = 1) -> str:
        """Return a code with which one screen becomes this terminal."""
        return self.services.terminals.invite(role, number)


def services_of(station: Station, address: Address, authority: Pair | None = None) -> Services:
    """Return what the pages of a station work on."""
    texts = texts_of(station.kit, ballots_of(station.kit), rehearsal=station.media.rehearsal)
    terminals = Terminals(os.urandom, station.clocks.monotonic)
    return Services(
        station.booths,
        texts,
        terminals,
        Rooms(station.booths, texts, station.clocks.monotonic, tell),
        desk=desks_of(station),
        members=room_of(station, os.urandom, tell, next(iter(station.printers.values()), None)),
        hosts=frozenset(LOOPBACK) if address.loopback else frozenset({address.host}),
        authority=authority.certificate if authority else b"",
    )


@contextmanager
def running(station: Station, address: Address) -> Iterator[Served]:
    """Answer the pages of a station while the context is open. Off the laptop itself they need TLS."""
    authority = server = None
    if not address.loopback:
        now = station.clocks.now()
        authority = kept_authority(
            station.media.first,
            station.tls,
            os.urandom,
            device=station.device.id,
            hosts=[address.host],
            now=now,
        )
        server = make_server_pair(authority, [address.host], now)
    services = services_of(station, address, authority)
    with serve(services, (address.host, address.port), server) as (host, port):
        shown = f"[{host}]" if ":" in host else host
        yield Served(f"{'https' if server else 'http'}://{shown}:{port}/", services, authority)
