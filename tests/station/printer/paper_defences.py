"""Takes the defences of papers and printers away in turn and names the test that notices.

    python tests/station/printer/paper_defences.py [NAME …]

Works on a copy. Ends with 1 if a defence can be removed unnoticed.
"""

from __future__ import annotations

import sys
from pathlib import Path

HOME = Path(__file__).parents[3]
sys.path.insert(0, str(HOME / "tests" / "trustees"))

from defences import Defence, try_named  # noqa: E402

PAPERS, PRINTER = "src/dauys/station/papers", "src/dauys/station/printer"
SLIPS = "tests/station/papers/test_slip_papers.py"
RECEIPTS = "tests/station/papers/test_receipts_read_back.py"
GLASS = "tests/station/printer/test_paper_glass.py"
STOPPED = "tests/station/printer/test_stopped_printers.py"
LETTERS = "tests/station/papers/test_paper_letters.py"
ESCPOS = "tests/station/printer/test_escpos_printer.py"

DEFENCES = [
    Defence(
        "no command among dots",
        f"{PAPERS}/raster.py",
        'return _OBEYED.sub(b"\\x18", dots)',
        "return dots",
        f"{SLIPS}::test_no_dots_are_a_command_that_printers_obey_at_once",
    ),
    Defence(
        "no QR code of version 23",
        f"{PAPERS}/sheet.py",
        "if code.version == 23:",
        "if False:",
        f"{RECEIPTS}::test_an_opening_can_be_read_whatever_its_length",
    ),
    Defence(
        "no QR code wider than the paper",
        f"{PAPERS}/sheet.py",
        "if 4 * modules > WIDTH:",
        "if False:",
        f"{RECEIPTS}::test_an_opening_that_is_too_long_for_the_paper_is_refused",
    ),
    Defence(
        "every letter from our own font",
        f"{PAPERS}/faces.py",
        "if not has_letter(letter, face):",
        "if False:",
        f"{LETTERS}::test_a_letter_that_our_fonts_lack_stops_the_paper_and_is_named",
    ),
    Defence(
        "a word wider than the paper is broken",
        f"{PAPERS}/faces.py",
        "while width_of(word, face) > width:",
        "while False:",
        f"{LETTERS}::test_a_word_wider_than_the_paper_is_broken_with_hyphens",
    ),
    Defence(
        "no slip names a rare pattern",
        f"{PAPERS}/facts.py",
        "return self.patterns > MOST_PATTERNS",
        "return False",
        f"{SLIPS}::test_a_contest_of_many_patterns_has_a_slip_for_each_option",
    ),
    Defence(
        "slips of a contest have one length",
        f"{PAPERS}/slip.py",
        "sheet.space(max(0, top + contest.room - sheet.y))",
        "pass",
        f"{SLIPS}::test_all_slips_of_a_contest_have_one_length",
    ),
    Defence(
        "no slip fails by what was chosen",
        f"{PRINTER}/glass.py",
        "_require_letters(head, styles)\n        self",
        "self",
        f"{STOPPED}::test_a_name_that_cannot_be_printed_is_found_before_anybody_chooses_it",
    ),
    Defence(
        "the order of touches is not on a slip",
        f"{PAPERS}/slip.py",
        "own = sorted(chosen)",
        "own = list(chosen)",
        f"{SLIPS}::test_the_english_name_and_the_order_of_touches_change_nothing",
    ),
    Defence(
        "a test's slips are no slips of the vote",
        f"{PAPERS}/of_election.py",
        'return _filled("vote.test", title) if test else title',
        "return title",
        f"{LETTERS}::test_a_runoff_and_a_repeat_and_a_test_are_elections_of_their_own",
    ),
    Defence(
        "a printer that stands still gets nothing",
        f"{PRINTER}/escpos.py",
        'raise stopped(self._name, state, "none")',
        "pass",
        f"{ESCPOS}::test_a_printer_that_stands_still_gets_nothing",
    ),
    Defence(
        "the rest of a failed job is forgotten at once",
        f"{PRINTER}/escpos.py",
        "                self._forgets(talk)\n                raise",
        "                raise",
        f"{ESCPOS}::test_the_rest_of_a_job_that_failed_is_not_printed_with_the_new_roll",
    ),
    Defence(
        "what was sent before a start is forgotten",
        f"{PRINTER}/escpos.py",
        "if self._left_over and not self._forgets(talk):",
        "if False:",
        f"{ESCPOS}::test_a_program_that_starts_anew_makes_the_printer_forget_what_was_before",
    ),
    Defence(
        "done from before is not done now",
        f"{PRINTER}/escpos.py",
        "talk.is_done = False  #",
        "pass  #",
        f"{ESCPOS}::test_done_from_before_is_not_taken_for_done_now",
    ),
    Defence(
        "done and stopped is not done",
        f"{PRINTER}/escpos.py",
        "if state.stops:  # a printer",
        "if False:  # a printer",
        f"{ESCPOS}::test_a_printer_that_says_done_and_stopped_in_one_breath_is_not_believed",
    ),
    Defence(
        "it waits for done",
        f"{PRINTER}/escpos.py",
        "                self._wait(talk)\n",
        "",
        f"{ESCPOS}::test_a_printer_that_takes_everything_and_never_says_done_is_not_believed",
    ),
    Defence(
        "no slip goes over the cable in clear",
        f"{PRINTER}/line.py",
        'if host != "localhost" and not ipaddress.ip_address(host).is_loopback:',
        "if False:",
        f"{ESCPOS}::test_no_slip_goes_over_the_cable",
    ),
    Defence(
        "a serial line passes bytes as they are",
        f"{PRINTER}/line.py",
        "tty.setraw(descriptor, termios.TCSANOW)",
        "pass",
        f"{ESCPOS}::test_it_prints_over_a_serial_line_as_it_is",
    ),
    Defence(
        "sensors are asked",
        f"{PRINTER}/glass.py",
        "if seen is None or seen is wanted:",
        "if True:",
        f"{STOPPED}::test_a_sensor_that_says_otherwise_is_not_passed_over",
    ),
    Defence(
        "nothing is printed below what another start left",
        f"{PRINTER}/glass.py",
        "self._look(printer, wanted=False)\n            printer",
        "printer",
        f"{STOPPED}::test_after_a_start_a_slip_under_the_glass_is_looked_at_first",
    ),
    Defence(
        "a mark that failed is made good",
        f"{PRINTER}/glass.py",
        "if self._waiting[place]:  #",
        "if False:  #",
        f"{STOPPED}::test_a_mark_that_failed_is_made_good_before_another_slip_is_printed",
    ),
    Defence(
        "a receipt without a ballot is ended",
        f"{PRINTER}/glass.py",
        "            if self._part1:\n                self._print",
        "            if False:\n                self._print",
        f"{GLASS}::test_a_receipt_left_under_the_flap_is_ended_before_the_next_slips",
    ),
    Defence(
        "no paper of the members pulls a receipt out",
        f"{PRINTER}/glass.py",
        "            if self._part1:\n                raise",
        "            if False:\n                raise",
        f"{GLASS}::test_a_paper_of_the_members_never_pulls_a_receipt_from_under_the_flap",
    ),
    Defence(
        "no printer test where a slip waits for its mark",
        f"{PRINTER}/glass.py",
        "if any(self._waiting):",
        "if False:",
        f"{GLASS}::test_a_printer_test_is_printed_on_each_printer_and_never_where_anything_waits",
    ),
    Defence(
        "members can have a mark printed again",
        f"{PRINTER}/glass.py",
        "for place in unmarked or self._used:",
        "for place in unmarked:",
        f"{STOPPED}::test_members_can_have_a_mark_printed_that_a_printer_only_said_it_printed",
    ),
    Defence(
        "no mark without a slip",
        f"{PRINTER}/glass.py",
        "self._used = [place for place, own in enumerate(dealt) if own]",
        "self._used = range(len(self.slips))",
        f"{GLASS}::test_a_printer_that_a_style_does_not_need_gets_no_mark",
    ),
]


if __name__ == "__main__":
    sys.exit(try_named(DEFENCES, "tests/station", "tests/conftest.py", "examples", links=["web"]))
