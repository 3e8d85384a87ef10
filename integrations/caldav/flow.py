"""Set-up: address and login -> connection test -> calendars to read -> list to write -> trial -> ring profile.

connect -> calendars -> task_list -> ring -> create          reauth: password -> create
(probe)                              reconfigure: connect with what is there -> ...
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from afterview.integrations.dav.client import Dav
from afterview.integrations.dav.collection import Collection
from afterview.integrations.dav.discovery import Found, home
from afterview.integrations.dav.starting import addresses, slug
from afterview.integrations.flow import AccountDraft, Choice, Field, FieldKind, FlowContext, Purpose, Step, StepKind
from afterview.integrations.ical.profiles import profiles
from afterview.integrations.signing_in import Scratch, connect_step, key_of, reauth_step
from afterview.sync.errors import AccountError, AuthFailed, Refused
from afterview.sync.ports import Memory

from . import bodies
from .client import connect, find_by_dns
from .discovery import discover
from .probe import NotUsable, Probe, probe, proposed_profile
from .tasks import ALARMS, is_google

_ICLOUD = "icloud.com"


class Setup:
    """One run of the set-up."""

    def __init__(self) -> None:
        self._answers: dict[str, Any] = {}
        self._found: list[Found] = []
        self._memory: Memory = Scratch()
        self._probe = Probe()
        self._list: Found | None = None

    def start(self, context: FlowContext) -> Step:
        self._context = context
        self._answers = {**context.current}
        if context.purpose is Purpose.REAUTH:
            return reauth_step(self._answers, None)
        return self._connect()

    def submit(self, step_id: str, answers: Mapping[str, Any]) -> Step:
        self._answers.update(answers)
        steps = {
            "connect": self._connected,
            "reauth": self._reauthed,
            "calendars": self._chosen_calendars,
            "task_list": self._chosen_list,
            "ring": self._create,
        }
        return steps[step_id]()

    # connect
    def _connect(self, error: Exception | None = None) -> Step:
        return connect_step(self._answers, error, keeps=self._context.purpose is Purpose.RECONFIGURE)

    def _connected(self) -> Step:
        try:
            self._found = self._discovered()
        except AccountError as error:
            return self._connect(error)
        if not self._found:
            return replace(self._connect(), errors={"url": "no_calendars"})
        return self._calendars()

    def _discovered(self) -> list[Found]:
        """Try the address as given; a bare domain or an e-mail address by DNS, then by https."""
        given = str(self._answers.get("url", "")).strip()
        trouble: AccountError | None = None
        for url in addresses(given, find_by_dns):
            dav = None
            try:
                dav = self._dav(url)
                found = discover(dav)
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
        raise trouble or Refused(f"There is no calendar server at {given}.")

    def _dav(self, url: str) -> Dav:
        password = str(self._answers.get("password") or self._context.secrets.get("password", ""))
        return connect(url, str(self._answers.get("username") or ""), password, self._context.clock)

    # reauth
    def _reauthed(self) -> Step:
        try:
            self._found = self._discovered()
        except AccountError as error:
            return reauth_step(self._answers, error)
        return self._draft()

    # calendars
    def _calendars(self) -> Step:
        choices = self._choices("VEVENT")
        known = {choice.value for choice in choices}
        current = [name for name in self._answers.get("calendars") or () if name in known]
        default = current or ([choices[0].value] if len(choices) == 1 else [])
        calendars = Field(
            "calendars", FieldKind.SELECT, required=False, default=default, choices=choices, multiple=True
        )
        return Step(StepKind.FORM, "calendars", (calendars,), placeholders={"count": str(len(choices))})

    def _choices(self, component: str) -> tuple[Choice, ...]:
        """Offer the collections by title; by address where two have the same title."""
        fitting = [found for found in self._found if component in found.components]
        titles = [found.title for found in fitting]
        return tuple(Choice(f.title if titles.count(f.title) == 1 else f.url, f.title) for f in fitting)

    def _chosen_calendars(self) -> Step:
        if is_google(str(self._answers["url"])):
            self._answers["task_list"] = ""
            return self._draft()
        return self._task_list()

    # task list
    @property
    def _component(self) -> str:
        return "VEVENT" if self._on_icloud() else "VTODO"

    def _on_icloud(self) -> bool:
        host = urlsplit(str(self._answers["url"])).hostname or ""
        return host == _ICLOUD or host.endswith("." + _ICLOUD)

    def _task_list(self, errors: Mapping[str, str] | None = None, reason: str = "") -> Step:
        read: set[str] = set(self._answers.get("calendars") or ())
        icloud = self._on_icloud()
        choices = tuple(choice for choice in self._choices(self._component) if not (icloud and choice.value in read))
        current = self._answers.get("task_list")
        default = current if current in {choice.value for choice in choices} else None
        fields = [Field("new_list", FieldKind.TEXT, required=False)]
        if choices:
            fields.insert(0, Field("task_list", FieldKind.SELECT, required=False, default=default, choices=choices))
        step_id = "task_list"
        return Step(StepKind.FORM, step_id, tuple(fields), errors=errors or {}, placeholders={"reason": reason})

    def _chosen_list(self) -> Step:
        wanted_new = str(self._answers.pop("new_list", None) or "").strip()
        try:
            if wanted_new:
                self._make_list(wanted_new)
            chosen = str(self._answers.get("task_list") or "")
            if not chosen:
                return self._draft() if self._answers.get("calendars") else self._task_list({"base": "nothing_chosen"})
            return self._tried(chosen)
        except NotUsable as error:
            return self._task_list({"base": "not_usable"}, str(error))
        except AccountError as error:
            return self._task_list({"base": key_of(error)}, str(error))

    def _make_list(self, title: str) -> None:
        dav = self._dav(str(self._answers["url"]))
        try:
            url = urljoin(home(dav).rstrip("/") + "/", quote(slug(title, "tasks")) + "/")
            reply = dav.make("MKCALENDAR", url, bodies.make_calendar(title, self._component))
            if reply.status not in {200, 201}:
                raise Refused(f'{dav.host} does not make the list "{title}" (HTTP {reply.status}).')
        finally:
            dav.close()
        self._found.append(Found(url, title, (self._component,)))
        self._answers["task_list"] = title

    def _tried(self, chosen: str) -> Step:
        """Try the list out and propose how its tasks ring."""
        self._list = next(found for found in self._found if chosen in {found.title, found.url} and self._fits(found))
        dav = self._dav(str(self._answers["url"]))
        try:
            collection = Collection(dav, self._list.url, f'The list "{self._list.title}"', self._memory)
            host = urlsplit(str(self._answers["url"])).hostname or ""
            self._probe = probe(collection, proposed_profile(collection, host), self._context.clock())
        finally:
            dav.close()
        return self._ring()

    def _fits(self, found: Found) -> bool:
        return self._component in found.components

    # ring profile
    def _ring(self) -> Step:
        icloud = self._on_icloud()
        names = ["event"] if icloud else [name for name, form in profiles().items() if form.component == "VTODO"]
        choices = tuple(Choice(name, name) for name in names)
        current = self._answers.get("ring_profile") if self._context.purpose is Purpose.RECONFIGURE else None
        default = current if current in names else self._probe.profile
        ring = Field("ring_profile", FieldKind.SELECT, default=default, choices=choices)
        silent = "" if self._probe.memory.get(ALARMS, True) else "silent"
        return Step(StepKind.FORM, "ring", (ring,), placeholders={"proposed": str(default), "silent": silent})

    # create
    def _create(self) -> Step:
        return self._draft()

    def _draft(self) -> Step:
        url, user = str(self._answers["url"]), str(self._answers.get("username") or "")
        host = urlsplit(url).hostname or ""
        settings: dict[str, Any] = {"url": url, "username": user}
        if self._answers.get("calendars"):
            settings["calendars"] = list(self._answers["calendars"])
        if self._answers.get("task_list"):
            settings["task_list"] = self._answers["task_list"]
            settings["ring_profile"] = self._answers.get("ring_profile") or self._probe.profile
        password = self._answers.get("password")
        draft = AccountDraft(
            title=f"{user} at {host}" if user else host,
            unique_id=f"caldav:{user}@{host}:{urlsplit(url).port or ''}",
            settings=settings,
            secrets={"password": str(password)} if password else {},
            memory={**self._probe.memory, "urls": self._urls(settings)},
        )
        return Step(StepKind.CREATE, "create", draft=draft)

    def _urls(self, settings: Mapping[str, Any]) -> dict[str, str]:
        """Remember where the chosen collections are, so that no pass has to look."""
        urls: dict[str, str] = {}
        for found in self._found:
            if found.title in (settings.get("calendars") or ()) and "VEVENT" in found.components:
                urls[f"VEVENT:{found.title}"] = found.url
            if found is self._list:
                urls[f"{self._component}:{found.title}"] = found.url
        return urls
