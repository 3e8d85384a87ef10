"""What the service carries over a restart: when accounts that do not work are asked again, and what was said of them.

Without it a service that is started again and again would ask a server that is down each time, and complain each time. A
machine that was started anew, or reaches out by another way, is like a network that came back: what waits is asked at once.
"""

import json
from datetime import datetime, timedelta
from typing import Any

from afterview.sync.ledger import Ledger
from afterview.sync.pulse import CHECKED

from .pace import Pace
from .ticker import JUMP
from .times import Times, gap
from .voice import Voice

NOTE = "asked again"  # in the ledger: where this machine was, and when each account that failed is asked again


def keep(ledger: Ledger, pace: Pace, times: Times) -> None:
    """Write down when accounts are asked again; nothing while all is well."""
    at = {account: moment.isoformat() for account, moment in pace.waits().items()}
    note = json.dumps({"at": at, "gap": gap(times).total_seconds(), "online": times.online()}) if at else ""
    if note != ledger.note(NOTE):
        ledger.set_note(NOTE, note)


def resume(ledger: Ledger, pace: Pace, voice: Voice, times: Times, mark: str) -> None:
    """Go on where the last service ended. `mark` is that of the configuration: a changed one begins anew."""
    noted: dict[str, Any] = json.loads(ledger.note(NOTE) or "{}")
    health, now = ledger.health(), times.now()
    for account, known in health.items():
        voice.recall(account, known.state, known.words)
    if ledger.note(CHECKED) != mark:
        return
    again = {account: datetime.fromisoformat(at) for account, at in noted.get("at", {}).items()}
    pace.resume(health, again, now)
    elsewhere = (
        abs(gap(times) - timedelta(seconds=noted.get("gap", 0.0))) > JUMP or noted.get("online") != times.online()
    )
    if again and elsewhere:
        pace.hurry(now, unreachable=True)
