"""Puts the cases of some doors before them, one after the other, each under its own watch; a line of JSON for each.

    python -m tests.hostile.worker DOOR...

Runs as a process of its own: what hangs or grows is ended from outside, and costs the rest of its door, not the tests.
Time is counted in CPU seconds, so that a busy machine fails nobody.
"""

import gc
import json
import re
import resource
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.hostile import calendars, files, google, servers, tasks, visitors
from tests.hostile.cases import Case, cases
from tests.hostile.harmless import harmful

DOORS = {**calendars.DOORS, **files.DOORS, **google.DOORS, **servers.DOORS, **tasks.DOORS, **visitors.DOORS}
CPU_S = 2.0
MEMORY_MB = 300
_KILL_S = 150  # CPU seconds for all: nothing that hangs lives longer
_SPACE = 3 * 2**30  # of addresses
_HIGHEST = re.compile(r"^VmHWM:\s+(\d+) kB", re.MULTILINE)


def main(chosen: list[str]) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (_KILL_S, _KILL_S))
    resource.setrlimit(resource.RLIMIT_AS, (_SPACE, _SPACE))
    for door in chosen:
        for case in cases(door):
            with tempfile.TemporaryDirectory() as place:
                line = json.dumps(judged(case, Path(place)))
            sys.stdout.write(line + "\n")
            sys.stdout.flush()


def judged(case: Case, place: Path) -> dict[str, Any]:
    """Put one case before its door and say what is wrong with what happened."""
    before_mb = _forget_peak()
    began = time.process_time()
    seen = DOORS[case.door](case, place)
    cpu_s = time.process_time() - began
    memory_mb = _peak_mb() - before_mb
    wrong = [*_differences(case.expected, seen), *harmful(seen.get("shown", ()), seen.get("written", ()))]
    if cpu_s > CPU_S:
        wrong.append(f"took {cpu_s:.1f} s")
    if memory_mb > MEMORY_MB:
        wrong.append(f"took {memory_mb} MB")
    return {"door": case.door, "name": case.name, "cpu_s": round(cpu_s, 3), "memory_mb": memory_mb, "wrong": wrong}


def _differences(expected: Mapping[str, Any], seen: Mapping[str, Any]) -> list[str]:
    wrong = [] if seen.get("good", True) else ["what stood beside it did not come through"]
    for name, wanted in {"error": "", "parked": "", **expected}.items():
        found = seen.get(name, "" if isinstance(wanted, str) else None)
        if name == "parked" and isinstance(found, list):
            fits = any(re.search(wanted, words) for words in found) if wanted else not found
        elif name in {"said", "error"} and isinstance(found, str):
            fits = re.search(wanted, found) is not None if wanted else not found
        else:
            fits = found == wanted
        if not fits:
            wrong.append(f"{name}: {str(found)[:300]!r} and not {wanted!r}")
    return wrong


def _forget_peak() -> int:
    """Begin a new measurement; return what is in use now."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")
    return _peak_mb()


def _peak_mb() -> int:
    found = _HIGHEST.search(Path("/proc/self/status").read_text())
    return int(found[1]) // 1024 if found else 0


if __name__ == "__main__":
    main(sys.argv[1:])
