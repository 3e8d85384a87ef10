"""Which integrations there are, and how to get one going. Built-in folders and foreign packages use the same door.

A foreign package declares the entry point `NAME = "import.name.of.its.folder"` in the group `afterview.integrations`; the
folder looks exactly like a built-in one. Manifests are read from files; code is imported only by `connect` and `setup`,
and only for what the account uses. Whatever is wrong with one integration concerns that one alone: it is a `Problem`
here and one line in `afterview doctor`.
"""

import importlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from afterview.integrations.manifest import Manifest, ManifestError, Role, read_manifest
from afterview.sync.config.schema import SHARE
from afterview.sync.errors import ConfigError, Refused

if TYPE_CHECKING:  # reading manifests stays cheap
    from afterview.integrations.flow import Setup
    from afterview.sync.config import Account
    from afterview.sync.config.schema import Key
    from afterview.sync.ports import Book, Buttons, Clock, Connection, EventSource, Memory, Notifier, TaskList, Traffic

GROUP = "afterview.integrations"
_BOOKS = {Role.CONTACT_BOOK: ("contacts", "open_contacts"), Role.CRM: ("crm", "open_crm")}
# What running a module's text for the first time raises when that text is wrong or its library is not there.
_LOADING_FAILS = (ImportError, SyntaxError, NameError, AttributeError, TypeError, ValueError, OSError)


@dataclass(frozen=True, slots=True)
class Problem:
    """An integration that cannot be offered, and why, in words."""

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where an integration may be found: its name, its import name, and its folder (None = not installed)."""

    name: str
    package: str
    folder: Path | None


class Connected:
    """One account, ready to use (`sync.ports.Connection`)."""

    def __init__(
        self,
        account_id: str,
        client: Any,
        events: "EventSource | None",
        tasks: "TaskList | None",
        book: "Book | None",
    ) -> None:
        self.id = account_id
        self.events = events
        self.tasks = tasks
        self.book = book
        self._client = client

    def traffic(self) -> "Traffic":
        """Count since the connection was made."""
        return cast("Traffic", self._client.traffic())

    def close(self) -> None:
        """Close the client."""
        self._client.close()


class Registry:
    """The integrations of this installation. `places` is asked at most once, and only when a name is not built in."""

    def __init__(
        self, builtin: Path = Path(__file__).parent, foreign: Callable[[], Iterator[Place]] | None = None
    ) -> None:
        self._builtin = builtin
        self._foreign = foreign or installed_places
        self._read: dict[str, Manifest] = {}

    def all(self) -> tuple[tuple[Manifest, ...], tuple[Problem, ...]]:
        """Read every manifest. Returns those that are sound, by domain, and a problem for each of the others."""
        found: dict[str, Manifest] = {}
        problems: list[Problem] = []
        for place in (*self._builtin_places(), *self._foreign()):
            try:
                manifest = _sound(place)
            except ManifestError as error:
                problems.append(Problem(place.name, str(error)))
                continue
            if other := found.get(manifest.domain):
                problems.append(Problem(place.name, f"{place.package} is not used: {other.package} has the same name"))
            else:
                found[manifest.domain] = manifest
        return tuple(found[domain] for domain in sorted(found)), tuple(problems)

    def manifest(self, domain: str) -> Manifest:
        """Return one manifest. ConfigError names those that exist, or says what is wrong with it."""
        if domain not in self._read:
            self._read[domain] = self._find(domain)
        return self._read[domain]

    def account_keys(self, domain: str) -> "tuple[Key, ...]":
        """Return the keys of an account of this integration, for `sync.config.load`: its own, and those of its roles."""
        manifest = self.manifest(domain)
        return (*manifest.settings, *((SHARE,) if manifest.roles & _BOOKS.keys() else ()))

    def setup(self, domain: str) -> "Setup":
        """Begin its set-up flow. Raises ConfigError or Refused."""
        return cast("Setup", _load(self.manifest(domain), "flow", "Setup")())

    def connect(
        self, account: "Account", *, secret: Callable[[str], str], memory: "Memory", clock: "Clock", zone: str
    ) -> "Connection":
        """Connect one account in the roles it is configured for. Raises AccountError or ConfigError."""
        from afterview.integrations.entry import Entry

        manifest = self.manifest(account.integration)
        entry = Entry(account.id, account.integration, account.settings, secret, memory, clock, zone)
        client = entry.shared["client"] = _load(manifest, "client", "open_client")(entry)
        roles = configured_roles(manifest, account.settings)
        events = _load(manifest, "events", "open_events")(entry) if Role.EVENT_SOURCE in roles else None
        tasks = _load(manifest, "tasks", "open_tasks")(entry) if Role.TASK_LIST in roles else None
        book = next((_load(manifest, *_BOOKS[role])(entry) for role in _BOOKS if role in roles), None)
        return Connected(account.id, client, events, tasks, book)

    def notifier(
        self, account: "Account", *, secret: Callable[[str], str], memory: "Memory", clock: "Clock", zone: str
    ) -> "Notifier":
        """Make a push address ready. Raises AccountError or ConfigError."""
        from afterview.integrations.entry import Entry

        manifest = self.manifest(account.integration)
        entry = Entry(account.id, account.integration, account.settings, secret, memory, clock, zone)
        entry.shared["client"] = _load(manifest, "client", "open_client")(entry)
        return cast("Notifier", _load(manifest, "notifier", "open_notifier")(entry))

    def buttons(
        self, account: "Account", *, secret: Callable[[str], str], memory: "Memory", clock: "Clock", zone: str
    ) -> "Buttons | None":
        """Get ready to hear the buttons of a push address; None where its service tells of none."""
        from afterview.integrations.entry import Entry

        manifest = self.manifest(account.integration)
        if not (manifest.folder / "buttons.py").exists():
            return None
        entry = Entry(account.id, account.integration, account.settings, secret, memory, clock, zone)
        return cast("Buttons", _load(manifest, "buttons", "open_buttons")(entry))

    def task_link(self, account: "Account", remote_id: str) -> str:
        """Return the address under which a task of an account opens, "" where its service has none."""
        manifest = self.manifest(account.integration)
        if not (manifest.folder / "links.py").exists():
            return ""
        return str(_load(manifest, "links", "task_link")(account.settings, remote_id))

    def _find(self, domain: str) -> Manifest:
        for place in self._builtin_places():
            if place.name == domain:
                return _wanted(place)
        foreign = {place.name: place for place in self._foreign()}
        if domain in foreign:
            return _wanted(foreign[domain])
        names = sorted({*(place.name for place in self._builtin_places()), *foreign})
        raise ConfigError(f'there is no integration "{domain}"; there are {", ".join(names)}')

    def _builtin_places(self) -> Iterator[Place]:
        for path in sorted(self._builtin.glob("*/manifest.json")):
            yield Place(path.parent.name, f"{__package__}.{path.parent.name}", path.parent)


def configured_roles(manifest: Manifest, settings: Mapping[str, Any]) -> frozenset[Role]:
    """Say in which roles an account is used: a role that has a setting for its lists is on when that names some."""
    naming = {
        Role.EVENT_SOURCE: "calendars",
        Role.TASK_LIST: "task_list",
        Role.CONTACT_BOOK: "address_book",
        Role.NOTIFIER: "notify",
    }
    own = {key.name for key in manifest.settings}
    return frozenset(
        role for role in manifest.roles if role not in naming or naming[role] not in own or settings.get(naming[role])
    )


def installed_places() -> Iterator[Place]:
    """Name the integrations of installed packages, importing none of them."""
    from importlib.metadata import entry_points

    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        yield Place(point.name, point.module, _folder(point.module))


def _folder(package: str) -> Path | None:
    """Find a package's folder without running its code: only the outermost name is looked up."""
    from importlib.util import find_spec

    top, *below = package.split(".")
    try:
        spec = find_spec(top)
    except (ImportError, ValueError):
        return None
    for location in (spec.submodule_search_locations or ()) if spec else ():
        if (folder := Path(location, *below)).is_dir():
            return folder
    return None


def missing_modules(manifest: Manifest) -> tuple[str, ...]:
    """Name what the integration needs and this Python does not have."""
    return tuple(name for name in manifest.requires if _folder_or_module_missing(name))


def _folder_or_module_missing(name: str) -> bool:
    from importlib.util import find_spec

    try:
        return find_spec(name.partition(".")[0]) is None
    except (ImportError, ValueError):
        return True


def _sound(place: Place) -> Manifest:
    if place.folder is None:
        raise ManifestError(f"its package {place.package} is not installed completely")
    manifest = read_manifest(place.folder, place.package)
    if manifest.domain != place.name:
        raise ManifestError(f"its manifest names the domain {manifest.domain}, its entry point {place.name}")
    return manifest


def _wanted(place: Place) -> Manifest:
    try:
        return _sound(place)
    except ManifestError as error:
        raise ConfigError(f'the integration "{place.name}" cannot be used: {error}') from None


def _load(manifest: Manifest, module: str, name: str) -> Any:
    """Import one name of an integration's code. Raises Refused with what to install or whom to tell."""
    if missing := missing_modules(manifest):
        raise Refused(f"The integration {manifest.name} needs Python packages that are missing: {', '.join(missing)}.")
    try:
        return getattr(importlib.import_module(f"{manifest.package}.{module}"), name)
    except _LOADING_FAILS as error:
        raise Refused(
            f"The integration {manifest.name} ({manifest.package}) cannot be loaded: {type(error).__name__}: {error}."
        ) from error


def check_code(manifest: Manifest) -> str:
    """Load the code of one integration; return what is wrong with it in words, "" if nothing."""
    wanted = [("flow", "Setup"), ("client", "open_client")]
    wanted += [("events", "open_events")] if Role.EVENT_SOURCE in manifest.roles else []
    wanted += [("tasks", "open_tasks")] if Role.TASK_LIST in manifest.roles else []
    wanted += [named for role, named in _BOOKS.items() if role in manifest.roles]
    wanted += [("notifier", "open_notifier")] if Role.NOTIFIER in manifest.roles else []
    try:
        for module, name in wanted:
            _load(manifest, module, name)
    except Refused as error:
        return str(error)
    return ""
