"""The morning brief: the interviews of the day, what is to do, what waits for an answer. Nothing to say, no brief."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from ..history import lessons
from ..ledger import Ledger
from ..model import Answer, Interview, InterviewStatus
from ..playbook import Step
from ..playbook.spans import at_wall
from ..ports import Push, Urgency
from ..text import one_line
from ..view import Overview, TaskView, overview
from ..wording import Words
from .planned import ASKING
from .terms import RingTerms

SHOWN = 6  # tasks under one heading


def brief_push(ledger: Ledger, terms: RingTerms, now: datetime) -> Push | None:
    """Return the brief of the day, None when there is nothing to say."""
    return brief(overview(ledger, terms.playbook, now), terms, now)


def brief(seen: Overview, terms: RingTerms, now: datetime) -> Push | None:
    """Say what a day is about, given how everything stands."""
    words, zone = Words.load(terms.playbook.language), terms.playbook.clock
    today = now.astimezone(zone).date()
    day_ends = at_wall(today + timedelta(days=1), datetime.min.time(), zone)
    ahead = [one for one in seen.interviews if now <= one.starts_at < day_ends and _takes_place(one)]
    tasks = [one for one in seen.tasks if one.state in {"open", "wanted"} and _is_for(one, day_ends)]
    lines = [
        *(_interview(one, terms, words) for one in sorted(ahead, key=lambda one: one.starts_at)),
        *_list(words, "to_do", [one for one in tasks if one.step not in {*ASKING, Step.PREPARE.value}]),
        *_list(words, "waiting", [one for one in tasks if one.step in ASKING]),
    ]
    if not lines:
        return None
    if ahead and (advice := lessons(seen.history, seen.applications)):
        shown = advice[: terms.playbook.steps[Step.PREPARE.value].lessons]
        lines += [words.phrase("brief", "lessons"), *(words.lesson(one) for one in shown)]
    quiet = terms.playbook.quiet.cover(now, zone)
    return Push(words.phrase("brief", "title"), "\n".join(lines), urgency=Urgency.LOW if quiet else Urgency.NORMAL)


def _takes_place(interview: Interview) -> bool:
    off = interview.status in {InterviewStatus.CANCELLED, InterviewStatus.DECLINED}
    return interview.answer is Answer.YES and not off and not interview.all_day


def _is_for(task: TaskView, day_ends: datetime) -> bool:
    """Tell whether it is due or rings by the end of the day; what waits for an answer only once it has been asked."""
    moments = [one for one in (task.ring_at, None if task.step in ASKING else task.due_at) if one is not None]
    return any(one < day_ends for one in moments)


def _interview(one: Interview, terms: RingTerms, words: Words) -> str:
    values = {"time": f"{one.starts_at.astimezone(terms.playbook.clock):%H:%M}", "company": one.company}
    return words.phrase("brief", "interview", values)


def _list(words: Words, name: str, tasks: Sequence[TaskView]) -> Iterator[str]:
    if not tasks:
        return
    yield words.phrase("brief", name)
    for one in tasks[:SHOWN]:
        asked = words.phrase("push", "asked", {"company": one.company})
        yield f"- {asked if one.step == Step.ASK_OUTCOME else one_line(one.title)}"
    if len(tasks) > SHOWN:
        yield words.phrase("push", "more", {"count": str(len(tasks) - SHOWN)})
