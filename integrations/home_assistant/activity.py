"""What has happened since it was told last, as events for automations. Pure.

What was told is kept with everything else, so a restart neither repeats an event nor misses one that fell into it. The
very first look tells nothing: history is no news.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from afterview.sync.model import Answer, Interview, InterviewStatus

from .snapshot import OPEN, Snapshot, Task, show_interview, show_task

TYPES = (
    "interview_detected",
    "interview_moved",
    "interview_cancelled",
    "interview_ended",
    "outcome_requested",
    "outcome_recorded",
    "follow_up_created",
    "follow_up_due",
    "follow_up_overdue",
    "follow_up_completed",
    "follow_up_snoozed",
)
_LIVE = (InterviewStatus.CONFIRMED, InterviewStatus.TENTATIVE)
_ASKING = "ask_outcome"

Told = dict[str, dict[str, Any]]  # "interviews", "outcomes" and "tasks": key -> what was told
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Activity:
    """One thing that happened."""

    type: str
    data: Mapping[str, Any]


def news(before: Told | None, now: Snapshot) -> tuple[tuple[Activity, ...], Told]:
    """Return what happened since `before`, and what is told by now."""
    after: Told = {
        "interviews": {one.key: _interview_told(one, now) for one in now.seen.interviews if one.answer is Answer.YES},
        "outcomes": {one.key: one.outcome.value for one in now.seen.applications if one.outcome},
        "tasks": {one.key: _task_told(one, now) for one in now.tasks},
    }
    if before is None:
        return (), after
    happened = [
        *_interviews(before["interviews"], now),
        *_outcomes(before["outcomes"], now),
        *_tasks(before["tasks"], now),
    ]
    return tuple(happened), after


def _interview_told(one: Interview, now: Snapshot) -> dict[str, Any]:
    over = one.status in _LIVE and one.ends_at <= now.at
    return {"start": one.starts_at.isoformat(), "live": one.status in _LIVE, "over": over}


def _task_told(one: Task, now: Snapshot) -> dict[str, Any]:
    view = one.view
    return {
        "state": "open" if view.state in OPEN else view.state,
        "due": view.due_at.isoformat() if view.due_at else "",
        "ring": one.ring_at.isoformat() if one.ring_at else "",
        "rang": one.is_open and one.ring_at is not None and one.ring_at <= now.at,
        "late": one.is_open and view.due_at is not None and view.due_at <= now.at,
    }


def _interviews(before: Mapping[str, Any], now: Snapshot) -> Iterator[Activity]:
    for one in now.seen.interviews:
        if one.answer is not Answer.YES:
            continue
        told, is_now = _known(before, one.keys), _interview_told(one, now)
        data = show_interview(one, now.seen.thought.application_of(one.key))
        if told is None:
            if is_now["live"]:
                yield Activity("interview_detected", data)
        elif told["live"] and not is_now["live"]:
            yield Activity("interview_cancelled", data)
        elif told["start"] != is_now["start"] and is_now["live"]:
            yield Activity("interview_moved", {**data, "from": told["start"]})
        if is_now["over"] and not (told and told["over"]):
            yield Activity("interview_ended", data)


def _outcomes(before: Mapping[str, Any], now: Snapshot) -> Iterator[Activity]:
    for one in now.seen.applications:
        if one.outcome and _known(before, one.keys) != one.outcome.value:
            data = {
                "key": one.key,
                "company": one.company or None,
                "role": one.role or None,
                "outcome": one.outcome.value,
            }
            yield Activity("outcome_recorded", data)


def _tasks(before: Mapping[str, Any], now: Snapshot) -> Iterator[Activity]:
    for one in now.tasks:
        told, is_now, data = before.get(one.key), _task_told(one, now), show_task(one)
        if told is None:
            if one.is_open:
                yield Activity("follow_up_created", data)
                if one.view.step == _ASKING:
                    yield Activity("outcome_requested", data)
        elif told["state"] == "open" and is_now["state"] == "done":
            yield Activity("follow_up_completed", data)
        elif one.is_open and (told["due"], told["ring"]) != (is_now["due"], is_now["ring"]):
            yield Activity("follow_up_snoozed", {**data, "from": told["due"] or None})
        if is_now["rang"] and not (told and told["rang"] and told["ring"] == is_now["ring"]):
            yield Activity("follow_up_due", data)
        if is_now["late"] and not (told and told["late"] and told["due"] == is_now["due"]):
            yield Activity("follow_up_overdue", data)


def _known(before: Mapping[str, T], keys: Sequence[str]) -> T | None:
    return next((before[key] for key in keys if key in before), None)
