"""How the printers of a booth are named on the command line."""

from __future__ import annotations

from pathlib import Path

import click

from dauys.station.printer.escpos import EscposPrinter
from dauys.station.printer.printer import Printer
from dauys.station.printer.simulated import SimulatedPrinter
from dauys.station.program import Fitted

#: A printer without a printer: its papers are PNG files in this folder.
FOLDER = "folder:"


class Fitting(click.ParamType[Fitted]):
    """Printers of one booth: those of slips, then that of receipts, by their addresses and commas between."""

    name = "PRINTERS"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Fitted:
        """Return the printers; one alone prints slips and receipts, as in a rehearsal."""
        if isinstance(value, Fitted):
            return value
        addresses = [one.strip() for one in str(value).split(",")]
        if not all(addresses):
            self.fail("SLIPS[,SLIPS…],RECEIPTS", param, ctx)
        printers = [_printer(address) for address in addresses]
        return Fitted(tuple(printers[:-1] or printers), printers[-1])


def _printer(address: str) -> Printer:
    if not address.startswith(FOLDER):
        return EscposPrinter(address, address)
    folder = Path(address.removeprefix(FOLDER))
    folder.mkdir(parents=True, exist_ok=True)
    return SimulatedPrinter(folder.name, folder=folder)
