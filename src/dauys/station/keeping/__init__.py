"""How a device keeps what it accepted, and no more: journal, second medium, log, restart, seal."""
