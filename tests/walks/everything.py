"""A flow that has every kind of step and every kind of field, so that each renderer has shown each."""

from collections.abc import Mapping
from typing import Any

from afterview.integrations.flow import (
    AccountDraft,
    Choice,
    Field,
    FieldKind,
    FlowContext,
    Step,
    StepKind,
)

CHOICES = (Choice("a", "First {of} all"), Choice("b", "Second"))
FIELDS = (
    Field("text", FieldKind.TEXT),
    Field("url", FieldKind.URL, required=False, default="https://dav.example.org/"),
    Field("secret", FieldKind.SECRET),
    Field("number", FieldKind.NUMBER, minimum=1, maximum=9, default=3),
    Field("half", FieldKind.NUMBER, required=False),
    Field("minutes", FieldKind.MINUTES, required=False, default=15),
    Field("bool", FieldKind.BOOL, default=None),
    Field("select", FieldKind.SELECT, choices=CHOICES),
    Field("maybe", FieldKind.SELECT, required=False, default="", choices=CHOICES),
    Field("several", FieldKind.SELECT, required=False, default=[], choices=CHOICES, multiple=True),
    Field("time", FieldKind.TIME, default="22:00:00"),
    Field("list", FieldKind.LIST, required=False),
    Field("entity", FieldKind.ENTITY, choices=(Choice("calendar", ""),)),
    Field("entities", FieldKind.ENTITY, choices=(Choice("todo", ""),), multiple=True),
    Field("path", FieldKind.PATH, required=False),
)
STRINGS = {
    "setup": {
        "step": {
            "form": {
                "title": "Everything",
                "description": "Asked is {what}.",
                "data": {field.key: f"The {field.key}" for field in FIELDS},
            },
            "menu": {
                "title": "Which way",
                "menu_options": {"back": "Back to the form", "page": "To a page", "work": "On"},
            },
            "page": {"title": "A page", "description": "Look at it."},
            "work": {"title": "It works", "description": "Wait a little."},
            "trouble": {"title": "Trouble", "menu_options": {"again": "Again", "stop": "Stop"}},
        },
        "error": {"too_short": "{what} is too short.", "broke": "It broke."},
        "abort": {"given_up": "You gave up."},
    }
}


class Setup:
    """form -> menu (-> page) -> work -> trouble -> work -> create; or it stops at the trouble."""

    def __init__(self) -> None:
        self._answers: dict[str, Any] = {}
        self._works = 0

    def start(self, context: FlowContext) -> Step:
        self._answers = dict(context.current)
        return self._form()

    def submit(self, step_id: str, answers: Mapping[str, Any]) -> Step:
        if step_id == "form":
            self._answers |= answers
            return self._menu() if len(self._answers["text"]) > 1 else self._form({"text": "too_short"})
        if step_id == "menu":
            return {"back": self._form, "page": self._page, "work": self._work}[answers["option"]]()
        if step_id == "page":
            return self._work()
        if step_id == "work":
            self._works += 1
            return self._trouble() if self._works == 1 else self._created()
        return self._work() if answers["option"] == "again" else Step(StepKind.ABORT, "stop", reason="given_up")

    def _form(self, errors: Mapping[str, str] | None = None) -> Step:
        return Step(StepKind.FORM, "form", FIELDS, errors=errors or {}, placeholders={"what": "a {brace}"})

    def _menu(self) -> Step:
        return Step(StepKind.MENU, "menu", options=("back", "page", "work"))

    def _page(self) -> Step:
        return Step(StepKind.BROWSER, "page", url="http://127.0.0.1/")

    def _work(self) -> Step:
        return Step(StepKind.PROGRESS, "work")

    def _trouble(self) -> Step:
        return Step(StepKind.MENU, "trouble", options=("again", "stop"), errors={"base": "broke"})

    def _created(self) -> Step:
        settings = {name: value for name, value in self._answers.items() if name != "secret"}
        return Step(
            StepKind.CREATE,
            "create",
            draft=AccountDraft("Everything", "everything:1", settings, {"secret": self._answers["secret"]}),
        )
