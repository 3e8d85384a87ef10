"""Runs the flow of an existing account again: to sign in anew, or to change it."""

import sys
from pathlib import Path

import click

from afterview.integrations import secrets
from afterview.integrations.flow import AccountDraft, FlowContext, Purpose
from afterview.sync.config import Account, Config, SecretSource, values
from afterview.sync.errors import ConfigError

from ..exits import stopping
from ..options import options
from ..output import output
from ..service.poke import tell_service
from ..wire import Wiring
from ..words import NO_LIST
from .answers import Answers
from .drive import drive
from .session import keep_secrets
from .store import ConfigFile
from .terminal import Terminal
from .texts import Texts


def change(account_id: str, purpose: Purpose, answers: str | None) -> None:
    """Run the flow and store what it changed. Raises AccountError or ConfigError; then everything is as it was."""
    wired = Wiring(options())
    account = wired.config.account(account_id)
    if purpose is Purpose.REAUTH:
        _refuse_elsewhere(account)
    given = Answers(Path(answers)) if answers else None
    if given is None and not sys.stdin.isatty():
        raise click.UsageError("This asks questions; run it on a terminal, or give it --answers FILE")
    manifest = wired.registry.manifest(account.integration)
    context = FlowContext(
        purpose,
        wired.config.me.time_zone,
        wired.clock,
        account_id,
        account.settings,
        _known_secrets(wired, account),
    )
    with stopping("Stopped; nothing was changed."):
        draft = drive(wired.registry.setup(manifest.domain), context, given or Terminal(), Texts(manifest.strings()))
    if given:
        given.check_all_used()
    config = _store(wired, account, draft, given)
    tell_service(wired.options.state_path())
    if not config.deliver.to:
        output().note(NO_LIST)
    output().note(f"The account {account_id} is up to date; `afterview accounts test {account_id}` tries it.")


def _refuse_elsewhere(account: Account) -> None:
    """A secret that the user keeps elsewhere is changed there; storing a second one would only hide that."""
    for name, ref in account.secrets.items():
        if ref.source in {SecretSource.COMMAND, SecretSource.ENV} or _is_the_users_file(account, name):
            where = {SecretSource.COMMAND: "a command", SecretSource.ENV: "an environment variable"}
            raise ConfigError(
                f"The {name} of account {account.id} comes from {where.get(ref.source, 'a file of yours')}; change it "
                f"there, then run `afterview accounts test {account.id}`."
            )


def _is_the_users_file(account: Account, name: str) -> bool:
    ref = account.secrets[name]
    return ref.source is SecretSource.FILE and ref.value[0] != f"secrets/{account.id}-{name}"


def _known_secrets(wired: Wiring, account: Account) -> dict[str, str]:
    """Resolve what can be resolved, so that it need not be typed again; the flow asks for the rest."""
    secret = wired.vault.of(account.id, account.secrets)
    known: dict[str, str] = {}
    for name in account.secrets:
        try:
            known[name] = secret(name)
        except ConfigError:
            continue
    return known


def _store(wired: Wiring, account: Account, draft: AccountDraft, given: Answers | None) -> Config:
    """Write what is new; a secret that stays the same stays where it is."""
    known = _known_secrets(wired, account)
    pointers = given.pointers if given else {}
    new = {name: value for name, value in draft.secrets.items() if known.get(name) != value or name in pointers}
    draft_of_new = AccountDraft(draft.title, draft.unique_id, draft.settings, new)
    kept = keep_secrets(account.id, draft_of_new, pointers, wired, replace=_owned(account))
    file = ConfigFile(wired.options.config_path(), wired.registry.account_keys)
    file.change_account(account.id, {**draft.settings, **kept})
    if draft.settings.get("task_list") and not wired.config.deliver.to:
        file.deliver_to(account.id)
    config = file.save()
    old = {
        name: ref for name, ref in account.secrets.items() if name in kept and values.secret(dict(kept[name])) != ref
    }
    secrets.forget(account.id, old, wired.options.config_path().parent)
    with wired.ledger() as ledger:
        memory = ledger.memory(account.id)
        for name, value in {**draft.memory, "unique_id": draft.unique_id}.items():
            memory.set(name, value)
    return config


def _owned(account: Account) -> bool:
    """Say whether the keyring's entry of this name is this configuration's."""
    return any(ref.source is SecretSource.KEYRING for ref in account.secrets.values())
