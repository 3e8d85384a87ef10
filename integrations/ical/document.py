"""The text of one task resource, edited in place: what is not touched is written back as it came.

A resource holds one component of interest (the first VTODO or VEVENT without RECURRENCE-ID); nested components, other
components and unknown lines are carried along.
"""

from collections.abc import Iterable, Sequence

from .lines import Line, join, make, split


class Document:
    """Lines of a resource and the range of its main component."""

    def __init__(self, text: str, component: str) -> None:
        self.lines: list[Line] = split(text)
        self.component = component
        self.found = self._locate() is not None

    def text(self) -> str:
        """Return the whole resource."""
        return join(self.lines)

    def first(self, name: str) -> Line | None:
        """Return the first property of that name in the main component, nested ones aside."""
        return next((line for _, line in self._own() if line.name == name), None)

    def value(self, name: str) -> str:
        """Return the raw value of a property, "" without one."""
        line = self.first(name)
        return line.value if line else ""

    def put(self, line: Line) -> None:
        """Replace the first property of that name, drop further ones, or add it where there is none."""
        places = [index for index, own in self._own() if own.name == line.name]
        if not places:
            _, end = self._range()
            self.lines.insert(self._before_nested(end), line)
            return
        self.lines[places[0]] = line
        for index in reversed(places[1:]):
            del self.lines[index]

    def drop(self, *names: str) -> None:
        """Remove properties from the main component."""
        for index in [index for index, own in self._own() if own.name in names][::-1]:
            del self.lines[index]

    def alarms(self) -> list[tuple[int, int]]:
        """Return the ranges [begin, end) of the VALARMs of the main component."""
        begin, end = self._range()
        found: list[tuple[int, int]] = []
        start = depth = 0
        for index in range(begin + 1, end):
            line = self.lines[index]
            if line.name == "BEGIN":
                if not depth:
                    start = index
                depth += 1
            elif line.name == "END":
                depth -= 1
                if not depth and self.lines[start].value.strip().upper() == "VALARM":
                    found.append((start, index + 1))
        return found

    def replace_alarm(self, place: tuple[int, int] | None, lines: Sequence[Line]) -> None:
        """Put an alarm at a place of `alarms`, at the end where it is None; no lines = remove it."""
        begin, end = place or (self._range()[1],) * 2
        self.lines[begin:end] = list(lines)

    def _locate(self) -> tuple[int, int] | None:
        candidates: list[tuple[int, int]] = []
        start = depth = 0
        for index, line in enumerate(self.lines):
            if line.name == "BEGIN":
                if depth == 1:
                    start = index
                depth += 1
            elif line.name == "END" and depth:
                depth -= 1
                if depth == 1 and self.lines[start].value.strip().upper() == self.component:
                    candidates.append((start, index))
        plain = [place for place in candidates if not self._is_override(*place)]
        return next(iter(plain or candidates), None)

    def _is_override(self, begin: int, end: int) -> bool:
        return any(line.name == "RECURRENCE-ID" for line in self.lines[begin:end])

    def _range(self) -> tuple[int, int]:
        place = self._locate()
        if place is None:
            raise LookupError(f"there is no {self.component} in this text")
        return place

    def _own(self) -> Iterable[tuple[int, Line]]:
        place = self._locate()
        if place is None:
            return
        depth = 0
        for index in range(place[0] + 1, place[1]):
            line = self.lines[index]
            if line.name == "BEGIN":
                depth += 1
            elif line.name == "END":
                depth -= 1
            elif not depth:
                yield index, line

    def _before_nested(self, end: int) -> int:
        alarms = [begin for begin, _ in self.alarms()]
        return min(alarms, default=end)


def wrap(component: str, lines: Iterable[Line]) -> str:
    """Return a VCALENDAR that holds one component."""
    return join(
        (
            make("BEGIN", "VCALENDAR"),
            make("VERSION", "2.0"),
            make("PRODID", "-//afterview//afterview//EN"),
            make("BEGIN", component),
            *lines,
            make("END", component),
            make("END", "VCALENDAR"),
        )
    )
