"""Ring profiles: no form of alarm works in every client, so a task list has the one its clients understand."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

DEFAULT = "android"


@dataclass(frozen=True, slots=True)
class Profile:
    """How tasks are written. `start`: DTSTART is written too. `trigger`: what the alarm is relative to."""

    name: str
    component: Literal["VTODO", "VEVENT"]
    start: bool
    trigger: Literal["from-due", "absolute", "at-start"]


@cache
def profiles() -> dict[str, Profile]:
    """Return every profile by name."""
    table = json.loads(files("afterview.integrations.ical").joinpath("profiles.json").read_text("utf-8"))
    return {name: Profile(name, row["component"], row["start"], row["trigger"]) for name, row in table.items()}
