"""Set-up: an address, a file or a folder -> it is read once -> create.

source -> create          reauth: the same (a private address that was renewed)          reconfigure: the same
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from afterview.integrations.entry import Entry
from afterview.integrations.flow import AccountDraft, Field, FieldKind, FlowContext, Step, StepKind
from afterview.integrations.ical.parts import parts
from afterview.sync.errors import AccountError, AuthFailed, NotReady
from afterview.sync.identity import short_hash

from .client import Source, open_client


class _Nothing:
    """A memory for a single look."""

    def get(self, name: str) -> Any:
        del name

    def set(self, name: str, value: Any) -> None:
        del name, value


class Setup:
    """One run of the set-up."""

    def start(self, context: FlowContext) -> Step:
        self._context = context
        self._answers: dict[str, Any] = {**context.current}
        return self._source()

    def submit(self, step_id: str, answers: Mapping[str, Any]) -> Step:
        del step_id  # there is one step
        self._answers.update(answers)
        where = str(self._answers.get("source") or "").strip()
        is_address = "://" in where
        settings = {"url": where} if is_address else {"path": str(Path(where).expanduser().absolute())}
        if is_address and self._answers.get("username"):
            settings["username"] = str(self._answers["username"])
        try:
            count = self._tried(settings)
        except AccountError as error:
            return self._source({"source": _key_of(error)}, str(error))
        return Step(StepKind.CREATE, "create", draft=self._draft(settings), placeholders={"count": str(count)})

    def _source(self, errors: Mapping[str, str] | None = None, reason: str = "") -> Step:
        default = self._answers.get("source") or self._answers.get("url") or self._answers.get("path")
        fields = (
            Field("source", FieldKind.TEXT, default=default),
            Field("username", FieldKind.TEXT, required=False, default=self._answers.get("username")),
            Field("password", FieldKind.SECRET, required=False),
        )
        return Step(StepKind.FORM, "source", fields, errors=errors or {}, placeholders={"reason": reason})

    def _tried(self, settings: Mapping[str, str]) -> int:
        """Read the calendar once; return how many appointments it holds."""
        password = self._password()
        entry = Entry("setup", "ics", settings, lambda _: password, _Nothing(), self._context.clock, self._context.zone)
        source: Source = open_client(entry)
        try:
            fetched = source.fetch("")
            return sum(1 for text in fetched.texts or () for _ in parts(text.text))
        finally:
            source.close()

    def _password(self) -> str:
        return str(self._answers.get("password") or self._context.secrets.get("password", ""))

    def _draft(self, settings: Mapping[str, str]) -> AccountDraft:
        where = settings.get("url") or settings["path"]
        title = urlsplit(where).hostname or where if "url" in settings else Path(where).name
        password = self._answers.get("password")
        secrets = {"password": str(password)} if password else {}
        return AccountDraft(title, f"ics:{short_hash(where)}", dict(settings), secrets)


def _key_of(error: AccountError) -> str:
    if isinstance(error, AuthFailed):
        return "invalid_auth"
    return "cannot_connect" if isinstance(error, NotReady) else "refused"
