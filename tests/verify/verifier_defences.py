"""Takes the verifier's defences of devices, ballots and cards away in turn and names the test that notices.

    python tests/verify/verifier_defences.py [NAME …]

Works on a copy. Ends with 1 if a defence can be removed unnoticed.
"""

from __future__ import annotations

import sys
from pathlib import Path

HOME = Path(__file__).parents[2]
sys.path.insert(0, str(HOME / "tests" / "trustees"))

from defences import Defence, try_named  # noqa: E402

V = "src/dauys/verify"
LOGS = "tests/verify/test_device_logs.py"
UNIQUE = "tests/verify/test_uniqueness.py"
HOSTILE = "tests/verify/test_hostile_devices.py"
CACHE = "tests/verify/test_cache.py"
CHAPTER = "tests/verify/test_ballot_chapter.py"

DEFENCES = [
    Defence(
        "a device signs its installation",
        f"{V}/devices.py",
        "if not holds(key.public, signed, task.signature):",
        "if False:",
        LOGS,
    ),
    Defence(
        "a key bears the name of its log",
        f"{V}/devices.py",
        "if key.name != task.origin or key.algorithm != ED25519:",
        "if False:",
        LOGS,
    ),
    Defence(
        "a log ends with its seal",
        f"{V}/devices.py",
        "if (sealed.size, sealed.root) != (shown.size, shown.root):",
        "if False:",
        LOGS,
    ),
    Defence(
        "a seal by telephone is held to",
        f"{V}/devices.py",
        "if found != (seal.size, seal.code):",
        "if False:",
        LOGS,
    ),
    Defence("close is the last leaf", f"{V}/one_device.py", "holds=closed,", "holds=True,", LOGS),
    Defence(
        "readings are beginnings of the seal",
        f"{V}/devices.py",
        "        verify_consistency(size, root, reader.size, reader.root, proof)\n",
        "",
        LOGS,
    ),
    Defence(
        "a sighting is signed by badge and device",
        f"{V}/devices.py",
        "if not (opened.signed_by(key) and opened.signed_by(badge)):",
        "if False:",
        LOGS,
    ),
    Defence(
        "batches ascend",
        f"{V}/contents.py",
        "        if at is not None:\n            index",
        "        if False:\n            index",
        LOGS,
    ),
    Defence(
        "open names what was installed",
        f"{V}/contents.py",
        "if entry.fields[name] != value:",
        "if False:",
        LOGS,
    ),
    Defence("the list is the one of the log (C1)", f"{V}/cards.py", "holds=good,", "holds=True,", HOSTILE),
    Defence("the list ascends (C1)", f"{V}/cards.py", "if not cards.ascends():", "if False:", HOSTILE),
    Defence(
        "ballots have a card of the list (C2)",
        f"{V}/contents.py",
        "for place in found.unlisted:",
        "for place in []:",
        f"{UNIQUE}::test_a_ballot_without_a_card_of_the_list_is_not_counted",
    ),
    Defence(
        "a session without a ballot has a card of the list (C2)",
        f"{V}/contents.py",
        'self.notes.check("C2", holds=listed,',
        'self.notes.check("C2", holds=True,',
        LOGS,
    ),
    Defence(
        "a card ends once (C3)",
        f"{V}/uniqueness.py",
        "            if len(records) > 1:\n",
        "            if False:\n",
        f"{UNIQUE}::test_two_ballots_of_one_card_are_both_excluded",
    ),
    Defence(
        "a repeat counts once (C3)",
        f"{V}/vote.py",
        "(*clash.excluded, *clash.copies)",
        "clash.excluded",
        f"{UNIQUE}::test_a_byte_identical_repeat_counts_once",
    ),
    Defence(
        "R is nobody else's (C4)",
        f"{V}/vote.py",
        'self._exclude("C4", clash.excluded, out)',
        "pass",
        f"{UNIQUE}::test_one_point_in_two_devices",
    ),
    Defence(
        "a sum once made is never changed (C4)",
        f"{V}/uniqueness.py",
        "alone = order[0] if order[0] < order[1] else None",
        "alone = None",
        f"{UNIQUE}::test_what_shares_a_point",
    ),
    Defence(
        "names differ (C5)",
        f"{V}/uniqueness.py",
        "if len(owners) > 1:",
        "if False:",
        f"{UNIQUE}::test_a_card_ends_once",
    ),
    Defence(
        "groups that go on in the next block",
        f"{V}/uniqueness.py",
        "            cut = self._last_group(joined, bits)\n",
        "            cut = len(joined)\n",
        f"{UNIQUE}::test_groups_are_the_same_on_disk_and_in_memory",
    ),
    Defence(
        "what is excluded is in no sum",
        f"{V}/vote.py",
        "            gathering.take_off(record, number, indexes)\n",
        "            pass\n",
        f"{UNIQUE}::test_two_ballots_of_one_card_are_both_excluded",
    ),
    Defence(
        "what is excluded is in no set",
        f"{V}/vote.py",
        "                self.file.drop(",
        "                (lambda *_: None)(",
        f"{UNIQUE}::test_two_ballots_of_one_card_are_both_excluded",
    ),
    Defence("admissions add up (C6.1)", f"{V}/cards.py", '"C6.1", holds=holds', '"C6.1", holds=True', LOGS),
    Defence(
        "cards are those of the list (C6.2)", f"{V}/cards.py", "elif received != listed:", "elif False:", LOGS
    ),
    Defence(
        "close counts what is there (C6.3)", f"{V}/cards.py", "holds = said == expected", "holds = True", LOGS
    ),
    Defence("styles are counted (C6.3)", f"{V}/cards.py", "if styles != own:", "if False:", LOGS),
    Defence("few are abandoned (C6.4)", f"{V}/cards.py", "holds=ended.abandoned <= most", "holds=True", LOGS),
    Defence(
        "no wave before the last seal (L9.9)",
        f"{V}/ballots.py",
        "holds=seal is not None and seal < first",
        "holds=True",
        f"{CHAPTER}::test_the_first_wave_comes_after_every_seal",
    ),
    Defence(
        "a cache has a MAC",
        f"{V}/cache.py",
        "or not hmac.compare_digest(mac, self._mac(task, size, root, body))",
        "",
        CACHE,
    ),
    Defence(
        "a MAC is of one device and log",
        f"{V}/cache.py",
        "return hmac.digest(self.key, about + hashlib.sha256(body).digest(), ",
        "return hmac.digest(self.key, hashlib.sha256(body).digest(), ",
        CACHE,
    ),
    Defence(
        "a log is read again before its cache is believed",
        f"{V}/one_device.py",
        "            _read_through(reader, hooks)\n",
        "            pass\n",
        CACHE,
    ),
    Defence(
        "what failed is not kept",
        f"{V}/cache.py",
        'if any(remark.status == "failed" for remark in contents.remarks):',
        "if False:",
        CACHE,
    ),
    Defence(
        "few findings of a code are kept",
        f"{V}/tasks.py",
        "if self._failed[code] > SHOWN:",
        "if False:",
        HOSTILE,
    ),
    Defence(
        "results come from an answer to this run",
        f"{V}/cluster.py",
        "pure=False, retries=0",
        "pure=True, retries=0",
        "tests/verify/test_cluster.py::test_no_answer_of_an_earlier_run_is_taken",
    ),
]


if __name__ == "__main__":
    sys.exit(try_named(DEFENCES, "tests/verify"))
