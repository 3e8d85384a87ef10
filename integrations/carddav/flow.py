"""Set-up: address and login -> connection test -> the address book, chosen or made -> trial.

connect -> address_book -> create            reauth: password -> create
(probe)            reconfigure: connect with what is there -> ...
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from afterview.integrations.dav.client import Dav
from afterview.integrations.dav.collection import Collection
from afterview.integrations.dav.discovery import Found, discover, home
from afterview.integrations.dav.starting import addresses, slug
from afterview.integrations.flow import AccountDraft, Choice, Field, FieldKind, FlowContext, Purpose, Step, StepKind
from afterview.integrations.signing_in import Scratch, connect_step, key_of, reauth_step
from afterview.sync.errors import AccountError, AuthFailed, Refused

from . import bodies
from .client import connect, find_by_dns
from .contacts import URL
from .probe import NotUsable, probe


class Setup:
    """One run of the set-up."""

    def __init__(self) -> None:
        self._answers: dict[str, Any] = {}
        self._found: list[Found] = []
        self._memory: dict[str, Any] = {}

    def start(self, context: FlowContext) -> Step:
        self._context = context
        self._answers = {**context.current}
        return reauth_step(self._answers, None) if context.purpose is Purpose.REAUTH else self._connect()

    def submit(self, step_id: str, answers: Mapping[str, Any]) -> Step:
        self._answers.update(answers)
        steps = {"connect": self._connected, "reauth": self._reauthed, "address_book": self._chosen}
        return steps[step_id]()

    def _connect(self, error: Exception | None = None) -> Step:
        return connect_step(self._answers, error, keeps=self._context.purpose is Purpose.RECONFIGURE)

    def _connected(self) -> Step:
        try:
            self._found = self._discovered()
        except AccountError as error:
            return self._connect(error)
        return self._address_book()

    def _discovered(self) -> list[Found]:
        """Try the address as given; a bare domain or an e-mail address by DNS, then by https."""
        given = str(self._answers.get("url", "")).strip()
        trouble: AccountError | None = None
        for url in addresses(given, find_by_dns):
            dav = None
            try:
                dav = self._dav(url)
                found = [one for one in discover(dav) if one.writable]
            except AuthFailed:
                raise
            except AccountError as error:
                trouble = trouble or error
                continue
            finally:
                if dav is not None:
                    dav.close()
            self._answers["url"] = url
            return found
        raise trouble or Refused(f"There is no address book server at {given}.")

    def _dav(self, url: str) -> Dav:
        password = str(self._answers.get("password") or self._context.secrets.get("password", ""))
        return connect(url, str(self._answers.get("username") or ""), password, self._context.clock)

    def _reauthed(self) -> Step:
        try:
            self._found = self._discovered()
        except AccountError as error:
            return reauth_step(self._answers, error)
        return self._draft()

    def _address_book(self, errors: Mapping[str, str] | None = None, reason: str = "") -> Step:
        titles = [one.title for one in self._found]
        choices = tuple(Choice(f.title if titles.count(f.title) == 1 else f.url, f.title) for f in self._found)
        known = {choice.value for choice in choices}
        current = self._answers.get("address_book")
        default = current if current in known else choices[0].value if len(choices) == 1 else None
        fields = [Field("new_book", FieldKind.TEXT, required=False)]
        if choices:
            fields.insert(0, Field("address_book", FieldKind.SELECT, required=False, default=default, choices=choices))
        placeholders = {"reason": reason}
        return Step(StepKind.FORM, "address_book", tuple(fields), errors=errors or {}, placeholders=placeholders)

    def _chosen(self) -> Step:
        wanted_new = str(self._answers.pop("new_book", None) or "").strip()
        try:
            if wanted_new:
                self._make(wanted_new)
            chosen = str(self._answers.get("address_book") or "")
            found = next((one for one in self._found if chosen in {one.title, one.url}), None)
            if found is None:
                return self._address_book({"base": "nothing_chosen"})
            self._try(found)
        except NotUsable as error:
            return self._address_book({"base": "not_usable"}, str(error))
        except AccountError as error:
            return self._address_book({"base": key_of(error)}, str(error))
        self._memory[URL] = {"name": self._answers["address_book"], "url": found.url}
        return self._draft()

    def _make(self, title: str) -> None:
        dav = self._dav(str(self._answers["url"]))
        try:
            url = urljoin(home(dav).rstrip("/") + "/", quote(slug(title, "people")) + "/")
            reply = dav.make("MKCOL", url, bodies.make_book(title))
            if reply.status not in {200, 201}:
                raise Refused(f'{dav.host} does not make the address book "{title}" (HTTP {reply.status}).')
        finally:
            dav.close()
        self._found.append(Found(url, title))
        self._answers["address_book"] = title

    def _try(self, found: Found) -> None:
        dav = self._dav(str(self._answers["url"]))
        try:
            collection = Collection(dav, found.url, f'The address book "{found.title}"', Scratch())
            self._memory.update(probe(collection, self._context.clock()))
        finally:
            dav.close()

    def _draft(self) -> Step:
        url, user = str(self._answers["url"]), str(self._answers.get("username") or "")
        host = urlsplit(url).hostname or ""
        password = self._answers.get("password")
        draft = AccountDraft(
            title=f"{user} at {host}" if user else host,
            unique_id=f"carddav:{user}@{host}:{urlsplit(url).port or ''}",
            settings={"url": url, "username": user, "address_book": self._answers.get("address_book", "")},
            secrets={"password": str(password)} if password else {},
            memory=self._memory,
        )
        return Step(StepKind.CREATE, "create", draft=draft)
