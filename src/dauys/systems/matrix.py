"""Seats in a table with given row and column sums, proportional to votes both ways: exact, and complete about
ties.

A cell has `x` seats where its votes, times a multiplier of its row and one of its column, lie between the
divisor of its last seat and that of the next. On such a boundary the seat is tied: the cell can give one
away, or take one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from dauys.systems.averages import whole_numbers
from dauys.systems.divisors import Divisor, quotient, spread


@dataclass(frozen=True, slots=True)
class Sums:
    """Votes by row and column, with the seats that each row and column must have; both sum to the same."""

    votes: Sequence[Sequence[int | Fraction]]
    rows: Sequence[int]
    columns: Sequence[int]


class Table:
    """Seats that lie between their boundaries everywhere, rows having their sums; `solve` brings columns to
    theirs.

    **Source:** N. Gaffke, F. Pukelsheim, "Vector and matrix apportionment problems and separable convex
    integer optimization", *Mathematical Methods of Operations Research* 67 (2008) 133–159; M. Balinski, G.
    Demange, "Algorithms for proportional matrices in reals and integers", *Mathematical Programming* 45
    (1989) 193–210.
    """

    def __init__(self, divisor: Divisor, sums: Sums) -> None:
        self.sums = sums
        self.rows, self.columns = range(len(sums.rows)), range(len(sums.columns))
        series = [quotient(divisor, 1, k) for k in range(max(sums.rows, default=0) + 3)]
        marks = [Fraction(below, above) for above, below in series]
        unit = marks[2] - marks[1]  # so that the quotients of the minutes are rounded to whole seats
        self.marks = [Fraction(-1), *(mark / unit for mark in marks)]
        self.seats: list[list[int]] = []
        self.row_by: list[Fraction] = []
        self.column_by = [Fraction(1) for _ in self.columns]
        self.scaled: list[list[Fraction]] = []
        self.fixed: set[int] = set()
        for i in self.rows:
            self._start_row(divisor, i)

    def _start_row(self, divisor: Divisor, i: int) -> None:
        """Share out one row by its own votes. Ties fall anywhere: moves along ties make up for it."""
        votes = self.sums.votes[i]
        inside = [j for j in self.columns if votes[j]]
        held = [0 for _ in self.columns]
        if inside:
            result = spread(divisor, whole_numbers([votes[j] for j in inside]), self.sums.rows[i])
            for j, number in zip(inside, result.seats, strict=True):
                held[j] = number
            for k in result.tied[: result.places]:
                held[inside[k]] += 1
        multiplier = max((self.marks[held[j]] / votes[j] for j in inside if held[j]), default=Fraction(1))
        self.row_by.append(multiplier)
        self.seats.append(held)
        self.scaled.append([count * multiplier for count in votes])

    def can_give(self, i: int, j: int) -> bool:
        """Tell whether the cell's last seat is tied."""
        return self.seats[i][j] > 0 and self.scaled[i][j] == self.marks[self.seats[i][j]]

    def can_take(self, i: int, j: int) -> bool:
        """Tell whether the cell's next seat is tied."""
        return self.scaled[i][j] == self.marks[self.seats[i][j] + 1]

    def solve(self) -> bool:
        """Bring every column to its sum and return True, or return False where no seats fulfil the sums."""
        if any(sum(held) != needed for held, needed in zip(self.seats, self.sums.rows, strict=True)):
            return False
        wanted = list(self.sums.columns)
        while True:
            excess = [sum(held[j] for held in self.seats) - wanted[j] for j in self.columns]
            if not any(excess):
                return True
            if not self._transfer(excess) and not self._scale(*self._reached(self._too_many(excess))):
                return False

    def _too_many(self, excess: Sequence[int]) -> list[int]:
        return [j for j in self.columns if excess[j] > 0]

    def _reached(self, start: Sequence[int]) -> tuple[dict[int, int], dict[int, int]]:
        """Return rows and columns to which seats can move along ties from these columns, each with where
        from.
        """
        columns, rows = dict.fromkeys(start, -1), dict[int, int]()
        queue = list(start)
        for j in queue:
            for i in self.rows:
                if i in rows or i in self.fixed or not self.can_give(i, j):
                    continue
                rows[i] = j
                for k in self.columns:
                    if k not in columns and self.can_take(i, k):
                        columns[k] = i
                        queue.append(k)
        return rows, columns

    def _transfer(self, excess: Sequence[int]) -> bool:
        """Move one seat along ties from a column with too many to one with too few, if there is a way."""
        rows, columns = self._reached(self._too_many(excess))
        j = next((k for k in columns if excess[k] < 0), None)
        if j is None:
            return False
        while columns[j] >= 0:
            i = columns[j]
            self.seats[i][j] += 1
            j = rows[i]
            self.seats[i][j] -= 1
        return True

    def _scale(self, rows: dict[int, int], columns: dict[int, int]) -> bool:
        """Change multipliers of what is reached by the least factor that makes a new tie, if there is one."""
        factors = []
        for i in self.rows:
            for j in self.columns:
                scaled, x = self.scaled[i][j], self.seats[i][j]
                if i in rows and j not in columns and scaled:
                    factors.append(self.marks[x + 1] / scaled)
                elif i not in rows and j in columns and x:
                    factors.append(scaled / self.marks[x])
        if not factors:
            return False
        factor = min(factors)
        for i in rows:
            self.row_by[i] *= factor
            self.scaled[i] = [v if j in columns else v * factor for j, v in enumerate(self.scaled[i])]
        for j in columns:
            self.column_by[j] /= factor
            for i in self.rows:
                if i not in rows:
                    self.scaled[i][j] /= factor
        return True

    def free(self, i: int) -> tuple[list[int], list[int]]:
        """Return the columns that have a seat of row `i` now and may lose it, and those that may win one
        instead.

        Both are empty where every solution agrees on the row: a seat can change hands only round a closed way
        of ties.
        """
        if i in self.fixed:
            return [], []
        takers = [j for j in self.columns if self.can_take(i, j)]
        _, after = self._reached_without(i, takers)
        losing = [j for j in self.columns if self.can_give(i, j) and j in after]
        winning = [j for j in takers if any(k in self._reached_without(i, [j])[1] for k in losing)]
        return losing, winning

    def _reached_without(self, i: int, start: Sequence[int]) -> tuple[dict[int, int], dict[int, int]]:
        self.fixed.add(i)
        try:
            return self._reached(start)
        finally:
            self.fixed.discard(i)

    def fix(self, i: int, winners: Sequence[int]) -> bool:
        """Give the free seats of row `i` to these columns for good; return False, changing nothing, if sums
        forbid it.
        """
        losing, winning = self.free(i)
        before = [list(held) for held in self.seats]
        for j in losing + winning:
            self.seats[i][j] += (j in winners) - (j in losing)
        self.fixed.add(i)
        while True:
            totals = (sum(held[j] for held in self.seats) for j in self.columns)
            excess = [total - needed for total, needed in zip(totals, self.sums.columns, strict=True)]
            if not any(excess):
                return True
            if not self._transfer(excess):
                self.seats = before
                self.fixed.discard(i)
                return False

    def divisors(self) -> tuple[list[Fraction], list[Fraction]]:
        """Return plain divisors of rows and columns that give these seats: votes are divided by both and
        rounded.

        Where ties allow, no quotient lies on a boundary.
        """
        by_row = self._row_divisors([1 / multiplier for multiplier in self.column_by])
        by_column = []
        for j in self.columns:
            cells = [(self.sums.votes[i][j] / by_row[i], self.seats[i][j]) for i in self.rows]
            by_column.append(self._plain(self._range(cells)))
        return self._row_divisors(by_column), by_column  # rows again: their range is wider now

    def _row_divisors(self, by_column: Sequence[Fraction]) -> list[Fraction]:
        divisors = []
        for votes, held in zip(self.sums.votes, self.seats, strict=True):
            cells = [(count / by, x) for count, by, x in zip(votes, by_column, held, strict=True)]
            divisors.append(self._plain(self._range(cells)))
        return divisors

    def _range(self, cells: Sequence[tuple[Fraction, int]]) -> tuple[Fraction, Fraction]:
        """Return the smallest and the largest divisor with which these votes give these seats."""
        least = max((count / self.marks[x + 1] for count, x in cells if count), default=Fraction(1))
        most = min((count / self.marks[x] for count, x in cells if x), default=2 * least)
        return least, most

    def _plain(self, between: tuple[Fraction, Fraction]) -> Fraction:
        """Return a number with a small denominator, inside the range where it has an inside."""
        least, most = between
        if least >= most:
            return least
        scale = 1
        while True:
            number = Fraction((scale * (least + most) / 2).__round__(), scale)
            if least < number < most:
                return number
            scale *= 2
