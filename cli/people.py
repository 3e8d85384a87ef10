"""`afterview people`: whom you met, what is known of them, and what only you can tell: who is whom."""

from typing import TYPE_CHECKING

import click

from .options import Command, Group
from .output import output

if TYPE_CHECKING:
    from afterview.sync.model import Contact
    from afterview.sync.proposals import Proposal

    from .wire import Wiring

EDITABLE = ("name", "title", "email", "phone", "company")
CONTACT = {True: "no", False: "yes", None: ""}


@click.group(cls=Group, invoke_without_command=True)
@click.pass_context
def people(context: click.Context) -> None:
    """Whom you met, and who is whom. Without a command: the list, and what is to be confirmed."""
    if context.invoked_subcommand is None:
        _list()


@people.command("list", cls=Command)
def list_() -> None:
    """List everybody, and ask who may be whom."""
    _list()


def _list() -> None:
    from . import directory

    wired, out = _wired(), output()
    with wired.ledger() as ledger:
        known = directory.of(wired, ledger)
    if out.json_wanted:
        out.json(
            {
                "people": [directory.person_shape(known, one) for one in known.people],
                "questions": [directory.question_shape(one) for one in known.questions],
            }
        )
        return
    out.table(
        ("name", "company", "e-mail", "stands", "kept in", "key"),
        [
            (
                one.called,
                ", ".join(one.companies),
                ", ".join(one.emails),
                directory.standing(one),
                ", ".join(f"{link.account}{directory.link_remark(link)}" for link in known.links_of(one)),
                one.key[:10],
            )
            for one in known.people
        ],
        drop=("key", "kept in", "stands"),
        wrap="company",
        empty="Nobody is known yet; `afterview sync` reads your calendars.",
    )
    for question in known.questions:
        out.say(f"\n{question.id}  {directory.asked(question)}")
    if known.questions:
        out.say("\nAnswer with: afterview people confirm ID, or: afterview people refuse ID")


@people.command(cls=Command)
@click.argument("whom", metavar="PERSON")
def show(whom: str) -> None:
    """Show all that is known of somebody."""
    from . import directory

    wired, out = _wired(), output()
    with wired.ledger() as ledger:
        known = directory.of(wired, ledger)
        one = known.person(whom)
        shape = directory.person_shape(known, one) | {"lessons": known.lessons_of(one)}
    if out.json_wanted:
        out.json(shape)
        return
    out.heading(one.called)
    for title, values in (
        ("Title", [one.title]),
        ("Companies", one.companies),
        ("E-mail", one.emails),
        ("Phone", one.phones),
        ("Applications", [f"{app.company or app.key[:10]}: {directory.word(app)}" for app in one.applications]),
        ("Advice", shape["lessons"]),
        ("Kept in", [f"{link.account}{directory.link_remark(link)}" for link in known.links_of(one)]),
        ("Key", [one.key]),
    ):
        if filled := [value for value in values if value]:
            out.say(f"{title}: {'; '.join(filled)}")


@people.command(cls=Command)
@click.argument("whom", metavar="PERSON")
@click.option("--name", metavar="TEXT", help="What the person is called.")
@click.option("--title", metavar="TEXT", help="What the person is at work.")
@click.option("--email", metavar="ADDRESS", help="A further address.")
@click.option("--phone", metavar="NUMBER", help="A number to call.")
@click.option("--company", metavar="COMPANY", help="Where the person works now.")
@click.option("--do-not-contact/--contact-again", default=None, help="Whether follow-ups may go to this person.")
def edit(whom: str, *, do_not_contact: bool | None, **given: str | None) -> None:
    """Say what you know better. It goes where people are kept, if nothing else stands there."""
    from afterview.sync.model import Fact, FactKind

    value = {name: text.strip() for name in EDITABLE if (text := given.get(name)) and text.strip()}
    value |= {"contact": word} if (word := CONTACT[do_not_contact]) else {}
    if not value:
        raise click.UsageError(
            f"Say what to change: {', '.join(f'--{name}' for name in (*EDITABLE, 'do-not-contact'))}"
        )
    from . import directory

    wired = _wired()
    with wired.ledger() as ledger:
        known = directory.of(wired, ledger)
        one = known.person(whom)
        facts = [Fact(FactKind.PERSON, one.key, wired.clock(), "cli", value)]
        if do_not_contact is False:  # said under another name or address of theirs, it would stand there still
            stopped = [key for key in one.keys[1:] if known.history.edits.get(key, {}).get("contact") == CONTACT[True]]
            facts += [Fact(FactKind.PERSON, key, wired.clock(), "cli", {"contact": word}) for key in stopped]
        ledger.record(*facts)
    _say(one, recorded=True)


@people.command(cls=Command)
@click.argument("whom", metavar="PERSON")
@click.argument("into", metavar="PERSON")
def merge(whom: str, into: str) -> None:
    """Two are one person: the first is from now on the second."""
    from afterview.sync.model import Fact, FactKind

    from . import directory

    wired = _wired()
    with wired.ledger() as ledger:
        known = directory.of(wired, ledger)
        one, other = known.person(whom), known.person(into)
        facts = [Fact(FactKind.SAME, one.key, wired.clock(), "cli", {"as": other.key})] if one.key != other.key else []
        ledger.record(*facts)
    _say(one, recorded=bool(facts))


@people.command(cls=Command)
@click.argument("whom", metavar="PERSON")
def split(whom: str) -> None:
    """Take back that somebody is another one too, and that a card is theirs."""
    from afterview.sync.errors import ConfigError
    from afterview.sync.people import pair_of, standing_pairs

    from . import directory

    wired = _wired()
    with wired.ledger() as ledger:
        known = directory.of(wired, ledger)
        one = known.person(whom)
        facts = [
            directory.parted(fact, wired.clock())
            for fact in known.history.same
            if fact.subject in one.keys and standing_pairs(known.history)[pair_of(fact)]
        ]
        if not facts:
            raise ConfigError(f"{one.called} was not merged with anybody; nothing was taken back.")
        ledger.record(*facts)
    _say(one, recorded=True)


@people.command(cls=Command)
@click.argument("question", metavar="ID")
def confirm(question: str) -> None:
    """Say yes to a question that the list asks: it is the same person."""
    _answer(question, yes=True)


@people.command(cls=Command)
@click.argument("question", metavar="ID")
def refuse(question: str) -> None:
    """Say no to a question that the list asks: it is somebody else."""
    _answer(question, yes=False)


@people.command(cls=Command)
@click.argument("whom", metavar="PERSON")
@click.argument("account_id", metavar="ACCOUNT")
@click.argument("card", metavar="CARD")
def link(whom: str, account_id: str, card: str) -> None:
    """Say which card in an address book is somebody's: by its name, an address in it, or its id."""
    from afterview.sync.model import Fact, FactKind

    from . import directory

    wired = _wired()
    wired.config.account(account_id)
    with wired.ledger() as ledger:
        known = directory.of(wired, ledger)
        one, found = known.person(whom), known.card(account_id, card)
        said = {"record": f"{account_id} {found.remote_id}"}
        ledger.record(Fact(FactKind.SAME, one.key, wired.clock(), "cli", said))
    _say(one, recorded=True)


def _answer(wanted: str, *, yes: bool) -> None:
    from afterview.sync.errors import ConfigError

    from . import directory

    wired = _wired()
    with wired.ledger() as ledger:
        known = directory.of(wired, ledger)
        found: list[Proposal] = [one for one in known.questions if wanted and one.id.startswith(wanted.lower())]
        if len(found) != 1:
            raise ConfigError(f'There is no question "{wanted[:20]}"; `afterview people` lists them.')
        ledger.record(found[0].answered(wired.clock(), "cli", yes=yes))
    _say(found[0].contact, recorded=True)


def _say(one: "Contact", *, recorded: bool) -> None:
    out = output()
    if out.json_wanted:
        out.json({"person": one.called, "key": one.key, "recorded": recorded})
    else:
        out.say(f"{'Noted' if recorded else 'Already so'}: {one.called}.")


def _wired() -> "Wiring":
    from .wire import wiring

    return wiring()
