"""What is compared with what, and the goals."""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import count
from typing import Any

from tests.bench.jobs import DEFAULT_WINDOW, WHOLE_WINDOW, Cost, Job, Stand
from tests.bench.table import Row, exactly, most, note, ratio, speed

_HEAVY = re.compile(
    r"\|\s+(caldav|niquests|urllib3_future|icalendar|recurring_ical_events|googleapiclient|lxml|dateutil)$"
)
MODULES = ("floor", "library")
COLLECTIONS = 2  # what a usual pass reads: a calendar and the task list


def reading(stand: Stand, repeats: int) -> Iterator[Row]:
    """Yield the rows about reading iCalendar text."""
    group = "Reading 2,000 files"
    found: dict[str, list[str]] = {}
    least: dict[str, float] = {}
    for _ in range(repeats):
        for mode in ("icalendar", "scan", "oracle", "series"):
            said = _told(stand, stand.python("tests.bench.reading", mode))
            least[mode] = min(said["s"], least.get(mode, said["s"]))
            found[mode] = said.get("found", [])
    found["whole"] = _told(stand, stand.python("tests.bench.reading", "whole"))["found"]
    yield speed(group, "scan, then read the candidates, against icalendar", least["scan"], least["icalendar"], 6)
    same = "the same" if found["scan"] == found["whole"] else "others"
    yield exactly(group, f"interviews found ({len(found['whole'])} when all is read)", same, "the same")
    everything = least["oracle"] + least["icalendar"]
    yield ratio(
        group, "60 days of occurrences, from text, against recurring-ical-events", least["series"], everything, 0.3
    )
    same = "the same" if found["series"] == found["oracle"] else "others"
    yield exactly(group, f"occurrences found ({len(found['oracle'])} by it)", same, "the same")


def starting(stand: Stand, repeats: int) -> Iterator[Row]:
    """Yield the rows about commands that do no work."""
    group = "Starting"
    size = stand.place.least
    folder = stand.configured("start", size, tasks=True)
    stand.run(stand.afterview(folder, "sync"))
    commands = {name: stand.afterview(folder, name) for name in ("--help", "--version", "status")}
    jobs = [Job(name, command) for name, command in commands.items()]
    costs = stand.interleaved([Job("click", (sys.executable, "-c", "import click")), *jobs], repeats * 2)
    for name, command in commands.items():
        yield ratio(group, f"afterview {name}, CPU against importing click", costs[name].cpu, costs["click"].cpu, 2)
        stand.run((command[0], "-X", "importtime", *command[1:]))
        heavy = sorted({match[1] for line in stand.output().splitlines() if (match := _HEAVY.search(line.rstrip()))})
        yield exactly(group, f"afterview {name}, service libraries imported", ", ".join(heavy) or "none", "none")


def passes(stand: Stand, size: int, repeats: int, rounds: int) -> Iterator[Row]:
    """Yield the rows about passes over a calendar of that size."""
    group = f"{size:,} events"
    yield from _counted(stand, size, group)
    costs = stand.interleaved(_jobs(stand, size), repeats)
    ours, library, vdirsyncer, floor = (
        _by_mode(costs, name) for name in ("afterview", "library", "vdirsyncer", "floor")
    )
    slack = 1.05 if size <= 2000 else 0.35
    yield ratio(
        group, "no-op pass, calendar and list, CPU against vdirsyncer", ours["noop"].cpu, vdirsyncer["noop"].cpu, slack
    )
    yield ratio(
        group, "no-op pass, calendar and list, CPU against the library", ours["noop"].cpu, library["noop"].cpu, 1.2
    )
    yield _floor(group, "no-op pass, CPU of the floor", ours["noop"], floor["noop"])
    yield ratio(
        group, "first pass, default window, CPU against the library", ours["window"].cpu, library["window"].cpu, 0.6
    )
    yield most(group, "first pass, default window, memory", ours["window"].rss, 75, "MiB")
    yield _floor(group, "first pass, CPU of the floor", ours["window"], floor["window"])
    yield ratio(group, "everything read, CPU against the floor", ours["all"].cpu, floor["all"].cpu, 5)
    yield ratio(group, "everything read, CPU against vdirsyncer", ours["all"].cpu, vdirsyncer["all"].cpu, 0.65)
    yield note(
        group, "everything read, CPU against the library's search", _against(ours["all"].cpu, library["all"].cpu)
    )
    yield note(group, "everything read, wall against vdirsyncer", _against(ours["all"].wall, vdirsyncer["all"].wall))
    yield most(group, "everything read, memory", ours["all"].rss, 110, "MiB")
    yield note(
        group,
        "everything read, memory of library and vdirsyncer",
        f"{library['all'].rss:.0f}, {vdirsyncer['all'].rss:.0f} MiB",
    )
    yield from _changed(stand, size, group, repeats)
    yield from _resident(stand, size, group, rounds)


def _counted(stand: Stand, size: int, group: str) -> Iterator[Row]:
    """Count on the wire, at the limits with which Radicale comes."""
    relay = stand.place.relay
    for name, window, limit in (("first pass", DEFAULT_WINDOW, 3), ("everything read", WHOLE_WINDOW, 10)):
        folder = stand.configured("counted", size, url=relay.url, window=window)
        relay.reset()
        stand.run(stand.afterview(folder, "sync"))
        yield most(group, f"{name}, requests", len(relay.methods), limit)
    folder = stand.configured("counted", size, url=relay.url, tasks=True)
    stand.run(stand.afterview(folder, "sync"))
    stand.run(stand.afterview(folder, "sync"))
    relay.reset()
    stand.run(stand.afterview(folder, "sync"))
    yield exactly(group, "no-op pass, requests a collection", len(relay.methods) / COLLECTIONS, 1)
    yield most(group, "no-op pass, bytes up a collection", relay.bytes_up / COLLECTIONS, 1000)
    yield most(group, "no-op pass, bytes down a collection", relay.bytes_down / COLLECTIONS, 1000)
    yield exactly(group, "no-op pass, writes", relay.writes, 0)


def _jobs(stand: Stand, size: int) -> list[Job]:
    """Make the jobs of one size; what must have run before is run."""
    usual = stand.configured(f"usual-{size}", size, tasks=True)
    calendar = stand.configured(f"calendar-{size}", size)
    whole = stand.configured(f"whole-{size}", size, window=WHOLE_WINDOW)
    kept = {module: stand.fresh(f"{module}-{size}") for module in MODULES}
    synced = stand.vdirsyncer_anew(f"synced-{size}", size)
    for command in (
        stand.afterview(usual, "sync"),
        stand.afterview(usual, "sync"),
        stand.rival("floor", "window", size, kept["floor"] / "noop"),
        stand.rival("library", "noop", size, kept["library"] / "noop"),
        stand.vdirsyncer(synced, "sync"),
    ):
        stand.run(command)
    cold = f"cold-{size}"
    rivals = [
        Job(f"{module} {mode}", stand.rival(module, mode, size, kept[module] / mode))
        for mode in ("noop", "window", "all")
        for module in MODULES
    ]
    return [
        *rivals,
        Job("vdirsyncer noop", stand.vdirsyncer(synced, "sync")),
        Job(
            "vdirsyncer all", stand.vdirsyncer(stand.folder / cold, "sync"), partial(stand.vdirsyncer_anew, cold, size)
        ),
        Job("afterview noop", stand.afterview(usual, "sync")),
        Job("afterview window", stand.afterview(calendar, "sync"), stand.forget(calendar)),
        Job("afterview all", stand.afterview(whole, "sync"), stand.forget(whole)),
    ]


def _changed(stand: Stand, size: int, group: str, repeats: int) -> Iterator[Row]:
    """Ten changes by another client, an interview among them, against nothing new."""
    command = stand.afterview(stand.folder / f"usual-{size}", "sync")
    edition = count(1)
    jobs = [Job("nothing new", command), Job("ten changes", command, lambda: stand.place.change(size, next(edition)))]
    costs = stand.interleaved(jobs, repeats)
    new, nothing = costs["ten changes"].cpu, costs["nothing new"].cpu
    yield ratio(group, f"10 changes of {size:,}, CPU against the no-op", new, nothing, 1.2)
    folder = stand.configured("counted", size, url=stand.place.relay.url)
    stand.run(stand.afterview(folder, "sync"))
    stand.place.change(size, next(edition))
    stand.place.relay.reset()
    stand.run(stand.afterview(folder, "sync"))
    yield most(group, f"10 changes of {size:,}, requests", len(stand.place.relay.methods), 2)


def _resident(stand: Stand, size: int, group: str, rounds: int) -> Iterator[Row]:
    """Many passes in one process; the server's answers are repeated by the relay, so that only our time counts."""
    relay = stand.place.relay
    folder = stand.configured("resident", size, url=relay.url, tasks=True)
    stand.run(stand.afterview(folder, "sync"))
    stand.run(stand.afterview(folder, "sync"))
    relay.replay = True
    said = _told(
        stand, stand.python("tests.bench.resident", str(folder / "config.toml"), str(folder / "state"), str(rounds))
    )
    relay.replay = False
    stand.resident[size] = said["ms"] / COLLECTIONS
    yield most(group, "resident, CPU a collection and pass", stand.resident[size], 15, "ms")
    yield most(group, f"resident, memory gained in {rounds:,} passes", max(0.0, said["late"] - said["early"]), 2, "MiB")
    yield most(group, "resident, memory", said["late"], 100, "MiB")


def growth(stand: Stand) -> Iterator[Row]:
    """Yield the row that says whether a resident pass costs the more, the more events there are."""
    small, large = min(stand.resident), max(stand.resident)
    if small < large:
        ours, theirs = stand.resident[large], stand.resident[small]
        yield ratio(f"{large:,} events", f"resident, CPU against {small:,} events", ours, theirs, 1.2, "ms")


def _told(stand: Stand, command: tuple[str, ...]) -> Any:
    """Run a module that prints JSON."""
    stand.run(command)
    return json.loads(stand.output())


def _by_mode(costs: Mapping[str, Cost], name: str) -> dict[str, Cost]:
    return {job.removeprefix(f"{name} "): cost for job, cost in costs.items() if job.startswith(f"{name} ")}


def _against(ours: float, theirs: float) -> str:
    return f"{ours / theirs:.2f} x ({ours:.2f} : {theirs:.2f} s)"


def _floor(group: str, what: str, ours: Cost, floor: Cost) -> Row:
    return note(group, what, _against(ours.cpu, floor.cpu))
