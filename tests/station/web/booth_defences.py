"""Takes the defences of the booth's pages away in turn and names the test that notices.

    python tests/station/web/booth_defences.py [NAME …]

Works on a copy. Ends with 1 if a defence can be removed unnoticed.
"""

from __future__ import annotations

import sys
from pathlib import Path

HOME = Path(__file__).parents[3]
sys.path.insert(0, str(HOME / "tests" / "trustees"))

from defences import Defence, try_named  # noqa: E402

WEB, TESTS = "src/dauys/station/web", "tests/station/web"
MISUSE, STEPS = f"{TESTS}/test_booth_misuse.py", f"{TESTS}/test_booth_steps.py"
PRINTERS, TIME = f"{TESTS}/test_booth_printers.py", f"{TESTS}/test_booth_time.py"
TLS, KIT = f"{TESTS}/test_booth_tls.py", f"{TESTS}/test_booth_of_kit.py"

DEFENCES = [
    Defence(
        "a token is used up",
        f"{WEB}/terminals.py",
        "self.used, self.token = self.token, self.random(16).hex()",
        "self.used = self.token",
        f"{MISUSE}::test_of_two_tabs_the_first_that_touches_is_taken",
    ),
    Defence(
        "a token is compared",
        f"{WEB}/terminals.py",
        "if not compare_digest(token.encode(), self.token.encode()):",
        "if not token:",
        f"{MISUSE}::test_the_token_of_another_screen_opens_nothing",
    ),
    Defence(
        "a finger that touches twice is no fault",
        f"{WEB}/booth/views.py",
        'if not terminal.sent_twice(form.get("token", "")):',
        "if True:",
        f"{MISUSE}::test_a_finger_that_touches_twice_at_the_same_moment",
    ),
    Defence(
        "a form comes from its own origin",
        f"{WEB}/middleware.py",
        'origin not in (None, f"{request.scheme}://{host}")',
        "False",
        f"{MISUSE}::test_a_form_of_another_site_is_refused",
    ),
    Defence(
        "a station is asked by its own names",
        f"{WEB}/middleware.py",
        "if (hosts and _name(host) not in hosts) or (",
        "if (",
        f"{MISUSE}::test_a_name_of_elsewhere_that_leads_here_is_refused",
    ),
    Defence(
        "the runner says these names",
        f"{WEB}/runner.py",
        "hosts=frozenset(LOOPBACK) if address.loopback else frozenset({address.host}),",
        "",
        f"{KIT}::test_the_runner_answers_to_its_own_names_with_the_clock_of_the_station",
    ),
    Defence(
        "a screen has one role",
        f"{WEB}/middleware.py",
        "if request.terminal.role != role:",
        "if False:",
        f"{MISUSE}::test_a_screen_of_one_role_does_not_see_another",
    ),
    Defence(
        "a code works once",
        f"{WEB}/terminals.py",
        "found = self._invited.pop(typed, None)",
        "found = self._invited.get(typed)",
        f"{MISUSE}::test_codes_work_once_for_a_while_and_not_for_guessers",
    ),
    Defence(
        "guesses end all codes",
        f"{WEB}/terminals.py",
        "if self._wrong >= TRIES:",
        "if False:",
        f"{MISUSE}::test_codes_work_once_for_a_while_and_not_for_guessers",
    ),
    Defence(
        "a page allows its own acts",
        f"{WEB}/booth/rooms.py",
        "if act not in ACTS[phase]:",
        'if not hasattr(self, f"_{act}"):',
        f"{PRINTERS}::test_a_jam_calls_a_member_and_says_what_is_known",
    ),
    Defence(
        "looks are named",
        f"{WEB}/booth/rooms.py",
        "if what in LOOKS:",
        "if what:",
        f"{MISUSE}::test_what_no_page_says_does_nothing",
    ),
    Defence(
        "an option is one of the page",
        f"{WEB}/booth/views.py",
        "if not places or len(places) != len(marked) or max(places) >= options:",
        "if not places:",
        f"{MISUSE}::test_what_is_no_option_is_no_choice",
    ),
    Defence(
        "a blank is asked for",
        f"{WEB}/booth/rooms.py",
        'room.question = "blank"',
        "room.answer(())",
        f"{STEPS}::test_a_blank_is_asked_for_and_can_be_taken_back",
    ),
    Defence(
        "back from a change leaves the answer",
        f"{WEB}/booth/rooms.py",
        "room.chosen[room.at] = room.kept",
        "pass",
        f"{STEPS}::test_back_from_a_change_leaves_the_answer_as_it_was",
    ),
    Defence(
        "a choice is forgotten when its session ends",
        f"{WEB}/booth/prints.py",
        'room.session, room.at, room.chosen, room.kept, room.question = None, 0, [], None, ""',
        'room.session, room.question = None, ""',
        f"{STEPS}::test_the_page_after_a_vote_says_nothing_of_it",
    ),
    Defence(
        "the next voter's screen is plain",
        f"{WEB}/booth/views.py",
        "request.terminal.language = LANGUAGES[0]",
        "pass",
        f"{STEPS}::test_the_next_voter_finds_the_screen_as_it_was_for_anyone",
    ),
    Defence(
        "what prints is not idle",
        f"{WEB}/booth/rooms.py",
        "if room.lock.acquire(blocking=False):",
        "if room.lock.acquire(blocking=False) or True:",
        f"{TIME}::test_what_prints_is_not_idle",
    ),
    Defence(
        "somebody is asked first",
        f"{WEB}/booth/rooms.py",
        "elif idle >= ASK and room.question != ",
        "elif False and room.question != ",
        f"{TIME}::test_somebody_who_does_nothing_is_asked_and_goes_on",
    ),
    Defence(
        "pages use seconds that only grow",
        f"{WEB}/runner.py",
        "Rooms(station.booths, texts, station.clocks.monotonic, tell)",
        "Rooms(station.booths, texts, lambda: station.clocks.now().timestamp(), tell)",
        f"{TIME}::test_the_runner_gives_pages_the_seconds_that_only_grow",
    ),
    Defence(
        "a stopped printer keeps its session",
        f"{WEB}/booth/rooms.py",
        "elif room.session is not None and not room.stopped and self.broken() is None:",
        "elif room.session is not None:",
        f"{PRINTERS}::test_a_jam_calls_a_member_and_says_what_is_known",
    ),
    Defence(
        "a broken journal closes every booth",
        f"{WEB}/booth/rooms.py",
        'return "broken" if self.broken() else room.phase()',
        "return room.phase()",
        f"{MISUSE}::test_a_second_medium_that_is_full_keeps_the_vote_and_prints_nothing",
    ),
    Defence(
        "an error says no fact",
        f"{WEB}/settings.py",
        "DEBUG=False",
        "DEBUG=True",
        f"{MISUSE}::test_what_nobody_foresaw_calls_a_member_without_a_fact",
    ),
    Defence(
        "no answer is kept by a browser",
        f"{WEB}/middleware.py",
        'response.headers.setdefault("Cache-Control", "no-store")',
        "pass",
        f"{MISUSE}::test_every_answer_forbids_what_a_booth_must_not_do",
    ),
    Defence(
        "nothing in clear off the laptop",
        f"{WEB}/server.py",
        "if tls is None and address[0] not in LOOPBACK:",
        "if False:",
        f"{TLS}::test_nothing_is_served_in_clear_off_the_laptop",
    ),
    Defence(
        "an authority of its own addresses",
        f"{WEB}/certificates.py",
        ".add_extension(_only(hosts), critical=True)",
        "",
        f"{TLS}::test_the_authority_signs_for_its_own_addresses_alone",
    ),
    Defence(
        "words are those of the ballots",
        f"{WEB}/booth/texts.py",
        "if told != made:",
        "if False:",
        f"{KIT}::test_words_of_other_ballots_are_refused",
    ),
]


if __name__ == "__main__":
    sys.exit(try_named(DEFENCES, "tests/station", "tests/conftest.py", "examples", links=["web"]))
