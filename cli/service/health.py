"""Two files for whoever watches over machines: how the service is, as JSON and in Prometheus' text format.

Both are replaced as a whole after each pass, so that a reader never sees half of one. A file that grows old means that the
service does not run.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from afterview.sync.errors import StateError
from afterview.sync.pulse import Pulse, take_pulse

if TYPE_CHECKING:
    from ..wire import Wiring

STATES = ("ok", "new", "waiting", "reauth", "refused", "gone", "error")


def write_files(wired: "Wiring", now: datetime) -> None:
    """Write the files that the configuration names. Raises StateError where one cannot be written."""
    asked = wired.config.sync
    if not (asked.health_file or asked.metrics_file):
        return
    pulse = take_pulse(wired.options.state_path())
    accounts = [account.id for account in wired.config.accounts]
    if asked.health_file:
        found = json.dumps(health(pulse, accounts, now), ensure_ascii=False, indent=1)
        _replace(Path(asked.health_file).expanduser(), found + "\n")
    if asked.metrics_file:
        _replace(Path(asked.metrics_file).expanduser(), "\n".join(metrics(pulse, accounts, now)) + "\n")


def health(pulse: Pulse, accounts: list[str], now: datetime) -> dict[str, Any]:
    """Return how everything is. `well`: nothing needs a person."""
    found = [_account(pulse, account) for account in accounts]
    return {
        "at": now.replace(microsecond=0).isoformat(),
        "well": all(one["state"] in {"ok", "new", "waiting"} and not one["held"] for one in found),
        "accounts": found,
        "open_follow_ups": len(pulse.tasks),
        "not_accepted": list(pulse.parked),
    }


def _account(pulse: Pulse, account: str) -> dict[str, Any]:
    known = pulse.health.get(account, {})
    return {
        "id": account,
        "state": known.get("state", "new"),
        "since": known.get("since"),
        "last_ok": known.get("ok_at"),
        "failures": known.get("failures", 0),
        "words": known.get("words") or None,
        "held": list(pulse.held.get(account, ())),
    }


def metrics(pulse: Pulse, accounts: list[str], now: datetime) -> Iterator[str]:
    """Yield the lines of the text format (Prometheus exposition format 0.0.4)."""
    yield from _metric("afterview_written_seconds", "when this was written", [("", now.timestamp())])
    yield from _metric("afterview_open_follow_ups", "follow-ups that are to be done", [("", len(pulse.tasks))])
    yield from _metric("afterview_not_accepted", "follow-ups that a list refused", [("", len(pulse.parked))])
    known = {account: _account(pulse, account) for account in accounts}
    states = [
        (f'{{account="{_label(account)}",state="{state}"}}', int(one["state"] == state))
        for account, one in known.items()
        for state in STATES
    ]
    yield from _metric("afterview_account_state", "1 for the state that the account is in", states)
    figures = {
        account: {**one, "held": len(one["held"]), "last_ok": _seconds(one["last_ok"])}
        for account, one in known.items()
    }
    for name, words in (
        ("failures", "passes in a row that failed"),
        ("held", "calendars and lists with deletions that wait for a person"),
        ("last_ok", "when a pass last went well, in seconds since 1970, 0 for never"),
    ):
        rows = [(f'{{account="{_label(account)}"}}', one[name]) for account, one in figures.items()]
        yield from _metric(f"afterview_account_{name}", words, rows)


def _metric(name: str, words: str, rows: Sequence[tuple[str, float]]) -> Iterator[str]:
    yield f"# HELP {name} {words}"
    yield f"# TYPE {name} gauge"
    for label, value in rows:
        yield f"{name}{label} {value:.0f}"


def _label(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _seconds(written: str | None) -> float:
    return datetime.fromisoformat(written).astimezone(UTC).timestamp() if written else 0.0


def _replace(path: Path, text: str) -> None:
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.write_text(text, "utf-8")
        beside.chmod(0o644)  # a monitor runs as another user; there is nothing secret in it
        beside.replace(path)
    except OSError as error:
        words = f"The file {path} cannot be written ({error.strerror}); change its folder or its rights."
        raise StateError(words) from error
