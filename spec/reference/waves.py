"""Waves, ledgers, quorums and boxes a second time: plain Python, slow, no code of the product.

python waves.py ../vectors/waves        checks every vector of the folder

Written from spec/trustees.md §5 and §9. Each check gives the code of the first fault, or `passed`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import ballots as b
import trustees as t


def ordered(values):
    """One or more ids, ascending, each once."""
    ids = [value["id"] for value in values]
    return bool(ids) and ids == sorted(set(ids))


def devices_of(wave):
    """All devices of a wave."""
    return [device["id"] for unit in wave["units"] for device in unit["devices"]]


def sums_of(wave):
    """`S` and count by unit and contest."""
    return {
        (unit["id"], contest["id"]): (contest["set"], contest["ballots"])
        for unit in wave["units"]
        for contest in unit["contests"]
    }


def digest_of(wave):
    """What trustees sign."""
    return t.h("wave", bytes.fromhex(wave["root"]), t.rfc8785(wave))


def root_of(common):
    """The root of the entry."""
    return t.h("root", t.rfc8785(common["entry"]))


def check_wave(common, wave):
    """T1.3 to T1.8."""
    plan, units = common["plan"], wave["units"]
    if wave["vote_id"] != plan["vote_id"] or wave["root"] != root_of(common).hex():
        return "T1.3"
    if wave["wave"] < 1:
        return "T1.4"
    parts = [part for unit in units for part in (unit["devices"], unit["contests"])]
    names = devices_of(wave)
    if not all(ordered(part) for part in (units, *parts)) or len(names) != len(set(names)):
        return "T1.5"
    if any(device["size"] < 1 for unit in units for device in unit["devices"]):
        return "T1.6"
    contests = {contest["id"] for contest in plan["contests"]}
    if any(contest not in contests for _, contest in sums_of(wave)):
        return "T1.7"
    return "T1.8" if any(count < plan["minimum"] for _, count in sums_of(wave).values()) else "passed"


def check_ledger(common, vector):
    """T3.1 and T3.2: waves are signed for one after another until one must not be."""
    devices, sums = {}, {}
    for wave in vector["waves"]:
        fault = check_wave(common, wave)
        if fault != "passed":
            return fault
        digest = digest_of(wave)
        if any(devices.get(device, digest) != digest for device in devices_of(wave)):
            return "T3.1"
        if any(sums.get(key, digest) != digest for key in sums_of(wave)):
            return "T3.2"
        devices |= dict.fromkeys(devices_of(wave), digest)
        sums |= dict.fromkeys(sums_of(wave), digest)
    return "passed"


def check_quorum(common, vector):
    """T2.1 to T2.4."""
    wave, plan, good = vector["wave"], common["plan"], set()
    digest = digest_of(wave)
    for file in vector["signatures"]:
        d = file["number"]
        if not 1 <= d <= plan["trustees"] or d in good:
            return "T2.3"
        if (file["vote_id"], file["wave"], file["wave_hash"]) != (
            wave["vote_id"],
            wave["wave"],
            digest.hex(),
        ):
            return "T2.4"
        if not t.signed(bytes.fromhex(common["signing"][d - 1]), digest, bytes.fromhex(file["signature"])):
            return "T2.1"
        good.add(d)
    return "passed" if 2 * len(good) >= plan["trustees"] + plan["threshold"] else "T2.2"


def election_of(common):
    """What ballots are judged by."""
    entry = common["entry"]
    ids = [contest["id"] for contest in entry["contests"]]
    contests = [contest | {"first_key": contest["first"]} for contest in entry["contests"]]
    styles = [
        {"id": style["id"], "contests": [ids.index(contest) for contest in style["contests"]]}
        for style in entry["styles"]
    ]
    return b.Election(
        {"root": root_of(common).hex(), "keys": entry["keys"], "contests": contests, "styles": styles}
    )


def check_boxes(common, vector):
    """T5.4 to T5.6."""
    wave, election = vector["wave"], election_of(common)
    boxes = {device: [bytes.fromhex(data) for data in box] for device, box in vector["boxes"].items()}
    if any(device not in boxes for device in devices_of(wave)):
        return "T5.6"
    cards, points = [], []
    for device in devices_of(wave):
        for data in boxes[device]:
            if b.verdict(b.verify, election, device, data) != "ok":
                return "T5.5"
            _, s1, encoded, _ = b.take_apart(election, data)
            cards.append((device, s1))
            points.append(encoded[0])
    if len(set(cards)) != len(cards) or len(set(points)) != len(points):
        return "T5.5"
    holding = {
        contest["id"]: {s["id"] for s in common["entry"]["styles"] if contest["id"] in s["contests"]}
        for contest in common["entry"]["contests"]
    }
    devices = {unit["id"]: [device["id"] for device in unit["devices"]] for unit in wave["units"]}
    for (unit, contest), (signed, count) in sums_of(wave).items():
        own = [
            b.ballot_hash(election, device, data)
            for device in devices[unit]
            for data in boxes[device]
            if b.take_apart(election, data)[0].id in holding[contest]
        ]
        if t.set_hash(root_of(common), unit, contest, own).hex() != signed or len(own) != count:
            return "T5.4"
    return "passed"


def judge(common, vector):
    """The verdict on one vector file."""
    if vector["kind"] == "wave":
        return check_wave(common, vector["wave"])
    checks = {"ledger": check_ledger, "quorum": check_quorum, "boxes": check_boxes}
    return checks[vector["kind"]](common, vector)


def main(folder):
    """Judge every vector of a folder; the exit code is 1 if one differs from what it expects."""
    common = json.loads((folder / "common.json").read_text(encoding="utf-8"))
    wrong, paths = 0, [path for path in sorted(folder.glob("*.json")) if path.stem != "common"]
    for path in paths:
        vector = json.loads(path.read_text(encoding="utf-8"))
        found = judge(common, vector)
        if found != vector["expect"]:
            wrong += 1
            print(path.name, "expected", vector["expect"], "found", found)
    print(len(paths), "vectors,", wrong, "differ")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
