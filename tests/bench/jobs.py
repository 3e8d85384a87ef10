"""What is measured: each job is one whole process of afterview, the floor, the caldav library or vdirsyncer."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.bench import life
from tests.bench.place import Place, quiet_environment
from tests.servers import PASSWORD, USER

_STOPWATCH = Path(__file__).with_name("stopwatch.py")
DEFAULT_WINDOW, WHOLE_WINDOW = "-90d..+180d", "-1100d..+370d"


@dataclass(frozen=True, slots=True)
class Cost:
    """What one process took: wall and CPU seconds, peak memory in MiB."""

    wall: float
    cpu: float
    rss: float

    def least(self, other: "Cost | None") -> "Cost":
        """Return the smaller of each figure."""
        if other is None:
            return self
        return Cost(min(self.wall, other.wall), min(self.cpu, other.cpu), min(self.rss, other.rss))


@dataclass(frozen=True, slots=True)
class Job:
    """One process. `before` is done each time before the clock starts."""

    name: str
    command: tuple[str, ...]
    before: Callable[[], object] = lambda: None


class Stand:
    """Runs jobs in one folder, against one place."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.folder = place.folder / "jobs"
        self.folder.mkdir()
        self.environment = quiet_environment(self.folder)
        self.resident: dict[int, float] = {}  # events -> milliseconds a collection and pass

    def run(self, command: Iterable[str]) -> Cost:
        """Run one command and return what it cost. AssertionError with its output if it fails."""
        output = self.folder / "output"
        told = subprocess.run(
            [sys.executable, "-I", "-S", str(_STOPWATCH), str(output), *command],
            env=self.environment,
            cwd=self.folder,
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        cost = json.loads(told.stdout)
        if cost["code"]:
            raise AssertionError(f"{' '.join(command)} ended with {cost['code']}:\n{output.read_text()[-3000:]}")
        return Cost(cost["wall"], cost["cpu"], cost["rss"])

    def output(self) -> str:
        """Return what the last command printed."""
        return (self.folder / "output").read_text()

    def interleaved(self, jobs: Iterable[Job], repeats: int) -> dict[str, Cost]:
        """Run all jobs in turn, several times; return the least each took."""
        least: dict[str, Cost] = {}
        jobs = tuple(jobs)
        for turn in range(repeats):
            for job in jobs:
                print(f"  {turn + 1}/{repeats} {job.name}", file=sys.stderr, flush=True)
                job.before()
                least[job.name] = self.run(job.command).least(least.get(job.name))
        return least

    def python(self, module: str, *arguments: str) -> tuple[str, ...]:
        """Return the command that runs a module."""
        return (sys.executable, "-m", module, *arguments)

    def fresh(self, name: str) -> Path:
        """Return a new, empty folder of that name."""
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return folder

    # afterview

    def configured(
        self, name: str, size: int, *, url: str = "", window: str = DEFAULT_WINDOW, tasks: bool = False
    ) -> Path:
        """Write a configuration and return a folder for it, with an empty state beside it."""
        folder = self.fresh(name)
        (folder / "password").write_text(PASSWORD)
        (folder / "password").chmod(0o600)
        delivery = '[deliver]\nto = "home"\n' if tasks else ""
        task_list = f'task_list = "{self.place.tasks(size)}"\n' if tasks else ""
        (folder / "config.toml").write_text(
            f'[me]\nemails = ["{life.OWNER}"]\nnames = ["Hannah Weber"]\ntime_zone = "Europe/Berlin"\n'
            f'[sync]\nwindow = "{window}"\n[[account]]\nid = "home"\nintegration = "caldav"\n'
            f'url = "{url or self.place.server.direct}/"\nusername = "{USER}"\n'
            f'password = {{ file = "{folder / "password"}" }}\ncalendars = ["{self.place.calendar(size)}"]\n'
            f"{task_list}{delivery}"
        )
        return folder

    def afterview(self, folder: Path, *arguments: str) -> tuple[str, ...]:
        """Return the command that runs afterview with the configuration in a folder."""
        where = ("--config", str(folder / "config.toml"), "--state-dir", str(folder / "state"))
        return self.python("afterview.cli", *arguments, *where)

    def forget(self, folder: Path) -> Callable[[], None]:
        """Return what makes the next pass a first one."""
        return lambda: shutil.rmtree(folder / "state", ignore_errors=True)

    # the others

    def rival(self, module: str, mode: str, size: int, file: Path) -> tuple[str, ...]:
        """Return the command that runs the floor or the library in one of its modes."""
        server = self.place.server if module == "floor" else self.place.roomy
        url = server.direct.replace("://", f"://{USER}:{PASSWORD}@") + self.place.calendar(size)
        return self.python(f"tests.bench.{module}", mode, url, str(file))

    def vdirsyncer(self, folder: Path, *arguments: str) -> tuple[str, ...]:
        """Return the command that runs vdirsyncer with the configuration in a folder."""
        return self.python("vdirsyncer", "-c", str(folder / "config"), *arguments)

    def vdirsyncer_anew(self, name: str, size: int) -> Path:
        """Set vdirsyncer up between a calendar and an empty folder."""
        folder = self.fresh(name)
        (folder / "local").mkdir()
        options: Mapping[str, Mapping[str, object]] = {
            "general": {"status_path": str(folder / "status")},
            "pair it": {"a": "remote", "b": "local", "collections": None},
            "storage remote": {
                "type": "caldav",
                "url": self.place.roomy.direct + self.place.calendar(size),
                "username": USER,
                "password": PASSWORD,
            },
            "storage local": {"type": "filesystem", "path": str(folder / "local"), "fileext": ".ics"},
        }
        lines = [
            f"[{section}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())
            for section, keys in options.items()
        ]
        (folder / "config").write_text("\n".join(lines))
        self.run(self.vdirsyncer(folder, "discover"))
        return folder
