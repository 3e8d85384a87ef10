"""A month of the background service with three accounts, lived through in minutes: what it costs while nothing happens.

Two CalDAV accounts with a calendar each, one of them with the list, whose server is answered for by the relay, and a
calendar file. The
service is the real one, as a process; its time is moved (`tests.moved`), so each of its sleeps costs two small messages more
than in life.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from tests.bench import life
from tests.bench.jobs import Stand
from tests.bench.table import Row, most
from tests.moved import Moved


def month(stand: Stand, days: int) -> Iterator[Row]:
    """Yield the rows about an idle service."""
    group = f"{days} days of afterview run, three accounts"
    relay = stand.place.relay
    folder = stand.configured("month", stand.place.least, url=relay.url, tasks=True)
    config = folder / "config.toml"
    text = config.read_text()
    (account,) = re.findall(r"\[\[account\]\]\n(?:[^\[].*\n)*", text)
    (folder / "appointments").mkdir()
    (folder / "appointments" / "one.ics").write_text(next(iter(life.life(1))).text)
    files = f'[[account]]\nid = "files"\nintegration = "ics"\npath = "{folder / "appointments"}"\n'
    config.write_text(text + account.replace('id = "home"', 'id = "work"') + files)
    stand.run(stand.afterview(folder, "sync"))
    stand.run(stand.afterview(folder, "sync"))
    began = datetime.fromisoformat(stand.environment["AFTERVIEW_NOW"])
    where = ("--config", str(config), "--state-dir", str(folder / "state"))
    relay.replay = True
    with Moved(folder, began, where) as running:
        running.begin()
        running.advance(began + timedelta(hours=2))
        before = _cpu_s(running.process.pid)
        relay.reset()
        running.advance(running.now + timedelta(days=days))
        spent = _cpu_s(running.process.pid) - before
        peak = _peak_mib(running.process.pid)
        asked, wrote = len(relay.methods), relay.writes
        running.stop()
    relay.replay = False
    yield most(group, "CPU, in thousandths of a core", 1000 * spent / (days * 86400), 1)
    yield most(group, "memory at its highest", peak, 60, "MiB")
    yield most(group, "requests an hour, three collections every five minutes", asked / days / 24, 3 * 12 * 1.15)
    yield most(group, "writes", wrote, 0)


def _cpu_s(process: int) -> float:
    """Return the CPU time that a process has used (proc(5))."""
    ticks = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(ticks[11]) + int(ticks[12])) / 100


def _peak_mib(process: int) -> float:
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0
