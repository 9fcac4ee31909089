"""Signatures of commissions and devices over entries (`spec/record.md` §3)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from dauys._core import NoteKey
from dauys.crypto.framing import framed_hash
from dauys.crypto.shapes import canonical
from dauys.domain.election import Election
from dauys.domain.places import Device
from dauys.domain.votes import Channel, Protocol
from dauys.record.keys import Signer
from dauys.simulate.parties import Parties
from dauys.verify.devices import installation_hash


def installation_signature(seed: bytes, root: bytes, device: Device, key: Signer) -> bytes:
    """Return a device's signature: `H(installation, root, device, station, type, verifier key)`."""
    digest = installation_hash(root, device.id, device.station, device.kind, key.verifier.encode())
    return NoteKey.from_seed(seed).sign(digest)


def protocol_fields(parties: Parties, election: Election, protocol: Protocol) -> dict[str, Any]:
    """Return the fields of a protocol entry, signed.

    Version 1 of an electronic station by its own commission, all else by that of its constituency, or by the
    centre where it has none.
    """
    home = next((s for s in election.stations if s.id == protocol.station), None)
    own = home is not None and home.electronic and protocol.channel is not Channel.PAPER
    if home is not None and own and protocol.version == 1:
        signer = home.id
    else:
        signer = home.constituency if home is not None and home.constituency else "centre"
    received = protocol.received.isoformat(timespec="seconds")
    fields: dict[str, Any] = {
        "at": received,
        "channel": protocol.channel.value,
        "contest": protocol.contest,
        "counts": asdict(protocol.counts),
        "reason": protocol.reason,
        "received": received,
        "round": protocol.round,
        "signature": None,
        "signer": signer,
        "station": protocol.station,
        "version": protocol.version,
        "votes": dict(protocol.votes),
    }
    digest = framed_hash("protocol", election.id, canonical({"kind": "protocol", **fields}))
    fields["signature"] = parties.commission(signer).sign(digest).hex()
    return fields
