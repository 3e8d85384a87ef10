"""A deal is an application: its properties to our fields and back.

HubSpot knows lost and won only. That a deal was withdrawn stands in a property of ours with the time at which it was
written: it counts for the stage that the deal was in then, not for one that it was moved to later.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from afterview.sync.model import Fields
from afterview.sync.stages import Stage
from afterview.sync.text import one_line

from .convert import Properties, changed, first, one, without_empty
from .shapes import COMPANY, KEY, OUTCOME, ROLE
from .stages import Place, Stages

ENTERED = "hs_v2_date_entered_"
_SLACK = timedelta(minutes=10)  # between HubSpot's clock and ours
_WITHDRAWN = "withdrawn"


def application(now: Properties, stages: Stages, at: str, companies: tuple[str, ...]) -> Fields:
    """Return the fields of a deal. `at`: when it was changed; `companies`: the names of those it is tied to."""
    kind = _kind(now, stages)
    role = one(now, ROLE) or (() if now.get(KEY) else one(now, "dealname"))
    fields: Fields = {
        "name": one(now, "dealname"),
        "company": one(now, COMPANY) or companies[:1],
        "role": role,  # a deal of the user's own is called as the role is, or says nothing of it
        "stage": (str(kind),) if kind else (),
        "stage_at": _entered(now, kind, at) if kind else (),
    }
    return without_empty(fields)


def application_properties(fields: Fields, now: Properties, stages: Stages, clock: datetime) -> dict[str, str]:
    """Return the properties that make a deal hold the fields. Raises Rejected where no stage fits."""
    wanted = {"dealname": first(fields, "name"), COMPANY: first(fields, "company"), ROLE: first(fields, "role")}
    if not now.get(KEY) and now.get("dealname"):  # the user's own: what only stood for something is not written down
        wanted = {name: value for name, value in wanted.items() if value and value != now["dealname"]}
    kept = changed(wanted, now)
    stage = first(fields, "stage")
    if stage and stage != _kind(now, stages):
        kind = Stage(stage)
        place = stages.to(now["pipeline"], kind) if now.get("pipeline") else stages.of_new(kind)
        kept |= _moved(place, kind, now, clock)
    return kept


def _moved(place: Place, kind: Stage, now: Properties, clock: datetime) -> Mapping[str, str]:
    told = {"pipeline": place.pipeline} if place.pipeline != now.get("pipeline") else {}
    moved = {**told, "dealstage": place.id}
    if kind is not Stage.WITHDRAWN:
        return moved
    said = {OUTCOME: f"{_WITHDRAWN} {clock.astimezone(UTC).isoformat(timespec='seconds')}"}
    return {**moved, **said, **({} if now.get("closed_lost_reason") else {"closed_lost_reason": "Withdrawn"})}


def _kind(now: Properties, stages: Stages) -> Stage | None:
    stage = now.get("dealstage", "")
    kind = stages.kind(now.get("pipeline", ""), stage)
    if kind is Stage.LOST and _was_withdrawn(now, stage):
        return Stage.WITHDRAWN
    return kind


def _was_withdrawn(now: Properties, stage: str) -> bool:
    """Tell whether what we wrote is about the stage that the deal is in."""
    word, _, text = now.get(OUTCOME, "").partition(" ")
    if word != _WITHDRAWN:
        return False
    written, entered = instant(text), instant(now.get(ENTERED + stage, ""))
    return written is None or entered is None or entered <= written + _SLACK


def _entered(now: Properties, kind: Stage, at: str) -> tuple[str, ...]:
    """Return when the deal came into its stage: as HubSpot says, else when it was closed, else when it was changed."""
    closed = now.get("closedate", "") if kind is not Stage.OPEN else ""
    told = (instant(text) for text in (now.get(ENTERED + now.get("dealstage", ""), ""), closed, at))
    found = next((moment for moment in told if moment is not None), None)
    return (found.isoformat(),) if found else ()


def instant(text: str) -> datetime | None:
    """Read a moment as HubSpot writes it: ISO 8601, or milliseconds since 1970."""
    text = one_line(text, 40)
    try:
        if text.isdecimal():
            return datetime.fromtimestamp(int(text) / 1000, UTC)
        found = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return None
    return found.astimezone(UTC) if found.tzinfo else None
