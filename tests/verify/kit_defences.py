"""Takes the defences of station kits and register extracts away in turn and names the test that notices.

    python tests/verify/kit_defences.py [NAME …]

Works on a copy. Ends with 1 if a defence can be removed unnoticed.
"""

from __future__ import annotations

import sys
from pathlib import Path

HOME = Path(__file__).parents[2]
sys.path.insert(0, str(HOME / "tests" / "trustees"))

from defences import Defence, try_named  # noqa: E402

V = "src/dauys/verify"
VOTERS = "src/dauys/formats/voters.py"
TABLE = "tests/formats/test_voters.py"


def _kit(name: str, file: str, line: str, without: str, test: str) -> Defence:
    files = sorted(HOME.glob("tests/verify/test_kit*.py"))
    where = next(path for path in files if f"def {test}(" in path.read_text(encoding="utf-8"))
    return Defence(name, f"{V}/{file}", line, without, f"tests/verify/{where.name}::{test}")


def _table(name: str, line: str, without: str, test: str) -> Defence:
    return Defence(name, VOTERS, line, without, f"{TABLE}::{test}")


DEFENCES = [
    _kit("the kit is signed", "kit.py", "if not packed.signed_by(named):", "if False:",
         "test_a_changed_signature_fails"),
    _kit("the key is the one expected", "kit.py", "if key is not None and key != named:", "if False:",
         "test_the_expected_key_must_be_the_one"),
    _kit("a commission above the station signs", "kit_contents.py",
         'if one["id"] == name and one["level"] != "station" and above:', 'if one["id"] == name:',
         "test_nobody_else_signs"),
    _kit("a kit has one spelling", "kit_file.py", "if encode_kit(manifest, signature, files) != data:",
         "if False:", "test_a_kit_packed_again_is_refused"),
    _kit("nothing around the files", "kit_file.py", "if encode_kit(manifest, signature, files) != data:",
         "if False:", "test_nothing_lies_around_the_files"),
    _kit("not read without end", "kit_file.py", "return read_bounded(stream, str(path), MAX_KIT)",
         "return stream.read()", "test_a_file_too_large_is_not_read_to_its_end"),
    _kit("few files", "kit_file.py", "if len(names) > MAX_FILES:", "if False:",
         "test_many_files_or_a_path_twice"),
    _kit("files have their hashes", "kit_file.py",
         'if (len(found[path]), digest) != (one["size"], one["sha256"]):', "if False:",
         "test_files_are_those_of_the_manifest"),
    _kit("no extra file in the archive", "kit_file.py",
         'extra = sorted(there - {one["path"] for one in listed})', "extra: list[str] = []",
         "test_files_are_those_of_the_manifest"),
    _kit("paths are listed once, in order", "kit_file.py", "if paths != sorted(set(paths)):", "if False:",
         "test_a_manifest_has_one_form"),
    _kit("a path stays inside", "kit_file.py", "        check_path(path)\n", "        del path\n",
         "test_a_path_that_leads_outside"),
    _kit("no file that no entry names", "kit_pieces.py", "if path not in wanted:",
         "if path not in wanted and (wanted.setdefault(path, None) or False):",
         "test_other_files_have_no_place_in_a_kit"),
    _kit("files are those of the entries", "kit_pieces.py",
         "if ref is not None and FileRef.for_bytes(path, files[path]) != ref:", "if False:",
         "test_files_are_those_of_the_entries"),
    _kit("no other entries", "kit_pieces.py",
         'if kind not in KINDS or not ours or (kind != "cards" and len(own) > 1):', "if False:",
         "test_other_entries_have_no_place_in_a_kit"),
    _kit("no result of the same round", "kit_pieces.py", 'if result.fields["round"] >= number:', "if False:",
         "test_other_entries_have_no_place_in_a_kit"),
    _kit("an entry stands in the log, as the policy asks", "kit_pieces.py",
         "            verify_proof(files[path], entry.data, policy)\n", "",
         "test_entries_stand_in_the_log_as_the_policy_asks"),
    _kit("one checkpoint", "kit_pieces.py", "if len(notes) != 1:", "if False:",
         "test_entries_stand_in_the_log_as_the_policy_asks"),
    _kit("the log is that of the definition", "kit_pieces.py",
         "            open_checkpoint(proof.note.encode(), (log_key,), log_key.name)\n", "",
         "test_the_log_of_the_definition_has_signed_whatever_the_policy_asks"),
    _kit("the root has its hash, definition and vote", "kit_contents.py", "            if one != other:\n",
         "            if False:\n", "test_a_station_looks_at_the_root_itself"),
    _kit("contests are those of the definition", "kit_contents.py",
         "if known.get(contest.id) != (contest.options, contest.limit):", "if False:",
         "test_a_station_looks_at_the_root_itself"),
    _kit("the style is that of the definition", "kit_contents.py",
         "if tuple(_contests_of(ballots, name)) != expected:", "if False:",
         "test_a_station_looks_at_the_root_itself"),
    _kit("a card list has its hash", "kit_pieces.py",
         'same = cards.encode() == data and cards.list_hash.hex() == entry.fields["hash"]', "same = True",
         "test_a_record_that_does_not_fit_together_gives_no_kit"),
    _kit("cards ascend", "kit_pieces.py", "if not same or not is_sound(cards) or", "if not same or",
         "test_a_record_that_does_not_fit_together_gives_no_kit"),
    _kit("cards of each device, and no other", "kit_contents.py",
         "if len(lists) != len(cards) or lists.keys() != {device.id for device in own}:", "if False:",
         "test_a_kit_of_another_station_or_vote"),
    _kit("the extract is the frozen one", "kit_contents.py", "if sha256(data).hexdigest() != digest:",
         "if False:", "test_the_extract_is_the_one_that_was_frozen"),
    _kit("as many voters as registered", "kit_contents.py",
         "if not len(extract.voters) == registered == station.registered:", "if False:",
         "test_the_extract_has_as_many_voters_as_are_registered"),
    _kit("no marks of private keys", "kit_secrets.py",
         "found = {*_marked(data), *_files_of_key(data)}", "found = {*_files_of_key(data)}",
         "test_private_keys_are_found_whoever_signed"),
    _kit("no 32 bytes alone", "kit_secrets.py", "found = {*_marked(data), *_files_of_key(data)}",
         "found = {*_marked(data)}", "test_thirty_two_bytes_alone_are_a_key"),
    _kit("no seed of a known key", "kit_secrets.py",
         "if len(raw) == SEED and raw not in known and _core.NoteKey.from_seed(raw).public() in known:",
         "if False:", "test_the_seed_of_a_key_that_the_kit_names_is_found"),
    _kit("no secret of a card", "kit_secrets.py",
         "if any(_core.card_of(vote, device, secret)[1] in own for device, own in cards.items()):",
         "if False:", "test_the_secret_of_a_card_is_found"),
    _kit("a record that does not hold gives no kit", "kit_make.py",
         "    if problems:\n        raise InputError(problems)\n", "",
         "test_a_record_with_a_changed_file_gives_no_kit"),
    _table("an extract has one form", "if extract.encode() != data:", "if False:",
           "test_an_extract_has_one_form"),
    _table("the salt is in the hash", 'self.salt.hex().encode() + b"\\n" + encode_voters',
           'b"00" * 32 + b"\\n" + encode_voters', "test_without_the_salt_the_hash_tells_nothing"),
    _table("no person twice", "        if key in self.people:\n", "        if False:\n",
           "test_every_bad_row_is_named_at_once"),
    _table("eighteen on the day", "or not self._adult(born)", "",
           "test_who_turns_eighteen_on_the_day_may_vote"),
    _table("one form of letters", 'unicodedata.normalize("NFC", cells[column]).strip()',
           "cells[column].strip()", "test_habits_of_programs_give_the_same_extract"),
    _table("no letters that show nothing", "or not value.isprintable()", "",
           "test_every_bad_row_is_named_at_once"),
]  # fmt: skip


if __name__ == "__main__":
    sys.exit(try_named(DEFENCES, "tests/verify", "tests/formats"))
