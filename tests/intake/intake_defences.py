"""Takes the intake's defences away in turn and names the test that notices.

    python tests/intake/intake_defences.py [NAME …]

Works on a copy. Ends with 1 if a defence can be removed unnoticed.
"""

from __future__ import annotations

import sys
from pathlib import Path

HOME = Path(__file__).parents[2]
sys.path.insert(0, str(HOME / "tests" / "trustees"))

from defences import Defence, try_named  # noqa: E402

I = "src/dauys/intake"  # noqa: E741
RECEIVER = "tests/intake/test_receiver.py"
FAULTS = "tests/intake/test_intake_faults.py"
HTTP = "tests/intake/test_intake_http.py"
RECORD = "tests/intake/test_intake_record.py"
VECTORS = "tests/intake/test_intake_vectors.py"

DEFENCES = [
    Defence(
        "a device signed its installation",
        f"{I}/known.py",
        'if holds(key.public, signed, bytes.fromhex(fields["signature"])):',
        "if True:",
        RECEIVER,
    ),
    Defence(
        "the record is read again", f"{I}/senders.py", "look(self._directory.refresh())", "None", RECEIVER
    ),
    Defence(
        "only the lines of the senders", f"{I}/senders.py", "if len(lines) != len(keys) or", "if", RECEIVER
    ),
    Defence(
        "a protocol is signed by its signer",
        f"{I}/senders.py",
        "if not holds(",
        "if not True or not (lambda *_: True)(",
        RECEIVER,
    ),
    Defence(
        "a device signs for its own station",
        f"{I}/senders.py",
        "if device is not None and device.station == manifest.of:",
        "if device is not None:",
        RECEIVER,
    ),
    Defence(
        "the right edge of a new log first",
        f"{I}/receiver.py",
        "self._acceptance.check_turn(manifest, number)",
        "pass",
        RECEIVER,
    ),
    Defence(
        "what has not shown its tree gives way",
        f"{I}/receiver.py",
        "key=lambda one: (self._acceptance.shown(one), there[one.id])",
        "key=lambda one: there[one.id]",
        RECEIVER,
    ),
    Defence(
        "an upload that was accepted meanwhile is found",
        f"{I}/receiver.py",
        "self.shelf.arriving(upload) or self.shelf.announced(upload) or",
        "",
        FAULTS,
    ),
    Defence(
        "a receipt says what was sent",
        f"{I}/client.py",
        "if not is_receipt_of(receipt, self.parcel.manifest):",
        "if receipt.id != self.parcel.manifest.id:",
        HTTP,
    ),
    Defence("ids are ids", f"{I}/manifest.py", "not ID.fullmatch(value[name])", "False", RECEIVER),
    Defence(
        "votes are votes", f"{I}/manifest.py", 'if not VOTE.fullmatch(value["vote"]):', "if False:", RECEIVER
    ),
    Defence(
        "no tree is too large",
        f"{I}/manifest.py",
        "if not 1 <= tree.size <= MAX_ENTRIES:",
        "if False:",
        VECTORS,
    ),
    Defence(
        "parts are those of the tree",
        f"{I}/manifest.py",
        "        if not right:",
        "        if False:",
        RECEIVER,
    ),
    Defence(
        "parts are not empty", f"{I}/manifest.py", "any(part.size < 1 for part in parts)", "False", RECEIVER
    ),
    Defence(
        "unsigned bytes are few",
        f"{I}/manifest.py",
        "    if parts[0].size > most:",
        "    if False:",
        RECEIVER,
    ),
    Defence(
        "bytes follow one another",
        f"{I}/receiver.py",
        "            if offset != have:",
        "            if False:",
        RECEIVER,
    ),
    Defence("a part ends", f"{I}/receiver.py", "if have + len(data) > size:", "if False:", RECEIVER),
    Defence(
        "a part has its hash",
        f"{I}/shelf.py",
        "        return data if sha256(data).hexdigest() == part.sha256 else None\n\n    def add",
        "        return data\n\n    def add",
        RECEIVER,
    ),
    Defence(
        "wrong parts are forgotten",
        f"{I}/accept.py",
        "self._shelf.forget(manifest.id, number)",
        "pass",
        RECEIVER,
    ),
    Defence("the batch is closed", f"{I}/log_check.py", "if last not in _ENDINGS:", "if False:", RECEIVER),
    Defence("nothing after close", f"{I}/log_check.py", 'if last == "close":', "if False:", RECEIVER),
    Defence(
        "one history",
        f"{I}/accept.py",
        "fork = find_fork(Seen(opened, reader), others)",
        "fork = None",
        RECEIVER,
    ),
    Defence(
        "sightings are remembered",
        f"{I}/accept.py",
        "        for manifest in shelf.accepted():\n            self._remember(manifest)\n",
        "",
        RECEIVER,
    ),
    Defence(
        "a fork is refused again",
        f"{I}/receiver.py",
        "self._acceptance.evidence.refuse_kept(manifest)\n            if",
        "pass\n            if",
        RECEIVER,
    ),
    Defence(
        "the larger tree stays",
        f"{I}/accept.py",
        "larger = stored is None or stored.size < tree.size",
        "larger = True",
        RECEIVER,
    ),
    Defence(
        "evidence is bounded",
        f"{I}/evidence.py",
        "if sum(path.is_dir() for path in folder.iterdir()) >= MOST_WHOLE:",
        "if False:",
        RECEIVER,
    ),
    Defence("room is bounded", f"{I}/receiver.py", "if len(there) >= most:", "if False:", RECEIVER),
    Defence(
        "one at a time",
        f"{I}/receiver.py",
        "        with lock:\n            yield",
        "        yield",
        f"{FAULTS}::test_two_senders_of_the_same_at_once_have_one_receipt",
    ),
    Defence(
        "one receipt for ever",
        f"{I}/receiver.py",
        "            if receipt is None:\n                self._acceptance.evidence",
        "            if True:\n                self._acceptance.evidence",
        f"{FAULTS}::test_two_who_ask_for_the_receipt_at_the_same_moment_have_the_same",
    ),
    Defence(
        "nothing after a failed write",
        f"{I}/shelf.py",
        "            self._failed = True\n",
        "            pass\n",
        f"{FAULTS}::test_after_a_failed_write_every_other_upload_is_refused_too",
    ),
    Defence(
        "a receipt is placed, not written",
        f"{I}/shelf.py",
        "disk.place(self.folder / name / upload, data)",
        "disk.write(self.folder / name / upload, data)",
        f"{FAULTS}::test_power_goes_at_every_operation[lost]",
    ),
    Defence(
        "names are forced",
        "src/dauys/record/writer.py",
        "        disk.sync_up((folder / tile.path).parent, top, durable)",
        "        pass",
        f"{FAULTS}::test_power_goes_at_every_operation[lost]",
    ),
    Defence(
        "tiles before checkpoint",
        f"{I}/accept.py",
        "            self._place_tiles(manifest, reader)\n",
        "            pass\n",
        f"{FAULTS}::test_a_cut_at_every_request_costs_nothing_but_the_request",
    ),
    Defence(
        "a fork is whole before it moves",
        f"{I}/evidence.py",
        "                disk.sync(path)\n",
        "                pass\n",
        f"{FAULTS}::test_a_cut_while_a_fork_is_put_away_loses_neither_proof_nor_log",
    ),
    Defence("a body is bounded", f"{I}/app.py", "    if left > MAX_BODY:", "    if False:", HTTP),
    Defence(
        "a body that breaks off is not whole",
        f"{I}/app.py",
        '    return b"".join(pieces), left == 0',
        '    return b"".join(pieces), True',
        HTTP,
    ),
    Defence(
        "paths are matched as a whole",
        f"{I}/app.py",
        "if done := _DONE.fullmatch(path):",
        "if done := _DONE.match(path):",
        HTTP,
    ),
    Defence(
        "a request has its time",
        f"{I}/server.py",
        "        if left <= 0:\n            raise TimeoutError\n        return left",
        "        return max(left, 1.0)",
        HTTP,
    ),
    Defence(
        "the receipt is signed",
        f"{I}/receipt.py",
        "    if not holds(",
        "    if not (lambda *_: True)(",
        VECTORS,
    ),
    Defence(
        "the receipt is by this intake",
        f"{I}/receipt.py",
        "if receipt.intake != key.name:",
        "if False:",
        VECTORS,
    ),
    Defence(
        "an answer has our id",
        f"{I}/client.py",
        'if answer.get("id") != self.parcel.manifest.id or not sound:',
        "if False:",
        HTTP,
    ),
    Defence(
        "a record continues", f"{I}/hand_over.py", "        _check_continued(target, reader)\n", "", RECORD
    ),
    Defence(
        "a record takes what its devices signed",
        f"{I}/hand_over.py",
        "opened = None if key is None else open_checkpoint(note, (key,), key.name)",
        "opened = None",
        RECORD,
    ),
    Defence(
        "a receipt holds a record to it",
        f"{I}/against_record.py",
        "verify_consistency(size, root, tree.size, tree.root, proof)",
        "pass",
        RECORD,
    ),
]


if __name__ == "__main__":
    sys.exit(try_named(DEFENCES, "tests/verify", "tests/record", "tests/intake"))
