"""The files of a tally as frozen values: wave, its signatures, partial decryptions (spec/trustees.md §5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from dauys.crypto.framing import framed_hash
from dauys.crypto.shapes import canonical, parse_canonical
from dauys.errors import Place

SumKey = tuple[str, str]

WAVE: dict[str, Any] = {
    "schema": "=dauys/wave/1",
    "vote_id": "text",
    "root": "hex64",
    "wave": "int",
    "units": [
        {
            "id": "id",
            "devices": [{"id": "id", "root": "hex32", "size": "int"}],
            "contests": [{"id": "id", "set": "hex64", "ballots": "int"}],
        }
    ],
}
WAVE_SIGNATURE: dict[str, Any] = {
    "schema": "=dauys/wave-signature/1",
    "vote_id": "text",
    "wave": "int",
    "wave_hash": "hex64",
    "number": "int",
    "signature": "hex64",
}
PARTIAL: dict[str, Any] = {
    "schema": "=dauys/partial/1",
    "vote_id": "text",
    "wave": "int",
    "wave_hash": "hex64",
    "number": "int",
    "signature": "hex64",
    "sums": [
        {
            "unit": "id",
            "contest": "id",
            "set": "hex64",
            "a": "hex32",
            "d": ["hex32"],
            "w1": "hex32",
            "w2": "hex32",
            "z": "hex32",
        }
    ],
}


@dataclass(frozen=True)
class Wave:
    """A wave entry: which devices form which units, and for each sum its `S` and number of ballots."""

    vote_id: str
    root: bytes
    number: int
    units: tuple[Mapping[str, Any], ...]
    data: bytes
    place: Place

    @cached_property
    def digest(self) -> bytes:
        """What trustees sign: `H(wave, root, entry)`."""
        return framed_hash("wave", self.root, self.data)

    @cached_property
    def devices(self) -> list[str]:
        """Ids of all devices, in the order of the entry."""
        return [device["id"] for unit in self.units for device in unit["devices"]]

    @cached_property
    def sums(self) -> dict[SumKey, tuple[bytes, int]]:
        """`S` and the number of ballots by unit and contest."""
        return {
            (unit["id"], contest["id"]): (bytes.fromhex(contest["set"]), contest["ballots"])
            for unit in self.units
            for contest in unit["contests"]
        }


@dataclass(frozen=True, slots=True)
class VerifiedSum:
    """The sum of a contest over the counted ballots of a unit, from ballots whose every check has passed.

    Whoever makes one answers for that: `set_hash` is `S` over the same ballots. `a`, `e`: encoded points.
    """

    unit: str
    contest: str
    set_hash: bytes
    ballots: int
    a: bytes
    e: tuple[bytes, ...]

    @property
    def key(self) -> SumKey:
        """Unit and contest."""
        return self.unit, self.contest


@dataclass(frozen=True, slots=True)
class PartialSum:
    """One trustee's part of one sum, as bytes."""

    unit: str
    contest: str
    set_hash: bytes
    a: bytes
    d: tuple[bytes, ...]
    w1: bytes
    w2: bytes
    z: bytes

    @property
    def key(self) -> SumKey:
        """Unit and contest."""
        return self.unit, self.contest

    @property
    def proof(self) -> tuple[bytes, bytes, bytes, bytes]:
        """What the core calls a partial decryption."""
        return b"".join(self.d), self.w1, self.w2, self.z


@dataclass(frozen=True, slots=True)
class TallyFile:
    """A wave signature or a partial decryption: who made it for which wave."""

    vote_id: str
    wave: int
    wave_hash: bytes
    number: int
    signature: bytes
    place: Place


@dataclass(frozen=True, slots=True)
class PartialFile(TallyFile):
    """All partial decryptions of a trustee for a wave. `signed`: the bytes that the signature covers."""

    sums: tuple[PartialSum, ...]
    signed: bytes


def set_hash(root: bytes, unit: str, contest: str, ballot_hashes: Iterable[bytes]) -> bytes:
    """Return `S = H(set, root, unit, contest, H(ballot)…)`; the hashes are sorted here."""
    return framed_hash("set", root, unit, contest, *sorted(ballot_hashes))


def rehearsal_root(entry: bytes) -> bytes:
    """Return the root of a rehearsal, `H(rehearsal-root, entry)`."""
    return framed_hash("rehearsal-root", entry)


def parse_wave(data: bytes, name: str) -> Wave:
    """Return a wave entry. Raises InputError (T1.1, T1.2); `tally.check_wave` checks what it says."""
    value = parse_canonical(data, name, WAVE, ("T1.1", "T1.2"))
    root = bytes.fromhex(value["root"])
    return Wave(value["vote_id"], root, value["wave"], tuple(value["units"]), data, Place(file=name))


def encode_wave(vote_id: str, root: bytes, number: int, units: Iterable[Mapping[str, Any]]) -> bytes:
    """Return the bytes of a wave entry."""
    value = {
        "schema": "dauys/wave/1",
        "vote_id": vote_id,
        "root": root.hex(),
        "wave": number,
        "units": list(units),
    }
    return canonical(value)


def parse_wave_signature(data: bytes, name: str) -> TallyFile:
    """Return a signature of a wave. Raises InputError (T1.1, T1.2)."""
    return TallyFile(*_head(parse_canonical(data, name, WAVE_SIGNATURE, ("T1.1", "T1.2")), name))


def encode_wave_signature(wave: Wave, number: int, sign: Callable[[bytes], bytes]) -> bytes:
    """Return the bytes of a trustee's signature of a wave."""
    value = _common("wave-signature", wave, number) | {"signature": sign(wave.digest).hex()}
    return canonical(value)


def parse_partial(data: bytes, name: str) -> PartialFile:
    """Return a trustee's partial decryptions of a wave. Raises InputError (T4.1)."""
    value = parse_canonical(data, name, PARTIAL, ("T4.1", "T4.1"))
    sums = tuple(
        PartialSum(
            item["unit"],
            item["contest"],
            bytes.fromhex(item["set"]),
            bytes.fromhex(item["a"]),
            tuple(bytes.fromhex(point) for point in item["d"]),
            bytes.fromhex(item["w1"]),
            bytes.fromhex(item["w2"]),
            bytes.fromhex(item["z"]),
        )
        for item in value["sums"]
    )
    return PartialFile(*_head(value, name), sums=sums, signed=canonical(value["sums"]))


def encode_partial(
    wave: Wave, number: int, sums: Iterable[PartialSum], sign: Callable[[bytes], bytes]
) -> bytes:
    """Return the bytes of a trustee's partial decryptions of a wave, signed."""
    listed = [
        {
            "unit": one.unit,
            "contest": one.contest,
            "set": one.set_hash.hex(),
            "a": one.a.hex(),
            "d": [point.hex() for point in one.d],
            "w1": one.w1.hex(),
            "w2": one.w2.hex(),
            "z": one.z.hex(),
        }
        for one in sums
    ]
    signature = sign(partial_hash(wave.root, wave.digest, number, canonical(listed)))
    return canonical(_common("partial", wave, number) | {"sums": listed, "signature": signature.hex()})


def partial_hash(root: bytes, wave_hash: bytes, number: int, sums: bytes) -> bytes:
    """Return what a trustee signs of its partial decryptions: `H(partial, root, wave hash, d, sums)`."""
    return framed_hash("partial", root, wave_hash, number, sums)


def _common(kind: str, wave: Wave, number: int) -> dict[str, Any]:
    return {
        "schema": f"dauys/{kind}/1",
        "vote_id": wave.vote_id,
        "wave": wave.number,
        "wave_hash": wave.digest.hex(),
        "number": number,
    }


def _head(value: Mapping[str, Any], name: str) -> tuple[str, int, bytes, int, bytes, Place]:
    return (
        value["vote_id"],
        value["wave"],
        bytes.fromhex(value["wave_hash"]),
        value["number"],
        bytes.fromhex(value["signature"]),
        Place(file=name),
    )
