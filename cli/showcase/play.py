"""The plot of the demo: weeks with a pass each evening, one pass today, and a "no" ticked on the phone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from afterview.sync.engine.report import PassReport
from afterview.sync.errors import Refused
from afterview.sync.lock import exclusive
from afterview.sync.runner import one_pass
from afterview.sync.view import Overview, TaskView

from ..options import Options
from ..wire import NOW, Wiring
from . import month
from .stage import Stage

DAYS = 25  # lived through before today
EVENING = time(20, 30)
FRESH = timedelta(days=3)  # thank-yous older than this have been sent
_CONFIG = """[me]
emails = [{emails}]
names = ["{name}"]
free_mail = ["{free_mail}"]
time_zone = "{zone}"

{account}
[deliver]
to = "demo"
"""


@dataclass(frozen=True, slots=True)
class Scene:
    """How things stand after a pass."""

    overview: Overview
    report: PassReport
    others: tuple[str, ...]  # titles of what was read and is no interview


class Play:
    """The demo, scene by scene. `now` is the present of the demo; it only moves forward."""

    def __init__(self, folder: Path, stage: Stage, now: datetime, zone: str) -> None:
        self._folder = folder
        self._stage = stage
        self.now = now
        self._zone = ZoneInfo(zone)
        self.entries = 0
        emails = ", ".join(f'"{email}"' for email in month.EMAILS)
        stage.set_clock(now)
        account = stage.account(folder)
        (folder / "config.toml").write_text(
            _CONFIG.format(emails=emails, name=month.NAME, free_mail=month.FREE_MAIL, zone=zone, account=account),
            "utf-8",
        )

    def fill(self) -> None:
        """Put the month into the calendar."""
        self.entries = self._stage.fill(self.now.astimezone(self._zone).date(), self._zone.key)

    def live(self, passed: Callable[[], None]) -> None:
        """Live through the days before today: a pass each evening, and thank-yous sent in time."""
        today = self.now.astimezone(self._zone).date()
        for back in range(DAYS, 0, -1):
            evening = datetime.combine(today - timedelta(days=back), EVENING, self._zone).astimezone(UTC)
            if evening < self.now:
                scene = self.sync(evening)
                self._send_thanks(scene, evening)
            passed()

    def sync(self, at: datetime | None = None) -> Scene:
        """Make one pass, as `afterview sync` does."""
        at = at or self.now
        self._stage.set_clock(at)
        options = Options(config=self._folder / "config.toml", state_dir=self._folder / "state")
        wired = Wiring(options, {NOW: at.isoformat()})
        with exclusive(options.state_path()), wired.ledger() as ledger:
            report = one_pass(ledger, wired.specs(ledger, wired.config.accounts), wired.terms(), wired.clock)
            overview = wired.overview(ledger)
            known = {key for one in overview.interviews for key in one.keys}
            read = ledger.calendars.sightings(everything=True)
        failed = next((one.error for one in report.accounts if one.error), "")
        if failed:
            raise Refused(f"The demo's pass failed: {failed}")
        titles = dict.fromkeys(one.title for one in read if one.key not in known)
        return Scene(overview, report, tuple(titles))

    def tick(self, task: TaskView) -> None:
        """Tick a task on the phone, an hour later."""
        self.now += timedelta(hours=1)
        self._stage.tick(task.remote_id, self.now)
        self.now += timedelta(minutes=1)

    def _send_thanks(self, scene: Scene, evening: datetime) -> None:
        for task in scene.overview.tasks:
            old = task.due_at is not None and task.due_at < self.now - FRESH
            if task.step == "thank_you" and task.state == "open" and old:
                self._stage.tick(task.remote_id, evening + timedelta(minutes=5))
