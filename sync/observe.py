"""What the phone did: tasks as they stand in the list, turned into facts. Pure; the counterpart of `compare`.

A field differs from `base` for one of three reasons. The user changed it: a fact. It is what this ledger wants by now:
another machine of the user's wrote it, and it is agreed. Or a client rewrote it without meaning anything by it (an
alarm dropped, line ends changed): nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from .compare import TAKEN_AWAY, Wanted, about, first
from .days import Days
from .history import History
from .identity import Context, find_block, split_notes
from .model import About, Fact, FactKind, FollowUp, RemoteTask, Row, Standing, TaskFields, TaskStatus

# steps that stand on facts, which another ledger may know and this one not; the others stand on what calendars show
FROM_FACTS = frozenset({"feedback", "check_in", "thank_advice", "paid_off", "prepare"})


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a task: `row` as last agreed, `seen` as it is now, and what this ledger wants of it, if anything.

    `days` is there where the list keeps dates only.
    """

    row: Row
    seen: TaskFields
    now: datetime
    source: str
    wanted: Wanted | None = None
    days: Days | None = None

    def fact(self, kind: FactKind, value: Mapping[str, str], *, subject: str = "", at: datetime | None = None) -> Fact:
        """Make a fact that says for itself whom it concerns."""
        who = self.row.about
        known = {
            "step": who.step,
            "interview": who.interview,
            "application": who.application,
            "company": who.company,
            "person": who.person.name if who.person else "",
            "email": who.person.email if who.person else "",
        }
        told = {name: item for name, item in {**known, **value}.items() if item}
        return Fact(kind, subject or self.row.key, at or self.now, self.source, told)


def observe(
    row: Row,
    remote: RemoteTask,
    now: datetime,
    source: str,
    follow_up: FollowUp | None = None,
    history: History | None = None,
    days: Days | None = None,
) -> tuple[Fact, ...]:
    """Return what the user did to a task since `row.base`, oldest meaning first: renamed, moved, noted, then ticked."""
    wanted = Wanted(follow_up, history or History(), row) if follow_up else None
    look = Look(row, remote.fields, now, source, wanted, days)
    base, seen = row.base, remote.fields
    facts: list[Fact] = []
    if seen.title not in {base.title, wanted.title if wanted else base.title}:
        facts.append(look.fact(FactKind.RENAMED, {"title": seen.title}))
    if moved := _moved(look):
        facts.append(look.fact(FactKind.SNOOZED, moved))
    whole, words = split_notes(seen.notes, own_block(row, seen), "")
    was_whole, before = split_notes(base.notes, row.block, "")
    noted = first(wanted.history.noted, wanted.keys) if wanted else None
    agreed = noted is not None and noted.value.get("note", "") == words and whole
    if (words != before or whole != was_whole) and not agreed:
        facts.append(look.fact(FactKind.NOTED, {"note": words}))
    if seen.status is not base.status:
        facts += _status_facts(look, words, history or History())
    return tuple(facts)


def own_block(row: Row, seen: TaskFields) -> str:
    """Return our text as it stands in the notes: as we last wrote it, else as another machine of the user's did."""
    if split_notes(seen.notes, row.block, "")[0]:
        return row.block
    context = Context.read(seen.context)
    return (find_block(seen.notes, context.block) if context else "") or row.block


def _status_facts(look: Look, words: str, history: History) -> Iterator[Fact]:
    """Yield what became of it, unless that is known: a task may be met again after its row was lost."""
    keys = look.wanted.keys if look.wanted else (look.row.key,)
    by_us = look.row.base.status is TaskStatus.CANCELLED and first(history.dismissed, keys) is None
    was = "withdrawn" if by_us else ""
    if look.seen.status is TaskStatus.DONE:
        if first(history.completed, keys):
            return
        at = min(look.seen.completed_at or look.now, look.now)
        yield look.fact(FactKind.COMPLETED, {"note": words, "was": was}, at=at)
    elif look.seen.status is TaskStatus.CANCELLED:
        if first(history.dismissed, keys) is None:
            yield look.fact(FactKind.DISMISSED, {"how": "cancelled"})
    else:
        not_wanted = look.wanted is None or look.wanted.follow_up.standing is Standing.WITHDRAWN
        yield look.fact(FactKind.REOPENED, {"was": was if not_wanted else ""})
        for key in keys[1:]:
            if key in history.completed or key in history.dismissed:
                yield look.fact(FactKind.REOPENED, {}, subject=key)


def _moved(look: Look) -> dict[str, str]:
    """Return due and ring as the user wants them now, {} if the user moved neither.

    A moved due takes the ring along, so the phone rings at the new time: that is what moving a task is for. An alarm
    that is merely missing was dropped by a client, not by a person. Who moves the ring alone leaves the due time to us.
    """
    if look.seen.due_at == look.row.base.due_at:
        return _ring_moved(look)
    if look.wanted is not None and look.seen.due_at == look.wanted.due_at:
        return {}  # written by another machine, and the ring with it
    return _due_moved(look) if look.days is None else _day_moved(look, look.days)


def _due_moved(look: Look) -> dict[str, str]:
    base, seen = look.row.base, look.seen
    own_ring = seen.ring_at is not None and seen.ring_at != base.ring_at and not _carried_along(base, seen)
    ring = seen.ring_at if own_ring or seen.due_at is None else seen.due_at
    return {"due": _said(seen.due_at), "ring": _said(ring)}


def _day_moved(look: Look, days: Days) -> dict[str, str]:
    """Return the day to which a task was moved, and the ring on that day at its usual time; a ring taken away stays so."""
    seen, ring = look.seen, _snoozed(look)
    if ring is None and seen.due_at is not None and look.row.base.ring_at is not None:
        ring = days.on(seen.due_at, seen.ring_at or look.row.base.ring_at)
    return {"due": _said(seen.due_at), **({"ring": _said(ring)} if ring or seen.due_at is None else {})}


def _ring_moved(look: Look) -> dict[str, str]:
    base, seen, wanted = look.row.base, look.seen, look.wanted
    earlier = first(wanted.history.snoozed, wanted.keys) if wanted else None
    due = {"due": earlier.value.get("due", "")} if earlier else {}
    if until := _snoozed(look):
        if look.days is not None and seen.due_at is not None and look.days.start(until) > seen.due_at:
            return {"due": _said(look.days.start(until)), "ring": _said(until)}  # nothing rings after its last day
        return {**due, "ring": _said(seen.ring_at), "until": _said(until)}
    known = {base.ring_at, wanted.ring_at if wanted else None}
    if seen.ring_at is None or base.ring_at is None or seen.ring_at in known:
        return {}
    return {**due, "ring": _said(seen.ring_at)}


def _snoozed(look: Look) -> datetime | None:
    """Return until when the user has put a ring off since the last look, None if not at all."""
    until = look.seen.snoozed_until
    return until if until and until != look.row.base.snoozed_until and until > look.now else None


def _said(moment: datetime | None) -> str:
    return moment.isoformat() if moment else TAKEN_AWAY


def _carried_along(base: TaskFields, seen: TaskFields) -> bool:
    """Tell whether the alarm only moved because it is written relative to the due time."""
    if base.due_at is None or base.ring_at is None or seen.due_at is None or seen.ring_at is None:
        return False
    return seen.due_at - seen.ring_at == base.due_at - base.ring_at


def deleted(row: Row, now: datetime, source: str) -> Fact:
    """Return the fact that the user deleted a task."""
    return Look(row, row.base, now, source).fact(FactKind.DISMISSED, {"how": "deleted"})


def differences(row: Row, kept: RemoteTask, lost: RemoteTask, now: datetime, source: str) -> tuple[Fact, ...]:
    """Return what one of two copies said that goes, where nobody can tell which of them the user wrote."""
    look = Look(row, kept.fields, now, source)
    pairs = {
        "title": (kept.fields.title, lost.fields.title),
        "note": (kept.fields.notes, lost.fields.notes),
        "due": (_said(kept.fields.due_at), _said(lost.fields.due_at)),
    }
    return tuple(
        look.fact(FactKind.CONFLICT, {"field": name, "kept": mine, "lost": other})
        for name, (mine, other) in pairs.items()
        if mine != other
    )


def adopt(remote: RemoteTask, follow_up: FollowUp | None, account: str, task_list: str) -> Row:
    """Make the row of a task that carries our identity and that this ledger does not know.

    Its base is what we would have written, so that whatever differs counts as the user's edit and is kept. The alarm is
    taken as it is: it may have been moved by us because it came late. A step that stands on facts is not taken away for
    lack of them: another machine may know what this one does not.
    """
    seen = remote.fields
    context = Context.read(seen.context)
    base = replace(seen, status=TaskStatus.OPEN, completed_at=None, snoozed_until=None)
    block = _known_block(seen.notes, context, follow_up)
    if follow_up is not None:
        base = replace(base, title=follow_up.title, due_at=follow_up.due_at)
    if block:
        base = replace(base, notes=block)
    return Row(
        key=remote.key,
        account=account,
        list=task_list,
        remote_id=remote.remote_id,
        base=base,
        etag=remote.etag,
        block=block,
        about=about(follow_up) if follow_up else _about_context(context),
        called_for=follow_up is not None and is_called_for(follow_up),
    )


def is_called_for(follow_up: FollowUp) -> bool:
    """Tell whether this ledger can answer for a task of such a follow-up."""
    return follow_up.standing is not Standing.WITHDRAWN or follow_up.step not in FROM_FACTS


def _known_block(notes: str, context: Context | None, follow_up: FollowUp | None) -> str:
    """Return our own text in the notes: as we would write it now, else by the mark that was left with it."""
    if follow_up is not None and split_notes(notes, follow_up.block, "")[0]:
        return follow_up.block
    known = find_block(notes, context.block) if context else ""
    return known or (follow_up.block if follow_up else "")  # the latter is not there: the user changed it


def _about_context(context: Context | None) -> About:
    return About(context.step, context.interview, context.application) if context else About()


def after_lost_answer(row: Row, sent: TaskFields, block: str, seen: TaskFields) -> Row:
    """Return the row as if the answer had come, if the write arrived: what differs from it then is the user's edit.

    A write arrives whole or not at all, so any one of its changes tells.
    """
    names = ("title", "notes", "due_at", "ring_at", "status")
    told = [name for name in names if getattr(sent, name) != getattr(row.base, name)]
    with_block = block != row.block and split_notes(seen.notes, block, "")[0]
    if told and not with_block and all(getattr(seen, name) != getattr(sent, name) for name in told):
        return row
    return replace(row, base=replace(sent, snoozed_until=row.base.snoozed_until), block=block)
