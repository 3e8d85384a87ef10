"""`afterview mark`: correct what was taken for an interview, or was not."""

import click

from .options import Command
from .output import output

ANSWERS = {"interview": "yes", "not-interview": "no"}


@click.command(cls=Command)
@click.argument("key")
@click.argument("answer", type=click.Choice(list(ANSWERS)))
def mark(key: str, answer: str) -> None:
    """Say whether an event is an interview of yours. KEY is from `afterview interviews --all`.

    What follows is done by the next pass. Marking it the other way takes it back.
    """
    from afterview.sync.model import Fact, FactKind

    from . import finding
    from .wire import wiring

    wired, out = wiring(), output()
    with wired.ledger() as ledger:
        seen = wired.overview(ledger)
        found = finding.interview(seen, key)
        keys = found.keys if found else (finding.event(ledger, key),)
        now = wired.clock()
        facts = [Fact(FactKind.VERDICT, one, now, "cli", {"answer": ANSWERS[answer]}) for one in keys]
        standing = seen.history.verdicts
        new = [fact for fact in facts if standing.get(fact.subject) != ANSWERS[answer]]
        with ledger.transaction():
            ledger.record(*new)
            for fact in new:
                ledger.calendars.forget_etag(fact.subject)  # also where it was set aside unread
    if out.json_wanted:
        out.json({"keys": list(keys), "answer": answer, "recorded": bool(new)})
    else:
        out.say(f"{'Noted' if new else 'Already noted'}: {found.title if found else keys[0][:10]} is {_words(answer)}.")


def _words(answer: str) -> str:
    return "an interview" if answer == "interview" else "no interview"
