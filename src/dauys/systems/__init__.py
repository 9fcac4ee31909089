"""Rules of law as pure functions: seats, majorities, calendar, control equations."""
