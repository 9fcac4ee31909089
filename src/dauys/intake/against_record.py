"""A receipt against a record: was what the intake received left out or replaced (`spec/intake.md` §6)."""

from __future__ import annotations

from dauys.intake.faults import IntakeError, at
from dauys.intake.receipt import Receipt
from dauys.record.book import Record, device_folder
from dauys.record.checkpoint import Checkpoint, parse_checkpoint
from dauys.record.faults import LogError, MissingFileError
from dauys.record.merkle import verify_consistency
from dauys.record.note import MAX_NOTE, parse_note
from dauys.record.reader import LogReader


def check_in_record(receipt: Receipt, record: Record) -> Checkpoint:
    """Return the tree of the device's log in the record, where it continues the tree of the receipt.

    The signature of that tree is the verifier's to check. Raises IntakeError U1.16 where the record has no
    log of the device, a smaller one, or another history; ValueError for the receipt of a protocol; LogError
    L2.x, L3.x or L7.x where the log in the record cannot be read.
    """
    if receipt.kind == "protocol":
        raise ValueError("a protocol has no tree")
    device, size = receipt.of, int(receipt.fields["size"])
    place, expected = at(device_folder(receipt.vote, device)), f"at least {size} entries"
    source = record.device(receipt.vote, device)
    try:
        tree = parse_checkpoint(parse_note(source.read("checkpoint", MAX_NOTE)).text)
    except MissingFileError as error:
        raise IntakeError("U1.16", found="no log of this device", expected=expected, place=place) from error
    if tree.size < size:
        raise IntakeError("U1.16", found=f"{tree.size} entries", expected=expected, place=place)
    proof = LogReader(source, tree.size, tree.root).consistency_proof(size)
    root = bytes.fromhex(receipt.fields["root"])
    try:
        verify_consistency(size, root, tree.size, tree.root, proof)
    except LogError as error:
        found, expected = "another history of this device", f"one that begins with {root.hex()}"
        raise IntakeError("U1.16", found=found, expected=expected, place=place) from error
    return tree
