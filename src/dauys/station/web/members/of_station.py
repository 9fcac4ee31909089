"""The members' side of a station that is at work."""

from __future__ import annotations

from collections.abc import Callable

from dauys.domain.text import Text
from dauys.station.day.book import read_book
from dauys.station.day.night import Night
from dauys.station.day.protocols import ContestForm
from dauys.station.day.rehearsal import rehearse
from dauys.station.day.sheets import Facts
from dauys.station.papers.facts import Listed, ReceiptHead
from dauys.station.papers.job import job
from dauys.station.papers.members import Moment, tree_paper
from dauys.station.papers.of_election import head_of
from dauys.station.program import Fitted, Station, ballots_of
from dauys.station.secrets import Random
from dauys.station.software import software_hash
from dauys.station.web.members.room import Room


def room_of(
    station: Station, random: Random, tell: Callable[[BaseException], None], printer: Fitted | None = None
) -> Room:
    """Return what the members' pages of this station work on. `printer`: of checkpoints, None for none.

    Other devices of the station, where the kit names them, wait until they are loaded.
    """
    kit, media, number = station.kit, station.media, int(station.kit.vote_id.split("/")[1])
    listed = ballots_of(kit)[kit.style]
    names = list(kit.options)
    contests = tuple(_form(name, kit.options[name], own) for name, own in zip(names, listed, strict=True))
    folders = tuple(one for one in (media.first, media.second) if one is not None)
    night = Night(station.day, read_book(folders), contests, station.desk.count, number)
    address = kit.log_key.name.partition("/")[0]
    head = head_of(kit.election, kit.vote_id, kit.station, station.device.id, address)
    facts = Facts(kit.election.title, kit.opens.date(), address, (), rehearsal=media.rehearsal)
    return Room(
        night,
        station.booths,
        kit.style,
        station.opened.decided,
        software_hash(),
        {
            "device": station.device.id,
            "kit": kit.fingerprint,
            "key": station.opened.log.signer.verifier.encode(),
        },
        facts,
        folders,
        random,
        tell,
        station.read,
        lambda: rehearse(station.device, kit.style, random, station.glasses.__getitem__),
        None if printer is None else _tree_printer(head, printer),
        media.second is None,
    )


def _act(station: Station) -> dict[str, str]:
    """Return what the act of installation says: of which device, kit and key."""
    key = station.opened.log.signer.verifier.encode()
    return {"device": station.device.id, "kit": station.kit.fingerprint, "key": key}


def _form(name: str, options: tuple[str, ...], own: Listed) -> ContestForm:
    texts: dict[str, Text] = {
        option: choice.name for option, choice in zip(options, own.options, strict=True)
    }
    return ContestForm(name, own.contest.title, texts, own.contest.limit, own.contest.place)


def _tree_printer(head: ReceiptHead, printer: Fitted) -> Callable[[str, bytes], None]:
    def print_tree(moment: str, note: bytes) -> None:
        own: Moment = "seal" if moment == "seal" else "open" if moment == "open" else "reading"
        printer.receipts.print(job(tree_paper(head, own, note), cut=True))

    return print_tree
