"""Set-up: address -> sign in (browser, or a token that is pasted) -> calendars -> list -> phone -> create.

connect -> (unencrypted) -> sign_in -> browser | token -> calendars -> task_list -> (phone) -> create
reauth: reauth -> (unencrypted) -> sign_in -> ... -> create
reconfigure: connect -> calendars, where what is kept of the sign-in still holds
"""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from afterview.integrations.flow import AccountDraft, Choice, Field, FieldKind, FlowContext, Purpose, Step, StepKind
from afterview.integrations.http import is_at_home, is_loopback
from afterview.integrations.loopback import Listener, new_state
from afterview.sync.errors import AccountError, AuthFailed, WriteError
from afterview.sync.ports import Push

from .client import Client
from .notifier import Phone
from .places import Places, look, try_list
from .signin import Attempt, SignInFailed, exchange, knock, pasted
from .tokens import SECRET, Consent, home_of

USUAL = "http://homeassistant.local:8123"
_WAYS = ("browser", "token")
_KEPT: Mapping[str, Any] = {"unencrypted": False, "calendars": [], "task_list": "", "vanishing": False, "notify": ""}


class Setup:
    """One run of the set-up."""

    def __init__(self) -> None:
        self._answers: dict[str, Any] = {}
        self._consent: Consent | None = None
        self._places: Places | None = None
        self._listener: Listener | None = None
        self._attempt: Attempt | None = None

    def start(self, context: FlowContext) -> Step:
        self._context = context
        self._answers = {**_KEPT, **context.current}
        return self._reauth() if context.purpose is Purpose.REAUTH else self._connect()

    def submit(self, step_id: str, answers: Mapping[str, Any]) -> Step:
        self._answers.update(answers)
        steps: dict[str, Callable[[], Step]] = {
            "connect": self._given_address,
            "reauth": self._given_address,
            "unencrypted": self._agreed,
            "sign_in": self._way_chosen,
            "browser": self._came_back,
            "token": self._given_token,
            "trouble": self._after_trouble,
            "calendars": self._task_list,
            "task_list": self._chosen_list,
            "phone": self._chosen_phone,
        }
        return steps[step_id]()

    @property
    def _url(self) -> str:
        return str(self._answers["url"])

    # where it is
    def _connect(self, errors: Mapping[str, str] | None = None, reason: str = "") -> Step:
        field = Field("url", FieldKind.URL, default=self._answers.get("url") or USUAL)
        return Step(StepKind.FORM, "connect", (field,), errors=errors or {}, placeholders={"reason": reason})

    def _reauth(self, errors: Mapping[str, str] | None = None, reason: str = "") -> Step:
        field = Field("url", FieldKind.URL, default=self._answers.get("url") or USUAL)
        return Step(StepKind.FORM, "reauth", (field,), errors=errors or {}, placeholders={"reason": reason})

    def _asked_again(self, errors: Mapping[str, str], reason: str = "") -> Step:
        again = self._reauth if self._context.purpose is Purpose.REAUTH else self._connect
        return again(errors, reason)

    def _given_address(self) -> Step:
        url = home_of(self._url)
        if not url:
            return self._asked_again({"url": "not_an_address"})
        try:
            wrong, self._answers["url"] = knock(url, self._context.clock)
            if wrong:
                return self._asked_again({"url": wrong})
            host = urlsplit(self._url).hostname or ""
            if self._url.startswith("https:") or is_loopback(host):
                self._answers["unencrypted"] = False
                return self._welcome()
            if not is_at_home(host):
                return self._asked_again({"url": "https_needed"})
        except AccountError as error:
            return self._asked_again({"url": "cannot_connect"}, str(error))
        return self._unencrypted()

    def _unencrypted(self) -> Step:
        field = Field("unencrypted", FieldKind.BOOL, default=self._answers["unencrypted"] is True)
        return Step(StepKind.FORM, "unencrypted", (field,), placeholders={"url": self._url})

    def _agreed(self) -> Step:
        if not self._answers["unencrypted"]:
            return self._asked_again({"url": "https_needed"})
        return self._welcome()

    def _welcome(self) -> Step:
        """Go on with the sign-in that there is, or to a new one."""
        if self._context.purpose is Purpose.RECONFIGURE:
            try:
                self._consent = Consent.read(self._context.secrets.get(SECRET, ""))
                return self._visit()
            except ValueError:
                self._consent = None
        return self._sign_in()

    # signing in
    def _sign_in(self) -> Step:
        return Step(StepKind.MENU, "sign_in", options=_WAYS, placeholders={"url": self._url})

    def _way_chosen(self) -> Step:
        return self._browser() if self._answers.pop("option") == "browser" else self._token()

    def _browser(self, errors: Mapping[str, str] | None = None, reason: str = "", *, again: bool = True) -> Step:
        """Send the user to the page; `again` makes a new attempt, else the one that waits still counts."""
        if again or self._listener is None or self._attempt is None:
            state = new_state()
            self._listener = Listener(state)
            self._attempt = Attempt(self._url, self._listener.address, state)
        return Step(
            StepKind.BROWSER,
            "browser",
            (Field("address", FieldKind.TEXT, required=False),),
            errors=errors or {},
            placeholders={"reason": reason},
            url=self._attempt.page(),
            arrival=self._listener,
        )

    def _came_back(self) -> Step:
        assert self._attempt is not None  # noqa: S101 -- the step that led here made it
        assert self._listener is not None  # noqa: S101 -- the same
        given = str(self._answers.pop("address", None) or "")
        try:
            answer = pasted(given) if given else self._listener.answer
            if not answer:
                return self._browser({"base": "timed_out"})
            code = self._attempt.code(answer)
            at_home = bool(self._answers["unencrypted"])
            self._consent = exchange(self._attempt, code, self._context.clock, at_home=at_home)
        except SignInFailed as error:
            return self._browser({"base": str(error)}, again=str(error) not in {"not_the_address", "other_attempt"})
        except AccountError as error:
            return self._browser({"base": "cannot_connect"}, str(error))
        return self._visit()

    def _token(self, errors: Mapping[str, str] | None = None, reason: str = "") -> Step:
        page = f"{self._url}/profile/security"
        field = Field("token", FieldKind.SECRET)
        return Step(
            StepKind.FORM, "token", (field,), errors=errors or {}, placeholders={"page": page, "reason": reason}
        )

    def _given_token(self) -> Step:
        try:
            self._consent = Consent.read(str(self._answers.pop("token", "")))
        except ValueError:
            return self._token({"token": "not_a_token"})
        return self._visit()

    # what there is
    def _client(self) -> Client:
        assert self._consent is not None  # noqa: S101 -- no step leads here without one
        return Client(self._url, self._consent, self._context.clock, at_home=bool(self._answers["unencrypted"]))

    def _visit(self) -> Step:
        """Look at what there is, which shows that the sign-in works."""
        client = self._client()
        try:
            self._places = look(client)
        except AuthFailed:
            if self._consent is not None and self._consent.lasting and self._context.purpose is not Purpose.RECONFIGURE:
                return self._token({"token": "token_refused"})
            return self._sign_in()
        except AccountError as error:
            return Step(
                StepKind.MENU,
                "trouble",
                options=("try_again", "sign_in_again"),
                errors={"base": "trouble"},
                placeholders={"reason": str(error)},
            )
        finally:
            client.close()
        return self._draft() if self._context.purpose is Purpose.REAUTH else self._calendars()

    def _after_trouble(self) -> Step:
        return self._sign_in() if self._answers.pop("option") == "sign_in_again" else self._visit()

    def _found(self) -> Places:
        assert self._places is not None  # noqa: S101 -- no step leads here without a visit
        return self._places

    def _calendars(self, errors: Mapping[str, str] | None = None) -> Step:
        known = self._found().calendars
        field = Field(
            "calendars",
            FieldKind.SELECT,
            required=False,
            default=[one for one in self._answers["calendars"] if one in known],
            choices=tuple(Choice(value, label) for value, label in known.items()),
            multiple=True,
        )
        return Step(StepKind.FORM, "calendars", (field,), errors=errors or {})

    def _task_list(self, errors: Mapping[str, str] | None = None, reason: str = "") -> Step:
        found = self._found()
        before = str(self._answers["task_list"] or "")
        field = Field(
            "task_list",
            FieldKind.SELECT,
            required=False,
            default=before if before in found.lists else None,
            choices=tuple(Choice(value, label) for value, label in found.lists.items()),
        )
        unfit = f"Not offered: {', '.join(found.unfit)}." if found.unfit else ""
        placeholders = {"unfit": unfit, "reason": reason}
        return Step(StepKind.FORM, "task_list", (field,), errors=errors or {}, placeholders=placeholders)

    def _chosen_list(self) -> Step:
        chosen = self._answers["task_list"] = str(self._answers["task_list"] or "")
        if chosen and chosen != self._context.current.get("task_list"):
            client = self._client()
            try:
                try_list(client, chosen, self._context.clock, self._context.zone)
            except (AccountError, WriteError) as error:
                return self._task_list({"task_list": "list_failed"}, str(error))
            finally:
                client.close()
        self._answers["vanishing"] = chosen in self._found().vanishing
        if self._found().phones:
            return self._phone()
        return self._finished()

    def _phone(self, errors: Mapping[str, str] | None = None, reason: str = "") -> Step:
        known = self._found().phones
        before = str(self._answers["notify"] or "")
        field = Field(
            "notify",
            FieldKind.SELECT,
            required=False,
            default=before if before in known else "",
            choices=tuple(Choice(value, label) for value, label in known.items()),
        )
        return Step(StepKind.FORM, "phone", (field,), errors=errors or {}, placeholders={"reason": reason})

    def _chosen_phone(self) -> Step:
        target = self._answers["notify"] = str(self._answers["notify"] or "")
        if target:
            phone = Phone(self._client(), target)
            try:
                phone.send(Push("Afterview", "Push works: follow-ups will ring here."))
            except (AccountError, WriteError) as error:
                return self._phone({"notify": "push_failed"}, str(error))
            finally:
                phone.close()
        return self._finished()

    def _finished(self) -> Step:
        if not any(self._answers[name] for name in ("calendars", "task_list", "notify")):
            return self._calendars({"calendars": "nothing_chosen"})
        return self._draft()

    def _draft(self) -> Step:
        assert self._consent is not None  # noqa: S101 -- no step leads here without one
        draft = AccountDraft(
            title="Home Assistant",
            unique_id=f"home_assistant:{self._found().user}",
            settings={"url": self._url, **{name: self._answers.get(name, empty) for name, empty in _KEPT.items()}},
            secrets={SECRET: self._consent.written()},
        )
        return Step(StepKind.CREATE, "create", draft=draft)
