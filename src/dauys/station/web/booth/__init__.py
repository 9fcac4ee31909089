"""Pages of the voting booth: one session at a time, and nothing of an earlier one."""
