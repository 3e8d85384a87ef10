"""The one place where base, remote and wanted meet. Pure: nothing is read, sent or remembered here.

`observe` turns what changed on the phone into facts. `decide` says what to write, by this table (first match wins):

    wanted          fact for it    task in the list      decision
    --------------  -------------  --------------------  -----------------------------------------------
    nothing         -              never called for      keep (an older ledger made it; we know no reason)
    nothing         -              open                  withdraw
    withdrawn       -              open                  withdraw
    any             completed      open                  update: done, alarm off
    any             by command     open                  withdraw      (dismissed with `afterview`, not on the phone)
    any             dismissed      any                   keep
    any             -              done                  keep
    wanted, filed   -              cancelled by us       update: open again
    wanted, filed   -              open                  update where a field that is ours differs, else keep
    wanted          completed      none                  nothing
    wanted          dismissed      none                  nothing
    wanted          -              none                  create
    filed           any            none                  nothing

To withdraw is to delete while the user has not touched the task, else to mark it CANCELLED, alarm off, words kept.
Fields: completion, due, ring and notes belong to the user once changed on the phone; title and block to us until then.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from .actions import Action, Create, Keep, Update, Withdraw
from .history import History
from .identity import Context, find_block, replace_block, short_hash, split_notes
from .model import About, Fact, FactKind, FollowUp, RemoteTask, Row, Standing, TaskFields, TaskStatus

T = TypeVar("T")


def observe(row: Row, remote: RemoteTask, now: datetime, source: str) -> tuple[Fact, ...]:
    """Return what the user did to a task since `row.base`, oldest meaning first: renamed, moved, noted, then ticked."""
    base, seen = row.base, remote.fields
    facts: list[Fact] = []
    if seen.title != base.title:
        facts.append(_fact(FactKind.RENAMED, row, now, source, title=seen.title))
    if moved := _moved(base, seen, now):
        facts.append(_fact(FactKind.SNOOZED, row, now, source, **moved))
    whole, words = split_notes(seen.notes, row.block, "")
    was_whole, before = split_notes(base.notes, row.block, "")
    if words != before or whole != was_whole:
        facts.append(_fact(FactKind.NOTED, row, now, source, note=words))
    if seen.status is not base.status:
        facts.append(_status_fact(row, seen, words, now, source))
    return tuple(facts)


def _status_fact(row: Row, seen: TaskFields, words: str, now: datetime, source: str) -> Fact:
    if seen.status is TaskStatus.DONE:
        at = min(seen.completed_at or now, now)
        return _fact(FactKind.COMPLETED, row, at, source, note=words)
    if seen.status is TaskStatus.CANCELLED:
        return _fact(FactKind.DISMISSED, row, now, source, how="cancelled")
    return _fact(FactKind.REOPENED, row, now, source)


def _moved(base: TaskFields, seen: TaskFields, now: datetime) -> dict[str, str]:
    """Return due and ring as the user wants them now, {} if the user moved neither.

    A moved due takes the ring along, so the phone rings at the new time: that is what moving a task is for. An alarm
    that is merely missing was dropped by a client, not by a person.
    """
    if seen.due_at != base.due_at:
        own_ring = seen.ring_at is not None and seen.ring_at != base.ring_at and not _carried_along(base, seen)
        ring = seen.ring_at if own_ring else seen.due_at
        return {"due": _iso(seen.due_at), "ring": _iso(ring)}
    if seen.snoozed_until and seen.snoozed_until != base.snoozed_until and seen.snoozed_until > now:
        return {"due": _iso(seen.due_at), "ring": _iso(seen.ring_at), "until": _iso(seen.snoozed_until)}
    if seen.ring_at is not None and base.ring_at is not None and seen.ring_at != base.ring_at:
        return {"due": _iso(seen.due_at), "ring": _iso(seen.ring_at)}
    return {}


def _carried_along(base: TaskFields, seen: TaskFields) -> bool:
    """Tell whether the alarm only moved because it is written relative to the due time."""
    if base.due_at is None or base.ring_at is None or seen.due_at is None or seen.ring_at is None:
        return False
    return seen.due_at - seen.ring_at == base.due_at - base.ring_at


def decide(
    follow_up: FollowUp | None, row: Row | None, history: History, now: datetime, late_ring_at: datetime
) -> Action | None:
    """Decide for one key, after the user's edits have become facts and `row.base` holds what the list holds.

    `late_ring_at`: when something rings whose ring time is past. None: there is nothing, and nothing is to be made.
    """
    if row is None:
        return _create(follow_up, history, now, late_ring_at) if follow_up else None
    if follow_up is None:
        return _withdraw(row, history, "no longer called for") if row.called_for else Keep(row.key)
    keys = (row.key, *follow_up.keys)
    if follow_up.standing is Standing.WITHDRAWN:
        return _withdraw(row, history, follow_up.reason)
    dismissed = first(history.dismissed, keys)
    if dismissed is not None:
        by_command = dismissed.value.get("how") == "command"
        return _withdraw(row, history, "dismissed") if by_command else Keep(row.key)
    completed = first(history.completed, keys)
    if row.base.status is TaskStatus.DONE or completed is not None:
        return _complete(row, completed)
    return _refresh(follow_up, row, history, now, late_ring_at)


def _create(follow_up: FollowUp, history: History, now: datetime, late_ring_at: datetime) -> Create | None:
    ended = first(history.completed, follow_up.keys) or first(history.dismissed, follow_up.keys)
    if ended is not None or follow_up.standing is not Standing.WANTED:
        return None
    noted = first(history.noted, follow_up.keys)
    words = noted.value.get("note", "") if noted else ""
    fields = replace(
        _wanted(follow_up, history, follow_up.keys, now, late_ring_at),
        notes=f"{follow_up.block}\n\n{words}" if words else follow_up.block,
    )
    return Create(follow_up.key, fields, follow_up)


def _refresh(follow_up: FollowUp, row: Row, history: History, now: datetime, late_ring_at: datetime) -> Update | Keep:
    has = row.base
    wanted = _wanted(follow_up, history, (row.key, *follow_up.keys), now, late_ring_at)
    again = has.status is TaskStatus.CANCELLED
    late = _is_past(_ring_asked_for(follow_up, history, (row.key, *follow_up.keys)), now)
    keep_ring = not again and wanted.due_at == has.due_at and (has.ring_at is None or late)
    wanted = replace(
        wanted,
        notes=replace_block(has.notes, row.block, follow_up.block),
        ring_at=has.ring_at if keep_ring else wanted.ring_at,
        snoozed_until=has.snoozed_until,
        completed_at=None,
    )
    same = replace(wanted, context=has.context, completed_at=has.completed_at) == has
    if same or row.asked == mark(wanted):
        return Keep(row.key)
    block = follow_up.block if wanted.notes != has.notes or row.block == follow_up.block else row.block
    return Update(row.key, wanted, block, about(follow_up), "called for again" if again else "changed")


def _is_past(ring_at: datetime | None, now: datetime) -> bool:
    return ring_at is not None and ring_at <= now


def _wanted(
    follow_up: FollowUp, history: History, keys: tuple[str, ...], now: datetime, late_ring_at: datetime
) -> TaskFields:
    renamed, snoozed = first(history.renamed, keys), first(history.snoozed, keys)
    ring_at = _ring_asked_for(follow_up, history, keys)
    return TaskFields(
        title=renamed.value.get("title", "") if renamed else follow_up.title,
        due_at=(_instant(snoozed.value.get("due")) if snoozed else None) or follow_up.due_at,
        ring_at=late_ring_at if _is_past(ring_at, now) else ring_at,
        context=follow_up.context,
    )


def _ring_asked_for(follow_up: FollowUp, history: History, keys: tuple[str, ...]) -> datetime | None:
    snoozed = first(history.snoozed, keys)
    return _instant(snoozed.value.get("ring")) if snoozed else follow_up.ring_at


def _complete(row: Row, completed: Fact | None) -> Update | Keep:
    if row.base.status is TaskStatus.DONE or completed is None:
        return Keep(row.key)
    fields = replace(row.base, status=TaskStatus.DONE, completed_at=completed.at, ring_at=None)
    return Update(row.key, fields, row.block, row.about, "done")


def _withdraw(row: Row, history: History, reason: str) -> Withdraw | Update | Keep:
    if row.base.status is not TaskStatus.OPEN:
        return Keep(row.key)
    if not touched(row, history):
        return Withdraw(row.key, reason)
    fields = replace(row.base, status=TaskStatus.CANCELLED, ring_at=None)
    return Update(row.key, fields, row.block, row.about, reason)


def touched(row: Row, history: History) -> bool:
    """Tell whether the user has put anything of their own into a task."""
    whole, words = split_notes(row.base.notes, row.block, "")
    edited = any(row.key in facts for facts in (history.renamed, history.snoozed, history.noted))
    return edited or bool(words) or (bool(row.block) and not whole)


def adopt(remote: RemoteTask, follow_up: FollowUp | None, account: str, task_list: str) -> Row:
    """Make the row of a task that carries our identity and that this ledger does not know.

    Its base is what we would have written, so that whatever differs counts as the user's edit and is kept. The alarm is
    taken as it is: it may have been moved by us because it came late.
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
        called_for=follow_up is not None,
    )


def _known_block(notes: str, context: Context | None, follow_up: FollowUp | None) -> str:
    """Find our own text inside the notes: as we would write it now, else by the mark that was left with it."""
    if follow_up is not None and split_notes(notes, follow_up.block, "")[0]:
        return follow_up.block
    return find_block(notes, context.block) if context else ""


def _about_context(context: Context | None) -> About:
    return About(context.step, context.interview, context.application) if context else About()


def about(follow_up: FollowUp) -> About:
    """Return whom a follow-up concerns, for its row."""
    return About(follow_up.step, follow_up.interview, follow_up.application, follow_up.company, follow_up.person)


def after_lost_answer(row: Row, sent: TaskFields, seen: TaskFields) -> Row:
    """Return the row with each field that arrived as sent counted as agreed, so that it is not mistaken for an edit."""
    names = ("title", "notes", "due_at", "ring_at", "status", "completed_at", "context")
    arrived = {name: getattr(sent, name) for name in names if getattr(sent, name) == getattr(seen, name)}
    return replace(row, base=replace(row.base, **arrived))


def mark(fields: TaskFields) -> str:
    """Return a mark of what is asked of a server: the same for the same title, notes, times and status."""
    return short_hash(
        "\0".join((fields.title, fields.notes, _iso(fields.due_at), _iso(fields.ring_at), fields.status.value))
    )


def first(facts: Mapping[str, T], keys: tuple[str, ...]) -> T | None:
    """Return what is kept under any of the keys."""
    return next((facts[key] for key in keys if key in facts), None)


def _fact(kind: FactKind, row: Row, at: datetime, source: str, **value: str) -> Fact:
    who = row.about
    known = {"step": who.step, "interview": who.interview, "application": who.application, "company": who.company}
    if who.person is not None:
        known |= {"person": who.person.name, "email": who.person.email}
    return Fact(kind, row.key, at, source, {name: item for name, item in (known | value).items() if item})


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
