"""Takes the defences of a station's day away in turn and names the test that notices.

    python tests/station/day/day_defences.py [NAME …]

Works on a copy. Ends with 1 if a defence can be removed unnoticed.
"""

from __future__ import annotations

import sys
from pathlib import Path

HOME = Path(__file__).parents[3]
sys.path.insert(0, str(HOME / "tests" / "trustees"))

from defences import Defence, try_named  # noqa: E402

DAY = "src/dauys/station/day"
PAGES = "src/dauys/station/web/members"
TESTS = ("tests/station", "tests/station/day", "tests/station/web_members", "tests/cli")


def _at(name: str, file: str, line: str, without: str, test: str) -> Defence:
    files = [path for folder in TESTS for path in sorted((HOME / folder).glob("test_*.py"))]
    where = next(path for path in files if f"def {test}(" in path.read_text(encoding="utf-8"))
    return Defence(name, file, line, without, f"{where.relative_to(HOME)}::{test}")


# fmt: off
DEFENCES = [
    _at("phases in their order", f"{DAY}/day.py", "if self.phase().next is not phase:", "if False:",
        "test_no_step_before_its_turn"),
    _at("outside its time only by decision", f"{DAY}/day.py", "if decided is None:", "if False:",
        "test_outside_its_time_members_decide_and_the_log_says_so"),
    _at("that decision is in the log", f"{DAY}/day.py",
        'keep_incident(self.journal, now, "time", decided, {"phase": phase.value})', "pass",
        "test_outside_its_time_members_decide_and_the_log_says_so"),
    _at("a set clock stops steps", f"{DAY}/watch.py", "        if moved:\n            raise",
        "        if False:\n            raise", "test_a_clock_that_was_set_stops_steps_until_members_decide"),
    _at("a clock set back over a restart", f"{DAY}/watch.py",
        "min(ZERO, self._wall - last) if last is not None else ZERO", "ZERO",
        "test_a_clock_set_back_while_the_program_was_off"),
    _at("nothing finer than half an hour", f"{DAY}/people.py", "moment.minute - moment.minute % 30",
        "moment.minute", "test_no_note_is_finer_than_half_an_hour"),
    _at("two people decide", f"{DAY}/people.py", "if len(own) < fewest:", "if False:",
        "test_two_people_decide"),
    _at("one person is one, however typed", f"{DAY}/people.py",
        'return " ".join(unicodedata.normalize("NFKC", name).casefold().split())', "return name",
        "test_two_people_decide"),
    _at("swapped slips are found", f"{DAY}/rehearsal.py",
        "if one != other]", "if False]", "test_slips_that_were_swapped_are_named"),
    _at("a check needs an empty device", f"{DAY}/day.py", "if not report.holds:", "if False:",
        "test_a_check_needs_an_empty_device"),
    _at("test ballots are of another device", f"{DAY}/rehearsal.py", 'name = f"{device.id}{SUFFIX}"',
        "name = device.id", "test_a_ballot_of_the_test_is_none_of_the_vote"),
    _at("test ledger has its own keys", f"{DAY}/rehearsal.py",
        "cards=hashes, keys=DeviceKeys(random(32), random(32)))", "cards=hashes)",
        "test_a_ballot_of_the_test_is_none_of_the_vote"),
    _at("no close while somebody votes", f"{DAY}/day.py",
        "if booths.sessions or self.journal.intents():", "if False:",
        "test_voting_is_not_over_while_somebody_is_admitted"),
    _at("no close while somebody is admitted", f"{DAY}/day.py", "if waiting > 0:", "if False:",
        "test_voting_is_not_over_while_somebody_is_admitted"),
    _at("booths begin only while open", f"{DAY}/day.py",
        "may = self.phase() is Phase.OPEN and not self.on_paper()", "may = not self.on_paper()",
        "test_booths_admit_only_while_the_day_is_open"),
    _at("nobody begins on paper alone", f"{DAY}/day.py",
        "may = self.phase() is Phase.OPEN and not self.on_paper()", "may = self.phase() is Phase.OPEN",
        "test_on_paper_alone_no_session_begins"),
    _at("no box before the seal", f"{DAY}/night.py",
        "            self.require_seal()\n            self.require_devices()",
        "            self.require_devices()", "test_no_box_is_opened_before_the_seal"),
    _at("two count alike", f"{DAY}/book.py",
        "if len(found) < 2 or differences(*found) or None in found[0].values.values():", "if not found:",
        "test_no_seal_of_one_persons_count"),
    _at("a third does not join in", f"{DAY}/book.py", "            if len(found) == 2:",
        "            if False:", "test_a_third_person_comes_only_after_counting_again"),
    _at("every device is loaded", f"{DAY}/night.py", "if absent := self.missing_devices():",
        "if absent := []:", "test_nothing_is_counted_while_a_device_is_not_loaded"),
    _at("only a sealed device is loaded", f"{DAY}/loading.py", 'if last.kind != "close":', "if False:",
        "test_a_log_that_is_not_sealed"),
    _at("a log goes on from what was read out", "src/dauys/station/keeping/device_log.py",
        "        if found != told:", "        if False:",
        "test_a_state_older_than_a_tree_given_out_is_refused"),
    _at("members are asked also by the clock", "src/dauys/station/program.py",
        "return late or any(", "return any(",
        "test_media_of_an_earlier_hour_are_refused_by_what_was_read_out"),
    _at("the seal is compared from paper", f"{DAY}/night.py",
        "if not is_code(typed, code):", "if False:",
        "test_the_seal_is_typed_from_the_paper"),
    _at("keys stay until all is safe", f"{DAY}/night.py", "if self.book.minuted(what) is None:", "if False:",
        "test_keys_stay_until_seal_and_protocols_are_safe"),
    _at("the desk closes when all adds up", f"{DAY}/day.py",
        "apart, fields = self._apart(desk, cards, accepted), close_fields",
        "apart, fields = (), close_fields", "test_the_desk_is_closed_only_when_all_adds_up"),
    _at("numbers that do not add up are decided about", f"{DAY}/day.py",
        "        if accepted is None:\n            require_sums(apart)", "        pass",
        "test_numbers_that_nobody_can_put_right_lock_no_votes_in"),
    _at("that decision is about these numbers", f"{DAY}/day.py", "if one.told() not in decided)",
        "if not decided)", "test_a_decision_about_numbers_is_one_about_these_alone"),
    _at("a reason for the hour is none for numbers", f"{PAGES}/forms.py",
        'return asked(request) if request.POST.get("apart") == shown.apart(apart) else None',
        "return asked(request)", "test_closing_early_accepts_no_numbers"),
    _at("sealed in its time", f"{DAY}/day.py", "self._outside(Phase.SEALED, now, decided)", "None",
        "test_sealing_outside_its_time_is_decided_too"),
    _at("a form is taken once", f"{PAGES}/forms.py",
        'if not request.terminal.take(form.get("token", "")):', "if False:", "test_a_form_is_taken_once"),
    _at("slips are marked by two who saw them", f"{PAGES}/acts.py",
        'decided = decision(names_of(request), form.get("reason", ""))\n'
        '        room.night.day.incident("slips", decided, {"terminal": int(number)})', "pass",
        "test_a_part_2_that_is_owed_is_printed_and_slips_marked_only_where_two_saw_them"),
    _at("test slips say so", f"{PAGES}/of_station.py", "station.printers, test=True)", "station.printers)",
        "test_slips_of_the_test_are_no_slips_of_the_vote"),
    _at("only the device that was meant", f"{PAGES}/of_station.py",
        'if told["device"] != name or told["vote"] != station.kit.vote_id:', "if False:",
        "test_only_a_device_of_this_station_is_loaded"),
    _at("no printer test while a voter is in a booth", f"{PAGES}/room.py", "if self.booths.sessions:",
        "if False:", "test_printers_are_tested_from_the_page_of_screens_while_every_booth_is_empty"),
    _at("no printer test over slips that are owed", f"{PAGES}/room.py",
        "if self.owed():\n                raise", "if False:\n                raise",
        "test_no_printer_is_tested_over_slips_that_a_start_owes"),
    _at("another device is loaded under the key of its act", f"{PAGES}/of_station.py",
        'if not is_code(code, key_code(told["key"])):', "if False:",
        "test_a_device_is_loaded_only_under_the_key_of_its_act_on_paper"),
]
# fmt: on


if __name__ == "__main__":
    sys.exit(try_named(DEFENCES, "tests/station", "tests/cli", "tests/conftest.py", "examples"))
