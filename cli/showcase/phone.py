"""What a task app on a phone does when somebody ticks a task."""

from datetime import UTC, datetime

from .server import Server

_CHANGED = ("STATUS", "COMPLETED", "PERCENT-COMPLETE", "LAST-MODIFIED")


def tick(server: Server, path: str, at: datetime) -> None:
    """Mark a task as done."""
    stamp = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    done = ["STATUS:COMPLETED", f"COMPLETED:{stamp}", "PERCENT-COMPLETE:100", f"LAST-MODIFIED:{stamp}"]
    lines = [line for line in server.get(path).splitlines() if line.partition(":")[0] not in _CHANGED]
    place = lines.index("BEGIN:VALARM") if "BEGIN:VALARM" in lines else lines.index("END:VTODO")
    server.put(path, "\r\n".join([*lines[:place], *done, *lines[place:]]) + "\r\n")
