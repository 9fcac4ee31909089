"""The members' side of a station that is at work."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from dauys.crypto.framing import holds
from dauys.record.keys import parse_verifier_key
from dauys.station.day.book import Book, read_book
from dauys.station.day.loading import load_sealed, waiting_for
from dauys.station.day.night import Night
from dauys.station.day.people import is_code
from dauys.station.day.protocols import ContestForm, Sealed
from dauys.station.day.rehearsal import rehearse
from dauys.station.day.sheets import Facts
from dauys.station.faults import StationError, at
from dauys.station.keeping.folders import LOG
from dauys.station.keeping.secrets import Random
from dauys.station.papers.facts import Listed
from dauys.station.papers.of_election import head_of
from dauys.station.program import Fitted, Station, ballots_of, make_glasses
from dauys.station.setup import installation_of, key_code
from dauys.station.software import software_hash
from dauys.station.web.members.printing import PaperPrints
from dauys.station.web.members.room import Room, Turnout
from dauys.verify.devices import installation_hash


def room_of(
    station: Station, random: Random, tell: Callable[[BaseException], None], printer: Fitted | None = None
) -> Room:
    """Return what the members' pages of this station work on. Without a `printer` they print nothing."""
    kit, media = station.kit, station.media
    address = kit.log_key.name.partition("/")[0]
    glasses = make_glasses(kit, station.device, station.printers, test=True)
    return Room(
        night_of(station),
        station.booths,
        kit.style,
        station.opened.decided,
        software_hash(),
        _act(station),
        Facts(kit.election.title, kit.opens.date(), address, (), rehearsal=media.rehearsal),
        media.folders,
        random,
        tell,
        station.read,
        lambda: rehearse(station.device, kit.style, random, glasses.__getitem__),
        None if printer is None else _prints(station, address),
        lambda: _turnout(station),
        lambda name, folder, code: _load(station, name, folder, code),
        tuple(one.strftime("%H:%M") for one in kit.election.turnout_readings),
        media.second is None,
    )


def night_of(station: Station) -> Night:
    """Return the night of a station, with what its members have entered so far."""
    kit = station.kit
    listed = ballots_of(kit)[kit.style]
    pairs = zip(kit.options.items(), listed, strict=True)
    contests = tuple(_form(name, options, own) for (name, options), own in pairs)
    book = read_book(station.media.folders)
    carried = kit.device(station.device.id).kind == "carried"
    return Night(
        station.day,
        book,
        contests,
        station.desk.count,
        kit.round,
        {} if carried else _others(station, book),
        station.desk.close,
        not carried,
    )


def _others(station: Station, book: Book) -> dict[str, Sealed | None]:
    """Return the station's other devices as far as they were loaded; those in reserve are not waited for."""
    names = [one.id for one in station.kit.devices if one.kind != "reserve" and one.id != station.device.id]
    return waiting_for(names, book)


def _act(station: Station) -> dict[str, str]:
    """Return what the act of installation says: of which device, kit and key."""
    key = station.opened.log.signer.verifier.encode()
    return {"device": station.device.id, "kit": station.kit.fingerprint, "key": key, "code": key_code(key)}


def _form(name: str, options: tuple[str, ...], own: Listed) -> ContestForm:
    texts = {option: choice.name for option, choice in zip(options, own.options, strict=True)}
    return ContestForm(name, own.contest.title, texts, own.contest.limit, own.contest.place)


def _load(station: Station, name: str, folder: Path, code: str) -> Sealed:
    """Return another device from a stick or a medium of it; its key is the one that it was installed with.

    `code`: of its key, as typed from its act on paper. Nothing else at hand says whose key it is: a forged
    folder is signed too. Raises StationError J1.4, J3.1 as `load_sealed`, J1.5 where the folder is of another
    device, its key did not sign that it is that of this device, or is not that of the act.
    """
    told, kit = installation_of(folder), station.kit
    if told["device"] != name or told["vote"] != station.kit.vote_id:
        raise StationError("J1.5", found=told["device"], expected=name, place=at(folder))
    key = parse_verifier_key(told["key"])
    if key.name != station.kit.device(name).origin:
        raise StationError("J1.5", found=key.name, expected=station.kit.device(name).origin, place=at(folder))
    signed = installation_hash(kit.ballots.root, name, kit.station, kit.device(name).kind, told["key"])
    if not holds(key.public, signed, bytes.fromhex(told["signature"])):
        raise StationError("J1.5", found="another signature", expected="that of its key", place=at(folder))
    if not is_code(code, key_code(told["key"])):
        raise StationError("J1.5", found=code, expected="the code of its key", place=at(folder), hint="key")
    return load_sealed(name, folder / LOG, key)


def _turnout(station: Station) -> Turnout:
    counts = station.desk.counts()
    return Turnout(counts.registered, counts.paper, counts.electronic + counts.mobile)


def _prints(station: Station, address: str) -> PaperPrints:
    kit, device = station.kit, station.device.id
    own, test = (
        (
            head_of(kit.election, kit.vote_id, kit.station, device, address, test=is_test),
            ballots_of(kit, test=is_test)[kit.style],
        )
        for is_test in (False, True)
    )
    return PaperPrints(tuple(station.glasses.values()), *own, *test)
