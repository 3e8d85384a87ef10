"""`afterview mark`: correct what was taken for an interview, or was not."""

from typing import TYPE_CHECKING

import click

from .options import Command
from .output import output

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from afterview.sync.ledger import Ledger
    from afterview.sync.model import Fact

ANSWERS = {"interview": "yes", "not-interview": "no"}
WORDS = {"interview": "an interview", "not-interview": "no interview"}


@click.command(cls=Command)
@click.argument("key")
@click.argument("answer", type=click.Choice(list(ANSWERS)), required=False)
@click.option("--undo", is_flag=True, help="Take back what was said about the event, here or on the phone.")
def mark(key: str, answer: str | None, *, undo: bool) -> None:
    """Say whether an event is an interview of yours. KEY is from `afterview interviews --all`.

    What follows is done by the next pass. It counts for the whole series, and teaches: after two corrections the
    invitations of a sender are taken as you took the last ones.
    """
    from afterview.sync import deeds, finding
    from afterview.sync.errors import ConfigError
    from afterview.sync.model import Fact, FactKind

    from .wire import wiring

    if undo == bool(answer):
        raise ConfigError("Say either interview or not-interview, or --undo to take back what was said.")
    wired, out = wiring(), output()
    with wired.ledger() as ledger:
        seen = wired.overview(ledger)
        found = finding.interview(seen, key)
        keys = found.keys if found else (finding.event(ledger, key),)
        standing = {fact.subject: fact for fact in seen.history.corrections}
        now = wired.clock()
        if answer:
            new = deeds.verdict(seen, keys, ANSWERS[answer], now, "cli")
        else:
            said = [
                one
                for one in ledger.facts(FactKind.VERDICT)
                if one.subject in standing and _concerns(one, keys, ledger)
            ]
            new = [Fact(FactKind.UNDONE, str(one.id), now, "cli") for one in said]
        _record(ledger, keys, new)
    name = found.title if found else keys[0][:10]
    if out.json_wanted:
        out.json({"keys": list(keys), "answer": answer, "recorded": bool(new)})
    elif answer:
        out.say(f"{'Noted' if new else 'Already noted'}: {name} is {WORDS[answer]}.")
    else:
        out.say(f"Taken back: {name} is judged by itself again." if new else f"Nothing was said about {name}.")


def _concerns(said: "Fact", keys: "Sequence[str]", ledger: "Ledger") -> bool:
    """Tell whether something was said about one of these events, or about the series one of them belongs to."""
    events = [ledger.calendars.latest(key) for key in keys]
    return said.subject in keys or said.value.get("series", "-") in {one.uid for one in events if one}


def _record(ledger: "Ledger", keys: "Iterable[str]", facts: "list[Fact]") -> None:
    """Record facts, and let the events be read again, also where they were set aside unread."""
    from afterview.sync.engine.lessons import with_lesson
    from afterview.sync.model import FactKind

    with ledger.transaction():
        for fact in facts:
            ledger.record(with_lesson(ledger, fact) if fact.kind is FactKind.VERDICT else fact)
        for key in keys if facts else ():
            ledger.calendars.forget_etag(key)
