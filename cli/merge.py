"""`afterview merge`: two names are one company."""

import click

from .options import Command
from .output import output


@click.command(cls=Command)
@click.argument("company")
@click.argument("into")
@click.option("--undo", is_flag=True, help="Take the merge back.")
def merge(company: str, into: str, *, undo: bool) -> None:
    """Treat COMPANY as INTO from now on: one application, one set of follow-ups."""
    from afterview.sync import finding
    from afterview.sync.applications import under
    from afterview.sync.errors import ConfigError
    from afterview.sync.identity import plain
    from afterview.sync.model import Fact, FactKind

    from .wire import wiring

    wired, out = wiring(), output()
    now = wired.clock()
    with wired.ledger() as ledger:
        seen = wired.overview(ledger)
        merged = seen.history.merged
        stands = plain(under(company, merged)) == plain(under(into, merged))
        if undo:
            facts = [
                Fact(FactKind.UNDONE, str(fact.id), now, "cli")
                for fact in ledger.facts()
                if fact.kind is FactKind.MERGED
                and plain(fact.subject) == plain(company)
                and merged.get(plain(company)) == fact.value.get("into")
            ]
            if not facts:
                raise ConfigError(f"{company} is not merged into another company; nothing was taken back.")
        else:
            one, other = finding.application(seen, company), finding.application(seen, into)
            name = one.company or company
            facts = [] if stands else [Fact(FactKind.MERGED, name, now, "cli", {"into": other.company or into})]
        ledger.record(*facts)
    if out.json_wanted:
        out.json({"company": company, "into": None if undo else into, "recorded": bool(facts)})
    else:
        out.say(f"{company} stands for itself again." if undo else f"{company} is now {into}.")
