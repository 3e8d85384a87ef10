"""The rows that are printed: what was measured, the goal beside it, met or not."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One line. `met` is None where there is no goal."""

    group: str
    what: str
    measured: str
    goal: str = ""
    met: bool | None = None


def ratio(group: str, what: str, ours: float, theirs: float, limit: float, unit: str = "s") -> Row:
    """Return a row for a cost that must stay below a multiple of another of the same run."""
    value = ours / theirs
    return Row(group, what, f"{value:.2f} x ({ours:.2f} : {theirs:.2f} {unit})", f"<= {limit:g} x", value <= limit)


def speed(group: str, what: str, ours: float, theirs: float, least: float) -> Row:
    """Return a row for a speed that must reach a multiple of another."""
    value = theirs / ours
    return Row(group, what, f"{value:.1f} x ({ours:.2f} : {theirs:.2f} s)", f">= {least:g} x", value >= least)


def most(group: str, what: str, value: float, limit: float, unit: str = "") -> Row:
    """Return a row for a figure with an upper limit."""
    unit = unit and f" {unit}"
    digits = 0 if float(value).is_integer() else 1
    return Row(group, what, f"{value:.{digits}f}{unit}", f"<= {limit:g}{unit}", value <= limit)


def exactly(group: str, what: str, value: object, wanted: object) -> Row:
    """Return a row for a figure that must be this and no other."""
    return Row(group, what, str(value), f"= {wanted}", value == wanted)


def note(group: str, what: str, measured: str) -> Row:
    """Return a row without a goal."""
    return Row(group, what, measured)


def shown(rows: Iterable[Row]) -> str:
    """Lay the rows out as a table."""
    verdicts = {True: "met", False: "NOT MET", None: ""}
    cells = [(row.what, row.measured, row.goal, verdicts[row.met], row.group) for row in rows]
    widths = [max(len(cell[column]) for cell in cells) for column in range(3)]
    lines: list[str] = []
    group = ""
    for *texts, verdict, heading in cells:
        if heading != group:
            lines += ["", heading] if lines else [heading]
            group = heading
        columns = "   ".join(text.ljust(width) for text, width in zip(texts, widths, strict=True))
        lines.append(f"  {columns}   {verdict}".rstrip())
    goals = [row for row in cells if row[3]]
    met = sum(row[3] == "met" for row in goals)
    return "\n".join([*lines, "", f"{met} of {len(goals)} goals met"])
