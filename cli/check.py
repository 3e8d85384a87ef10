"""Tries one account: connects, and reads a little from each of its lists. Writes nothing anywhere but to its memory."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from afterview.sync.config import Account
from afterview.sync.errors import AfterviewError
from afterview.sync.model import Glance, RecordKind
from afterview.sync.ports import Book, Connection, EventRequest, EventSource, Resource, TaskList, Window

from .wire import Wiring


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one attempt. `code` is 0 where it worked."""

    account: str
    what: str
    state: str
    words: str
    code: int = 0


def try_account(wired: Wiring, account: Account) -> Iterator[Result]:
    """Yield a result for the connection if it fails, else one for each list; a push address gets a test push."""
    if account not in wired.synced():
        yield _tried(account, "push", partial(_pushed, wired, account))
        return
    with wired.ledger() as ledger:
        try:
            connection = wired.connect(account, ledger.memory(account.id))
        except AfterviewError as error:
            yield _failed(account, "connection", error)
            return
        try:
            yield from _lists(wired, account, connection)
        finally:
            connection.close()
    if account in [other for _, other in wired.push_addresses()]:
        yield _tried(account, "push", partial(_pushed, wired, account))


def _lists(wired: Wiring, account: Account, connection: Connection) -> Iterator[Result]:
    if (events := connection.events) is not None:
        try:
            names = events.calendars()
        except AfterviewError as error:
            yield _failed(account, "calendars", error)
            names = ()
        for name in names:
            yield _tried(account, f"calendar {name}", partial(_read, wired, events, name))
    if (tasks := connection.tasks) is not None:
        yield _tried(account, f"task list {tasks.name}", partial(_listed, tasks))
    if (book := connection.book) is not None:
        what = "CRM" if RecordKind.APPLICATION in book.capabilities().kinds else "address book"
        yield _tried(account, f"{what} {book.name}", partial(_book, book))
    if not (connection.events or connection.tasks or connection.book or account.settings.get("notify")):
        yield Result(account.id, "connection", "warning", "It reads no calendar and has no task list.")


def _pushed(wired: Wiring, account: Account) -> str:
    wired.try_push_address(account)
    return "A test push was sent; it should be on your phone now."


def _tried(account: Account, what: str, attempt: Callable[[], str]) -> Result:
    try:
        return Result(account.id, what, "ok", attempt())
    except AfterviewError as error:
        return _failed(account, what, error)


def _failed(account: Account, what: str, error: AfterviewError) -> Result:
    return Result(account.id, what, getattr(error, "state", "error"), str(error), error.exit_code)


def _read(wired: Wiring, events: EventSource, name: str) -> str:
    """Read a day without looking into any event."""
    now = wired.clock()
    window = Window(now, now + timedelta(days=1))
    request = EventRequest(name, window, wired.config.me.time_zone, _nothing)
    seen = sum(isinstance(step, Resource) for step in events.read(request))
    return f"It can be read; {seen} {'entry' if seen == 1 else 'entries'} between now and tomorrow."


def _nothing(_: Glance) -> bool:
    return False


def _book(book: Book) -> str:
    count = len(book.read(RecordKind.PERSON, "", {}, full=False).present)
    return f"It can be read; {count} {'person' if count == 1 else 'people'}."


def _listed(tasks: TaskList) -> str:
    listing = tasks.read("", {}, full=False)
    note = tasks.capabilities().note
    count = len(listing.present)
    return f"It can be read; {count} {'entry' if count == 1 else 'entries'}.{' ' + note if note else ''}"
