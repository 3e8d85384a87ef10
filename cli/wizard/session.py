"""One run of set-up: from the first question to a configuration that works.

Order of writing, once an account is complete: secrets, then the configuration (which points to them), then what the
ledger shall remember. A failure before the configuration is replaced takes the new secrets away again.
"""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from afterview.integrations import secrets
from afterview.integrations.flow import AccountDraft, FlowContext, Purpose
from afterview.integrations.ical.profiles import profiles
from afterview.integrations.manifest import Manifest
from afterview.sync.config import Account, values
from afterview.sync.config.schema import ME, Place, read_table
from afterview.sync.errors import ConfigError, Refused

from ..output import Output
from ..wire import Wiring
from . import guess, steps
from .drive import Renderer, drive
from .ring import test_ring
from .store import ConfigFile
from .texts import Texts

if TYPE_CHECKING:
    from .answers import Answers

_WRITTEN_AS_LIST = set("[]\"'();")  # what nobody has in an address, but types round a list of them


class Session:
    """Adds accounts to one configuration."""

    def __init__(self, wired: Wiring, renderer: Renderer, out: Output, environ: Mapping[str, str]) -> None:
        self._wired = wired
        self._renderer = renderer
        self._out = out
        self._environ = environ
        self._file = ConfigFile(wired.options.config_path(), wired.registry.account_keys)
        self._texts = Texts.own()
        self.stored = False  # whether an account was stored in this run

    @property
    def delivers(self) -> bool:
        """Say whether a list receives the follow-ups."""
        return not self._file.is_new and bool(self._file.config.deliver.to)

    def add(self, domain: str, answers: "Answers | None" = None) -> str:
        """Add one account and return its id. Raises AccountError or ConfigError; then nothing was stored."""
        me = self._me(typed=answers is None)
        manifest = self._wired.registry.manifest(domain or self._choose_integration())
        context = FlowContext(Purpose.USER, str(me["time_zone"]), self._wired.clock)
        draft = drive(self._wired.registry.setup(manifest.domain), context, self._renderer, Texts(manifest.strings()))
        self._refuse_twice(draft)
        account_id = self._account_id(draft)
        if answers:
            answers.check_all_used()
        account = self._store(account_id, manifest, draft, answers.pointers if answers else {})
        self._out.note(f"Stored the account {account_id} in {self._file.path}.")
        if account.settings.get("task_list") and self._file.config.deliver.to == account_id:
            self._ring(account, manifest)
        return account_id

    def wants_another(self) -> bool:
        """Ask whether there is more to set up."""
        return bool(self._renderer.form(steps.yes_no("another", default=False), self._texts)["another"])

    def _me(self, *, typed: bool) -> Mapping[str, Any]:
        """Return [me]; the first time, ask for it until it is sound. It is written with the first account."""
        if not self._file.is_new:
            return {"time_zone": self._file.config.me.time_zone}
        zone, language = guess.time_zone(self._environ), guess.language(self._environ)
        step = steps.me(zone, language)
        while True:
            me = self._renderer.form(step, self._texts)
            if typed and any(_WRITTEN_AS_LIST & set(address) for address in me["emails"]):
                step = steps.me(zone, language, {"emails": "addresses"})
                continue
            try:
                read_table(Place("", "me"), me, ME)
            except ConfigError as error:
                field = next((name for name in me if str(error).startswith(f": {name} ")), "base")
                wrong = "addresses" if typed and field == "emails" else "invalid"
                step = steps.me(zone, language, {field: wrong}, str(error).partition(" must be ")[2].rstrip("."))
                continue
            self._file.set_me(me)
            return me

    def _choose_integration(self) -> str:
        manifests, _ = self._wired.registry.all()
        return str(self._renderer.form(steps.integration(manifests), self._texts)["integration"])

    def _account_id(self, draft: AccountDraft) -> str:
        taken = () if self._file.is_new else tuple(account.id for account in self._file.config.accounts)
        step = steps.account(_proposed(draft.title, taken))
        while True:
            account_id = str(self._renderer.form(step, self._texts)["id"] or step.fields[0].default)
            if account_id in taken:
                step = steps.account(_proposed(draft.title, taken), {"id": "taken"})
            elif not re.fullmatch(r"[\w.-]{1,40}", account_id):
                step = steps.account(
                    _proposed(draft.title, taken),
                    {"id": "invalid"},
                    "letters, digits, dots, dashes and underscores only",
                )
            else:
                return account_id

    def _refuse_twice(self, draft: AccountDraft) -> None:
        if self._file.is_new or not draft.unique_id:
            return
        with self._wired.ledger() as ledger:
            for account in self._file.config.accounts:
                if ledger.memory(account.id).get("unique_id") == draft.unique_id:
                    raise Refused(
                        f"This is set up already as {account.id}; "
                        f"`afterview accounts reconfigure {account.id}` changes it."
                    )

    def _store(
        self, account_id: str, manifest: Manifest, draft: AccountDraft, pointers: Mapping[str, Mapping[str, Any]]
    ) -> Account:
        folder = self._file.path.parent
        kept = keep_secrets(account_id, draft, pointers, self._wired)
        self._file.add_account({"id": account_id, "integration": manifest.domain, **draft.settings, **kept})
        if draft.settings.get("task_list") and self._delivers_here(account_id):
            self._file.deliver_to(account_id)
        try:
            config = self._file.save()
        except ConfigError:
            own = {name: ref for name, ref in kept.items() if name not in pointers}
            secrets.forget(account_id, {name: values.secret(dict(ref)) for name, ref in own.items()}, folder)
            raise
        self.stored = True
        remember(self._wired, account_id, draft)
        return config.account(account_id)

    def _delivers_here(self, account_id: str) -> bool:
        old = "" if self._file.is_new else self._file.config.deliver.to
        if not old:
            return True
        step = steps.yes_no("deliver", default=False, old=old, new=account_id)
        return bool(self._renderer.form(step, self._texts)["deliver"])

    def _ring(self, account: Account, manifest: Manifest) -> None:
        """Try the ring; what goes wrong here leaves the account as it is."""
        ring_account(self._wired, account, manifest, self._file, self._renderer, self._out)


def ring_account(
    wired: Wiring, account: Account, manifest: Manifest, file: ConfigFile, renderer: Renderer, out: Output
) -> None:
    """Try the ring of an account's list and keep the profile that rang."""
    choices = next((key.choices for key in manifest.settings if key.name == "ring_profile"), ())
    others = _of_one_kind(choices, str(account.settings.get("ring_profile", "")))
    with wired.ledger() as ledger:
        rang = test_ring(
            account,
            lambda tried: wired.connect(tried, ledger.memory(tried.id)),
            others,
            wired.clock,
            file.config.me.time_zone,
            renderer,
            out.say,
        )
    if rang and rang != account.settings.get("ring_profile"):
        file.change_account(account.id, {"ring_profile": rang})
        file.save()


def _of_one_kind(choices: Sequence[str], chosen: str) -> list[str]:
    """Leave out profiles that need another kind of list: a list of tasks takes no appointments."""
    known = profiles()
    kinds = {name: known[name].component if name in known else None for name in {*choices, chosen}}
    return [name for name in choices if not chosen or kinds[name] == kinds[chosen]]


def keep_secrets(
    account_id: str,
    draft: AccountDraft,
    pointers: Mapping[str, Mapping[str, Any]],
    wired: Wiring,
    *,
    replace: bool = False,
) -> dict[str, Mapping[str, Any]]:
    """Put a draft's secrets away; a pointer that was given is kept as it is. Returns field -> pointer."""
    folder = wired.options.config_path().parent
    return {
        name: pointers.get(name) or secrets.keep(account_id, name, secret, folder, replace=replace)
        for name, secret in draft.secrets.items()
        if secret or name in pointers
    }


def remember(wired: Wiring, account_id: str, draft: AccountDraft) -> None:
    """Hand what the flow found out to the account's memory; cursors of an account of the same name are dropped."""
    with wired.ledger() as ledger:
        ledger.forget_account(account_id)
        memory = ledger.memory(account_id)
        for name, value in {**draft.memory, "unique_id": draft.unique_id}.items():
            memory.set(name, value)


def _proposed(title: str, taken: tuple[str, ...]) -> str:
    """Make a short free name from what the flow calls the account."""
    words = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:20].strip("-") or "account"
    numbered = (f"{words}-{number}" for number in range(2, 1000))
    return words if words not in taken else next(name for name in numbered if name not in taken)
