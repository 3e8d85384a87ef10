"""Set-up: features -> the user's own client file -> Google's page -> calendars -> list -> create.

features -> client_file --(has none)--> project -> apis -> consent -> publish -> client -> client_file
                       -> sign_in -> (partial) -> calendars -> task_list -> create
reauth: reauth -> sign_in -> create          reconfigure: features -> (sign_in, if more is needed) -> calendars -> ...
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from afterview.integrations.flow import AccountDraft, Choice, Field, FieldKind, FlowContext, Purpose, Step, StepKind
from afterview.integrations.loopback import Listener, new_state
from afterview.sync.errors import AccountError, WriteError

from .calendars import PRIMARY
from .places import Places
from .scopes import Feature, features_in, scopes_for
from .signin import Attempt, Client, SignInFailed, WrongFile, exchange, read_client
from .tokens import SECRET, Token

_CONSOLE = "https://console.cloud.google.com/"
_APIS = "flows/enableapi?apiid=calendar-json.googleapis.com,tasks.googleapis.com"
LIST = "Interviews"
_OFF = {  # what is told when it was not allowed; without `CHOOSE` everything works, by name
    Feature.READ: "off_read",
    Feature.TASKS: "off_tasks",
    Feature.RING: "off_ring",
}


class Setup:
    """One run of the set-up."""

    def __init__(self) -> None:
        self._answers: dict[str, Any] = {}
        self._client: Client | None = None
        self._token: Token | None = None
        self._listener: Listener | None = None
        self._attempt: Attempt | None = None
        self._places: Places | None = None

    def start(self, context: FlowContext) -> Step:
        self._context = context
        self._answers = {"calendars": [PRIMARY], "task_list": LIST, **context.current}
        self._remembered()
        if context.purpose is Purpose.REAUTH:
            return self._client_file("reauth")
        return self._features()

    def submit(self, step_id: str, answers: Mapping[str, Any]) -> Step:
        self._answers.update(answers)
        steps: dict[str, Callable[[], Step]] = {
            "features": self._chosen,
            "client_file": self._given_file,
            "reauth": self._given_file,
            "project": self._apis,
            "apis": self._consent,
            "consent": self._publish,
            "publish": self._make_client,
            "client": lambda: self._client_file("client_file"),
            "sign_in": self._signed_in,
            "partial": self._after_menu,
            "trouble": self._after_menu,
            "calendars": self._chosen_calendars,
            "task_list": self._chosen_list,
        }
        return steps[step_id]()

    def _remembered(self) -> None:
        """Take up the consent that there is: its client serves again."""
        try:
            self._token = Token.read(self._context.secrets.get(SECRET, ""))
        except ValueError:
            return
        token = self._token
        self._client = Client(token.client_id, token.client_secret, token.auth_uri, token.token_uri, token.api)

    # features
    def _features(self, errors: Mapping[str, str] | None = None) -> Step:
        has = self._context.current
        new = self._context.purpose is Purpose.USER
        fields = (
            Field("read", FieldKind.BOOL, default=new or bool(has.get("calendars"))),
            Field("tasks", FieldKind.BOOL, default=new or bool(has.get("task_list"))),
            Field("ring", FieldKind.BOOL, default=new or bool(has.get("reminder_calendar"))),
        )
        return Step(StepKind.FORM, "features", fields, errors=errors or {})

    def _chosen(self) -> Step:
        if not self._wanted:
            return self._features({"base": "nothing_chosen"})
        if self._token is not None and not self._missing():
            return self._visit()
        return self._sign_in() if self._client else self._client_file("client_file")

    @property
    def _wanted(self) -> frozenset[Feature]:
        if self._context.purpose is Purpose.REAUTH:
            has = self._context.current
            on = {"read": has.get("calendars"), "tasks": has.get("task_list"), "ring": has.get("reminder_calendar")}
        else:
            on = {name: self._answers.get(name) for name in ("read", "tasks", "ring")}
        wanted = {feature for feature in (Feature.READ, Feature.TASKS) if on[feature.value]}
        wanted |= {Feature.CHOOSE} if Feature.READ in wanted else set()
        wanted |= {Feature.RING} if on["ring"] and Feature.TASKS in wanted else set()
        return frozenset(wanted)

    @property
    def _granted(self) -> frozenset[Feature]:
        return features_in(self._token.scopes) & self._wanted if self._token else frozenset()

    def _missing(self) -> list[Feature]:
        return [feature for feature in _OFF if feature in self._wanted - self._granted]

    # the client file
    def _client_file(self, step_id: str, errors: Mapping[str, str] | None = None) -> Step:
        shown = step_id == "client_file" and self._answers.get("guided")
        required = bool(shown) or (step_id == "reauth" and self._client is None)
        field = Field("client_file", FieldKind.PATH, required=required)
        if step_id == "reauth":
            account = self._token.account if self._token else ""
            return Step(StepKind.FORM, "reauth", (field,), errors=errors or {}, placeholders={"account": account})
        return Step(StepKind.FORM, "client_file", (field,), errors=errors or {})

    def _given_file(self) -> Step:
        step_id = "reauth" if self._context.purpose is Purpose.REAUTH else "client_file"
        given = str(self._answers.pop("client_file", None) or "").strip()
        if not given:
            if self._client is not None:
                return self._sign_in()
            return self._guide()
        try:
            self._client = read_client(given)
        except WrongFile as error:
            return self._client_file(step_id, {"client_file": str(error)})
        return self._sign_in()

    def _guide(self) -> Step:
        self._answers["guided"] = True
        return Step(StepKind.BROWSER, "project", url=_CONSOLE + "projectcreate")

    def _apis(self) -> Step:
        return Step(StepKind.BROWSER, "apis", url=_CONSOLE + _APIS)

    def _consent(self) -> Step:
        return Step(StepKind.BROWSER, "consent", url=_CONSOLE + "auth/overview")

    def _publish(self) -> Step:
        return Step(StepKind.BROWSER, "publish", url=_CONSOLE + "auth/audience")

    def _make_client(self) -> Step:
        return Step(StepKind.BROWSER, "client", url=_CONSOLE + "auth/clients")

    # Google's page
    def _sign_in(self, errors: Mapping[str, str] | None = None, reason: str = "", *, again: bool = True) -> Step:
        """Send the user to Google's page; `again` makes a new attempt, else the one that waits still counts."""
        assert self._client is not None  # noqa: S101 -- no step leads here without one
        if again or self._listener is None or self._attempt is None:
            state = new_state()
            self._listener = Listener(state)
            hint = self._token.account if self._token else ""
            scopes = scopes_for(self._wanted)
            self._attempt = Attempt(self._client, scopes, self._listener.address, state, hint)
        return Step(
            StepKind.BROWSER,
            "sign_in",
            (Field("address", FieldKind.TEXT, required=False),),
            errors=errors or {},
            placeholders={"reason": reason},
            url=self._attempt.url(),
            arrival=self._listener,
        )

    def _signed_in(self) -> Step:
        assert self._attempt is not None  # noqa: S101 -- the step that led here made it
        assert self._listener is not None  # noqa: S101 -- the same
        pasted = str(self._answers.pop("address", None) or "")
        try:
            answer = self._attempt.pasted(pasted) if pasted else self._listener.answer
            if not answer:
                return self._sign_in({"base": "timed_out"})
            token = exchange(self._attempt, self._attempt.code(answer), self._context.clock)
        except SignInFailed as error:
            mistyped = str(error) in {"not_the_address", "other_attempt"}
            return self._sign_in({"base": str(error)}, error.words, again=not mistyped)
        except AccountError as error:
            return self._sign_in({"base": "cannot_connect"}, str(error))
        before, self._token = self._token, token
        if not self._granted & {Feature.READ, Feature.TASKS}:
            return self._sign_in({"base": "nothing_granted"})
        if missing := self._missing():
            off = {feature.value: _OFF[feature] for feature in missing}
            return Step(StepKind.MENU, "partial", options=("go_on", "sign_in_again"), errors=off)
        return self._visit(before.account if before else "")

    def _after_menu(self) -> Step:
        return self._sign_in() if self._answers.pop("option") == "sign_in_again" else self._visit()

    # what there is
    def _visit(self, expected: str = "") -> Step:
        """Look at the account, which shows that everything works that was allowed."""
        assert self._token is not None  # noqa: S101 -- no step leads here without one
        self._places = Places(self._token, self._context.clock, self._context.zone, self._granted)
        try:
            account = self._places.look()
        except (AccountError, WriteError) as error:
            return self._trouble(error)
        finally:
            self._places.close()
        if expected and account and account != expected:
            return self._sign_in({"base": "other_account"}, expected)
        self._token = replace(self._token, account=account)
        if self._context.purpose is Purpose.REAUTH:
            return self._draft()
        return self._calendars() if Feature.READ in self._granted else self._task_list()

    def _trouble(self, error: Exception) -> Step:
        options = ("try_again", "sign_in_again")
        return Step(
            StepKind.MENU, "trouble", options=options, errors={"base": "trouble"}, placeholders={"reason": str(error)}
        )

    def _calendars(self, errors: Mapping[str, str] | None = None) -> Step:
        assert self._places is not None  # noqa: S101 -- no step leads here without
        names = self._places.calendars
        before = [str(name) for name in self._answers.get("calendars") or ()]
        if not names:
            field = Field("calendars", FieldKind.LIST, required=False, default=before)
        else:
            choices = tuple(Choice(value, title) for value, title in names.items())
            default = [name for name in before if name in names]
            field = Field(
                "calendars", FieldKind.SELECT, required=False, default=default, choices=choices, multiple=True
            )
        return Step(StepKind.FORM, "calendars", (field,), errors=errors or {})

    def _chosen_calendars(self) -> Step:
        if Feature.TASKS in self._granted:
            return self._task_list()
        return self._draft() if self._answers.get("calendars") else self._calendars({"calendars": "nothing_chosen"})

    def _task_list(self, errors: Mapping[str, str] | None = None, reason: str = "") -> Step:
        field = Field("task_list", FieldKind.TEXT, default=self._answers.get("task_list") or LIST)
        return Step(StepKind.FORM, "task_list", (field,), errors=errors or {}, placeholders={"reason": reason})

    def _chosen_list(self) -> Step:
        assert self._places is not None  # noqa: S101 -- no step leads here without
        title = str(self._answers.get("task_list") or LIST).strip()
        try:
            if not self._places.take_list(title):
                return self._task_list({"task_list": "two_lists"})
            calendar = ""
            if Feature.RING in self._granted:
                calendar = self._places.take_reminders(str(self._context.current.get("reminder_calendar") or ""))
        except (AccountError, WriteError) as error:
            return self._task_list({"base": "cannot_connect"}, str(error))
        finally:
            self._places.close()
        self._answers["task_list"], self._answers["reminder_calendar"] = title, calendar
        return self._draft()

    # create
    def _draft(self) -> Step:
        assert self._token is not None  # noqa: S101 -- no step leads here without one
        assert self._places is not None  # noqa: S101 -- the same
        if self._context.purpose is Purpose.REAUTH:
            settings = {name: self._context.current.get(name, empty) for name, empty in _EMPTY.items()}
        else:
            settings = {**_EMPTY, "calendars": list(self._answers.get("calendars") or ())}
            if Feature.READ not in self._granted:
                settings["calendars"] = []
            if Feature.TASKS in self._granted:
                settings |= {name: self._answers.get(name, "") for name in ("task_list", "reminder_calendar")}
        draft = AccountDraft(
            title="Google",
            unique_id=f"google:{self._places.identity}",
            settings=settings,
            secrets={SECRET: self._token.written()},
            memory=self._places.memory,
        )
        return Step(StepKind.CREATE, "create", draft=draft)


_EMPTY: Mapping[str, Any] = {"calendars": [], "task_list": "", "reminder_calendar": ""}
