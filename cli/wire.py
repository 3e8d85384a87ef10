"""The only place where integrations meet the engine: turns options and configuration into what commands work with."""

import os
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING, TypedDict

from afterview.integrations.registry import Registry
from afterview.sync.config import Account, Config, load
from afterview.sync.errors import AfterviewError, ConfigError

if TYPE_CHECKING:  # each command loads what it works with, and no more: `status` is asked often
    from collections.abc import Callable

    from afterview.integrations.answering import AnswerListener
    from afterview.integrations.secrets import Vault
    from afterview.sync.classify import Learned, Lexicon
    from afterview.sync.engine.terms import Terms
    from afterview.sync.ledger import Ledger
    from afterview.sync.model import Owner
    from afterview.sync.ports import Buttons, Clock, Connection, Memory, Notifier, Press
    from afterview.sync.rings.terms import NotifierSpec, RingTerms
    from afterview.sync.runner import AccountSpec
    from afterview.sync.view import Overview

from .options import Options, options

PUSH = "apprise"  # the integration behind an address in [deliver]
NOW = "AFTERVIEW_NOW"  # an ISO 8601 instant that fixes the clock; for tests


class _Nowhere:
    """A memory for one look at a push address, which remembers nothing."""

    def get(self, name: str) -> None:
        """Return nothing."""

    def set(self, name: str, value: object) -> None:
        """Forget it."""


class Wiring:
    """What a command needs, made when it is first asked for."""

    def __init__(self, chosen: Options, environ: Mapping[str, str] = os.environ, now: "Clock | None" = None) -> None:
        self.options = chosen
        self.registry = Registry()
        self.clock = now or clock(environ)
        self.heard: frozenset[str] = frozenset()  # push addresses whose own buttons are listened for now

    @cached_property
    def config(self) -> Config:
        """The configuration, checked. Raises ConfigError."""
        return load(self.options.config_path(), self.registry.account_keys)

    def config_as_proven(self, mark: str) -> Config:
        """Return the configuration; if it is the one with this mark, which a pass found sound, without its playbook."""
        return load(self.options.config_path(), self.registry.account_keys, mark)

    @cached_property
    def vault(self) -> "Vault":
        """The secrets of this configuration."""
        from afterview.integrations.secrets import Vault

        return Vault(self.options.config_path().parent)

    @contextmanager
    def ledger(self) -> "Generator[Ledger]":
        """Open the ledger for the length of a command."""
        from afterview.sync.ledger import Ledger

        with Ledger.open(self.options.state_path()) as ledger:
            yield ledger

    def connect(self, account: Account, memory: "Memory") -> "Connection":
        """Connect one account. Raises AccountError or ConfigError."""
        return self.registry.connect(account, memory=memory, **self._around(account))

    def terms(self) -> "Terms":
        """Return what the engine is told about the user."""
        from afterview.sync.engine.terms import Terms
        from afterview.sync.sharing import shares

        me, window = self.config.me, self.config.sync.window
        return Terms(
            owner=self.owner(),
            zone=me.time_zone,
            lexicon=self.lexicon(),
            playbook=self.config.settings,
            deliver_to=self.config.deliver.to,
            accounts=frozenset(account.id for account in self.config.accounts),
            before=window.back,
            after=window.ahead,
            shares={
                one.id: shares(names)
                for one in self.config.accounts
                if (names := one.settings.get("share")) is not None
            },
        )

    def lexicon(self) -> "Lexicon":
        """Return what interviews are recognised by: the shipped words and the user's own. Raises ConfigError."""
        from afterview.sync.classify import load_lexicon

        if self.config.extra is None:
            return load_lexicon()
        from afterview.sync.config.extra import read_extra

        return load_lexicon(read_extra(self.config.extra))

    def learned(self) -> "Learned":
        """Return what the user's corrections teach; nothing where no pass was ever made."""
        from afterview.sync.classify import Learned
        from afterview.sync.engine.lessons import learned
        from afterview.sync.ledger.store import FILE

        if not (self.options.state_path() / FILE).exists():
            return Learned()
        with self.ledger() as ledger:
            return learned(ledger, self.terms())

    def owner(self) -> "Owner":
        """Return whose calendars these are."""
        from afterview.sync.model import Owner

        me = self.config.me
        return Owner(emails=frozenset(me.emails), names=me.names, free_mail=frozenset(me.free_mail))

    def intervals(self) -> dict[str, timedelta]:
        """Return how often each account is asked: its own wish, else that of [sync], else as its integration advises."""
        found: dict[str, timedelta] = {}
        for account in self.synced():
            poll = self.registry.manifest(account.integration).poll
            found[account.id] = min(max(account.poll or self.config.sync.poll or poll.default, poll.low), poll.high)
        return found

    def specs(self, ledger: "Ledger", accounts: Sequence[Account]) -> "list[AccountSpec]":
        """Return accounts in the form that the runner connects one by one."""
        from afterview.sync.runner import AccountSpec

        own = {account.id for account in self.synced()}
        return [
            AccountSpec(
                account.id, partial(self.connect, account, ledger.memory(account.id)), book=self._is_book(account)
            )
            for account in accounts
            if account.id in own
        ]

    def _is_book(self, account: Account) -> bool:
        """Tell whether an account is only an address book or a CRM."""
        from afterview.integrations.manifest import Role
        from afterview.integrations.registry import configured_roles

        roles = configured_roles(self.registry.manifest(account.integration), account.settings)
        return bool(roles) and roles <= {Role.CONTACT_BOOK, Role.CRM}

    def synced(self) -> list[Account]:
        """Return the accounts that a pass works on: all but those that are only for pushes."""
        pushes = {name for name, _ in self.push_addresses()}
        return [account for account in self.config.accounts if account.id not in pushes]

    def push_addresses(self) -> "list[tuple[str, Account]]":
        """Return every push address by name: those in [deliver] as "#1" and on, then the accounts that push.

        One that does nothing else has its own name, one that is also read or written has it after an "@".
        """
        from afterview.integrations.manifest import Role
        from afterview.integrations.registry import configured_roles
        from afterview.sync.config import SecretRef, SecretSource

        written = [
            one if isinstance(one, SecretRef) else SecretRef(SecretSource.PLAIN, (one,))
            for one in self.config.deliver.push
        ]
        named = [(f"#{n}", Account(f"#{n}", PUSH, None, {}, {"url": ref})) for n, ref in enumerate(written, start=1)]
        for account in self.config.accounts:
            manifest = self.registry.manifest(account.integration)
            if Role.NOTIFIER in configured_roles(manifest, account.settings):
                alone = manifest.roles == frozenset({Role.NOTIFIER})
                named.append((account.id if alone else f"@{account.id}", account))
        return named

    def ring_terms(self) -> "RingTerms":
        """Return what the rings are told about the user."""
        from afterview.sync.rings.terms import RingTerms

        answers = self.config.answers
        return RingTerms(
            playbook=self.config.settings,
            deliver_to=self.config.deliver.to,
            addresses=tuple(name for name, _ in self.push_addresses()),
            brief=self.config.deliver.brief,
            link=self._task_link,
            sign=self._sign if answers.enabled and answers.url else None,
        )

    def _task_link(self, account_id: str, remote_id: str) -> str:
        account = next((one for one in self.config.accounts if one.id == account_id), None)
        try:
            return self.registry.task_link(account, remote_id) if account else ""
        except AfterviewError:  # a push without its link is better than none
            return ""

    def notifiers(self, ledger: "Ledger") -> "list[NotifierSpec]":
        """Return every push address in the form in which rings open it when something is due."""
        from afterview.sync.rings.terms import NotifierSpec

        return [
            NotifierSpec(
                name,
                partial(self._notifier, account, ledger.memory(account.id)),
                _by_question if name in self.heard else None,
            )
            for name, account in self.push_addresses()
        ]

    def _notifier(self, account: Account, memory: "Memory") -> "Notifier":
        return self.registry.notifier(account, memory=memory, **self._around(account))

    def buttons(self) -> "dict[str, Callable[[], Buttons | None]]":
        """Return, by push address, what opens the hearing of its own buttons; what it opens may be None."""
        return {
            name: partial(self.registry.buttons, account, memory=_Nowhere(), **self._around(account))
            for name, account in self.push_addresses()
            if name.startswith("@")
        }

    def _around(self, account: Account) -> "_Around":
        return {
            "secret": self.vault.of(account.id, account.secrets),
            "clock": self.clock,
            "zone": self.config.me.time_zone,
        }

    def check_push_address(self, account: Account) -> None:
        """Look whether an address can work, sending nothing. Raises AccountError or ConfigError where it cannot."""
        notifier = self._notifier(account, _Nowhere())
        try:
            notifier.check()
        finally:
            notifier.close()

    def try_push_address(self, account: Account) -> None:
        """Send a test push. Raises AccountError, ConfigError or Uncertain."""
        from afterview.sync.ports import Push
        from afterview.sync.wording import Words

        title, text = Words.load(self.config.me.language).notice("test_push", {})
        notifier = self._notifier(account, _Nowhere())
        try:
            notifier.send(Push(title, text))
        finally:
            notifier.close()

    def answer_listener(self, answered: "Callable[[], None]") -> "AnswerListener | None":
        """Return what takes answers from buttons, not yet started; None where that is off. Raises ConfigError."""
        if not self.config.answers.enabled:
            return None
        from afterview.integrations.answering import Answering, AnswerListener

        answering = Answering(self.options.state_path(), self._answer_key, self.config.settings, self.clock, answered)
        return AnswerListener(answering, self.config.answers.listen)

    def take_press(self, press: "Press") -> bool:
        """Record what a button stands for; tell whether that was new. Raises StateError."""
        from afterview.sync.rings.answering import Taken, take_answer

        with self.ledger() as ledger:
            taken = take_answer(ledger, press.question, press.choice, self.config.settings, self.clock())
        return taken is Taken.RECORDED

    @cached_property
    def _answer_key(self) -> bytes:
        from afterview.integrations.secrets import own_key

        return own_key(self.options.state_path() / "answers.key")

    def _sign(self, question: str, expires_at: datetime) -> str:
        from afterview.sync.tokens import token

        return f"{self.config.answers.url}/a/{token(self._answer_key, question, expires_at)}"

    def overview(self, ledger: "Ledger") -> "Overview":
        """Work out how everything stands now, from the ledger alone."""
        from afterview.sync.view import overview

        return overview(ledger, self.config.settings, self.clock())


class _Around(TypedDict):
    """What an account is handed besides itself and its memory."""

    secret: "Callable[[str], str]"
    clock: "Clock"
    zone: str


def _by_question(question: str, _expires_at: datetime) -> str:
    """Name the page of answers of an address whose service tells of its buttons by itself: it needs no signature."""
    return f"Q{question}"


def wiring() -> Wiring:
    """Return the wiring of the running command."""
    return Wiring(options())


def clock(environ: Mapping[str, str]) -> "Clock":
    """Return the clock: the system's, or the fixed one of a test. Raises ConfigError."""
    fixed = environ.get(NOW)
    if not fixed:
        return lambda: datetime.now(UTC)
    try:
        at = datetime.fromisoformat(fixed)
    except ValueError:
        raise ConfigError(f"{NOW} must be an instant such as 2026-01-05T09:00:00Z, not {fixed!r}.") from None
    if at.tzinfo is None:
        raise ConfigError(f"{NOW} must say its offset, such as 2026-01-05T09:00:00Z, not {fixed!r}.")
    at = at.astimezone(UTC)
    return lambda: at
