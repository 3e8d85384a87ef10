"""Set-up: address and login -> what is there and what the user may do -> company, relation, reason of loss -> trial.

connect -> keeping -> create            reauth: password -> create
                                        reconfigure: connect with what is there -> ...
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from afterview.integrations.flow import AccountDraft, Choice, Field, FieldKind, FlowContext, Purpose, Step, StepKind
from afterview.integrations.signing_in import connect_step, key_of, reauth_step
from afterview.sync.errors import AccountError, WriteError
from afterview.sync.text import one_line

from .client import Tryton
from .crm import LOST_REASON, companies_of, company_of
from .probe import check, check_version, make_relation_type, relation_types

_KEPT = ("url", "database", "username", "company", "relation", "lost_reason")


class Setup:
    """One run of the set-up."""

    def __init__(self) -> None:
        self._answers: dict[str, Any] = {}
        self._companies: tuple[str, ...] = ()
        self._relations: tuple[str, ...] | None = None

    def start(self, context: FlowContext) -> Step:
        self._context = context
        self._answers = {**context.current}
        return reauth_step(self._answers, None) if context.purpose is Purpose.REAUTH else self._connect()

    def submit(self, step_id: str, answers: Mapping[str, Any]) -> Step:
        self._answers.update(answers)
        steps = {"connect": self._connected, "reauth": self._reauthed, "keeping": self._chosen}
        return steps[step_id]()

    def _connect(self, error: Exception | None = None) -> Step:
        keeps = self._context.purpose is Purpose.RECONFIGURE
        database = Field("database", FieldKind.TEXT, required=False, default=self._answers.get("database"))
        return connect_step(self._answers, error, keeps=keeps, more=(database,))

    def _connected(self) -> Step:
        try:
            with self._client() as client:
                check_version(client)
                if not self._answers.get("database"):
                    self._answers["database"] = _only(client.databases())
            if not self._answers["database"]:
                return replace(self._connect(), errors={"database": "which_database"})
            with self._client() as client:
                self._companies = tuple(companies_of(client))
                self._relations = relation_types(client)
        except (AccountError, WriteError) as error:
            return self._connect(error)
        if not self._companies:
            return replace(self._connect(), errors={"base": "no_company"})
        return self._keeping()

    @contextmanager
    def _client(self) -> Generator[Tryton]:
        password = str(self._answers.get("password") or self._context.secrets.get("password", ""))
        names = ("url", "database", "username")
        url, database, user = (str(self._answers.get(name) or "").strip() for name in names)
        client = Tryton(url, database, user, password, self._context.clock)
        try:
            yield client
        finally:
            client.close()

    def _reauthed(self) -> Step:
        try:
            with self._client() as client:
                client.preferences()
        except AccountError as error:
            return reauth_step(self._answers, error)
        return self._draft()

    def _keeping(self, errors: Mapping[str, str] | None = None, reason: str = "") -> Step:
        fields: list[Field] = []
        if len(self._companies) > 1:
            choices = tuple(Choice(name, one_line(name, 80)) for name in self._companies)
            fields.append(Field("company", FieldKind.SELECT, default=self._known("company"), choices=choices))
        if self._relations:
            choices = tuple(Choice(name, one_line(name, 80)) for name in self._relations)
            fields.append(
                Field("relation", FieldKind.SELECT, required=False, default=self._known("relation"), choices=choices)
            )
        if self._relations is not None:
            fields.append(Field("new_relation", FieldKind.TEXT, required=False))
        fields.append(
            Field(
                "lost_reason", FieldKind.TEXT, required=False, default=self._answers.get("lost_reason") or LOST_REASON
            )
        )
        return Step(StepKind.FORM, "keeping", tuple(fields), errors=errors or {}, placeholders={"reason": reason})

    def _known(self, name: str) -> str | None:
        """Return what was chosen before, if that is still there."""
        offered = self._companies if name == "company" else self._relations or ()
        return found if (found := self._answers.get(name)) in offered else None

    def _chosen(self) -> Step:
        wanted = str(self._answers.pop("new_relation", None) or "").strip()
        try:
            with self._client() as client:
                client.company = company_of(client, str(self._answers.get("company") or ""))
                check(client, self._context.clock())
                if wanted:
                    make_relation_type(client, wanted)
                    self._answers["relation"] = wanted
        except (AccountError, WriteError) as error:
            return self._keeping({"base": key_of(error)}, str(error))
        return self._draft()

    def _draft(self) -> Step:
        settings = {name: str(self._answers.get(name) or "").strip() for name in _KEPT}
        host, port = urlsplit(settings["url"]).hostname or "", urlsplit(settings["url"]).port or ""
        password = self._answers.get("password")
        draft = AccountDraft(
            title=f"{settings['username']} at {host}",
            unique_id=f"tryton:{settings['username']}@{host}:{port}/{settings['database']}",
            settings=settings,
            secrets={"password": str(password)} if password else {},
        )
        return Step(StepKind.CREATE, "create", draft=draft)


def _only(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else ""
