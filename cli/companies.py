"""`afterview companies` and `applications`: where you applied, with whom, and how it stands."""

from typing import TYPE_CHECKING, Any

import click

from .options import Command, Group
from .output import output

if TYPE_CHECKING:
    from afterview.sync.ledger import Ledger
    from afterview.sync.model import Application, RecordKind

    from .directory import Directory


@click.group(cls=Group, invoke_without_command=True)
@click.pass_context
def companies(context: click.Context) -> None:
    """Where you applied, and whom you know there. `afterview merge` joins two names of one company."""
    if context.invoked_subcommand is None:
        _companies()


@companies.command("list", cls=Command)
def list_companies() -> None:
    """List the companies."""
    _companies()


@companies.command("show", cls=Command)
@click.argument("company")
def show_company(company: str) -> None:
    """Show one company: the names it goes by, its people and applications."""
    from afterview.sync.finding import application

    known = _known()
    name = application(known.seen, company).company or company
    shape = next(one for one in _shapes(known) if one["company"] == name)
    out = output()
    if out.json_wanted:
        out.json(shape)
        return
    out.heading(name)
    out.say(f"Names: {'; '.join(shape['names'])}")
    out.say(f"People: {'; '.join(one['name'] or one['emails'][0] for one in shape['people'])}")
    for one in shape["applications"]:
        out.say(f"Application {one['key'][:10]}: {one['role'] or 'role not known'}, {one['outcome'] or 'open'}")


def _companies() -> None:
    out, shapes = output(), _shapes(_known())
    if out.json_wanted:
        out.json(shapes)
        return
    out.table(
        ("company", "people", "applications", "stands"),
        [
            (
                one["company"],
                ", ".join(who["name"] or who["emails"][0] for who in one["people"]),
                len(one["applications"]),
                one["applications"][-1]["outcome"] or "open",
            )
            for one in shapes
        ],
        drop=("applications",),
        wrap="people",
        empty="No company is known yet; `afterview sync` reads your calendars.",
    )


def _shapes(known: "Directory") -> list[dict[str, Any]]:
    from afterview.sync.meetings import company_name

    by_name: dict[str, list[Application]] = {}
    for one in known.seen.applications:
        if one.company:
            by_name.setdefault(company_name(one.company), []).append(one)
    return [
        {
            "company": mine[-1].company,
            "names": sorted({name for one in mine for name in (one.company, *one.names) if name}),
            "people": [
                {"key": who.key, "name": who.name or None, "emails": list(who.emails)}
                for who in known.people
                if {one.key for one in who.applications} & {one.key for one in mine}
            ],
            "applications": [_shape(known, one) for one in mine],
        }
        for _, mine in sorted(by_name.items())
    ]


@click.group(cls=Group, invoke_without_command=True)
@click.pass_context
def applications(context: click.Context) -> None:
    """Where you applied: rounds, people, and how each stands. `afterview outcome` records what became of one."""
    if context.invoked_subcommand is None:
        _applications()


@applications.command("list", cls=Command)
def list_applications() -> None:
    """List the applications."""
    _applications()


@applications.command("show", cls=Command)
@click.argument("company", metavar="COMPANY|KEY")
def show_application(company: str) -> None:
    """Show one application: its rounds and its people."""
    from afterview.sync.finding import application

    from .times import local
    from .wire import wiring

    known = _known()
    one = application(known.seen, company)
    out = output()
    if out.json_wanted:
        out.json(_shape(known, one))
        return
    wired = wiring()
    out.heading(", ".join(part for part in (one.company, one.role) if part) or one.key)
    out.say(f"Stands: {one.outcome.value if one.outcome else 'open'}")
    for part in one.rounds:
        when = local(part.starts_at, wired.config.me.time_zone, wired.clock())
        out.say(f"Round: {when}, {part.stage.replace('_', ' ')}, {part.status.value}")
    for who in known.people:
        if one.key in {own.key for own in who.applications}:
            out.say(f"With: {who.called}{f' ({who.emails[0]})' if who.emails and who.name else ''}")


@applications.command("edit", cls=Command)
@click.argument("company", metavar="COMPANY|KEY")
@click.option("--role", metavar="TEXT", required=True, help="What you applied for.")
def edit_application(company: str, role: str) -> None:
    """Say what you know better of an application."""
    from afterview.sync.errors import ConfigError
    from afterview.sync.finding import application
    from afterview.sync.model import Fact, FactKind

    from .wire import wiring

    wired, out = wiring(), output()
    if not role.strip():
        raise ConfigError("The role is empty; say what you applied for with --role.")
    with wired.ledger() as ledger:
        one = application(wired.overview(ledger), company)
        ledger.record(Fact(FactKind.APPLICATION, one.key, wired.clock(), "cli", {"role": role.strip()}))
    if out.json_wanted:
        out.json({"application": one.key, "role": role.strip(), "recorded": True})
    else:
        out.say(f"Noted: {one.company or one.key[:10]}, {role.strip()}.")


@applications.command("link", cls=Command)
@click.argument("company", metavar="COMPANY|KEY")
@click.argument("account_id", metavar="ACCOUNT")
@click.argument("deal", metavar="DEAL")
@click.option("--undo", is_flag=True, help="It is not this one.")
def link_application(company: str, account_id: str, deal: str, *, undo: bool) -> None:
    """Say which deal in a CRM an application is, by the deal's name or id."""
    from afterview.sync.finding import application
    from afterview.sync.model import RecordKind

    from .wire import wiring

    with wiring().ledger() as ledger:
        one = application(wiring().overview(ledger), company)
        _link(ledger, RecordKind.APPLICATION, one.key, (account_id, deal), undo=undo)
    _say(one.company or one.key[:10])


@companies.command("link", cls=Command)
@click.argument("company")
@click.argument("account_id", metavar="ACCOUNT")
@click.argument("record", metavar="RECORD")
@click.option("--undo", is_flag=True, help="It is not this one.")
def link_company(company: str, account_id: str, record: str, *, undo: bool) -> None:
    """Say which company in a CRM a company is, by its name there or its id."""
    from afterview.sync.finding import application
    from afterview.sync.identity import company_key
    from afterview.sync.meetings import company_name
    from afterview.sync.model import RecordKind

    from .wire import wiring

    with wiring().ledger() as ledger:
        name = application(wiring().overview(ledger), company).company or company
        _link(ledger, RecordKind.COMPANY, company_key(company_name(name)), (account_id, record), undo=undo)
    _say(name)


def _link(ledger: "Ledger", kind: "RecordKind", key: str, where: tuple[str, str], *, undo: bool) -> None:
    from afterview.sync.model import Fact, FactKind

    from .directory import the_one
    from .wire import wiring

    account_id, wanted = where
    wired = wiring()
    wired.config.account(account_id)
    what = "deal" if kind == "application" else "company"
    found = the_one(ledger.records.every(kind).get(account_id, {}), account_id, wanted, what)
    said = FactKind.DIFFERENT if undo else FactKind.SAME
    ledger.record(Fact(said, key, wired.clock(), "cli", {"record": f"{account_id} {found.remote_id}"}))


def _say(name: str) -> None:
    out = output()
    if out.json_wanted:
        out.json({"name": name, "recorded": True})
    else:
        out.say(f"Noted: {name}.")


def _applications() -> None:
    out, known = output(), _known()
    shapes = [_shape(known, one) for one in known.seen.applications]
    if out.json_wanted:
        out.json(shapes)
        return
    out.table(
        ("company", "role", "rounds", "with", "stands", "key"),
        [
            (
                one["company"] or "",
                one["role"] or "",
                len(one["rounds"]),
                ", ".join(one["people"]),
                one["outcome"] or "open",
                one["key"][:10],
            )
            for one in shapes
        ],
        drop=("key", "rounds", "role"),
        wrap="with",
        empty="No application is known yet; `afterview sync` reads your calendars.",
    )


def _shape(known: "Directory", one: "Application") -> dict[str, Any]:
    from .times import instant

    return {
        "key": one.key,
        "company": one.company or None,
        "role": one.role or None,
        "outcome": one.outcome.value if one.outcome else None,
        "outcome_at": instant(one.outcome_at),
        "people": [who.called for who in known.people if one.key in {own.key for own in who.applications}],
        "rounds": [
            {"key": part.key, "starts": instant(part.starts_at), "stage": part.stage, "status": part.status.value}
            for part in one.rounds
        ],
    }


def _known() -> "Directory":
    from . import directory
    from .wire import wiring

    wired = wiring()
    with wired.ledger() as ledger:
        return directory.of(wired, ledger)
