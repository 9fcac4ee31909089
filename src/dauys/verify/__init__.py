"""Everything that can be checked in a record, numbered (`spec/checks.md`)."""
