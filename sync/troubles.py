"""An account that has not worked for a day becomes a task in the list that does work, and goes when it is mended. Pure.

One task for each time an account is lost: the key is made of the account and of when it was lost, so a task that was
ticked or deleted does not come back, and the next loss is told anew.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from .identity import Context, block_mark, follow_up_key, short_hash
from .model import FollowUp, Standing
from .playbook import PlaybookSettings
from .wording import Words

STEP = "unreachable"
PATIENCE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Trouble:
    """An account that does not work: since its first pass that failed, and what was said last."""

    account: str
    since: datetime
    words: str


def trouble_tasks(
    troubles: Iterable[Trouble], known: Iterable[str], settings: PlaybookSettings, now: datetime
) -> tuple[tuple[FollowUp, ...], datetime | None]:
    """Return the tasks about accounts, those that are over withdrawn, and when the next one appears.

    `known` are the keys of tasks of this step that exist already.
    """
    found: list[FollowUp] = []
    coming: list[datetime] = []
    for trouble in troubles:
        task = _task(trouble, settings)
        if task.due_at <= now:
            found.append(task)
        else:
            coming.append(task.due_at)
    standing = {one.key for one in found}
    found += [_over(key, now) for key in known if key not in standing]
    return tuple(found), min(coming, default=None)


def _task(trouble: Trouble, settings: PlaybookSettings) -> FollowUp:
    words = Words.load(settings.language)
    lost = trouble.since.astimezone(settings.clock)
    title, block = words.notice(STEP, {"account": trouble.account, "since": words.when(lost), "reason": trouble.words})
    due_at = (trouble.since + PATIENCE).replace(second=0, microsecond=0) + timedelta(minutes=1)
    if settings.quiet.cover(due_at, settings.clock):
        due_at = settings.quiet.end_after(due_at, settings.clock)
    subject = (trouble.account, trouble.since.isoformat())
    context = Context(step=STEP, subject=short_hash("|".join(subject)), block=block_mark(block))
    return FollowUp(
        keys=(follow_up_key(STEP, *subject),),
        step=STEP,
        title=title,
        block=block,
        due_at=due_at,
        ring_at=due_at,
        context=context.written(),
    )


def _over(key: str, now: datetime) -> FollowUp:
    return FollowUp((key,), STEP, "", "", now, None, Standing.WITHDRAWN, "the account works again")
