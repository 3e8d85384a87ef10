"""Folder and password, then the list."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from afterview.integrations.flow import AccountDraft, Choice, Field, FieldKind, FlowContext, Purpose, Step, StepKind

from .client import PASSWORD


class Setup:
    def start(self, context: FlowContext) -> Step:
        self._context = context
        self._path, self._password = str(context.current.get("path", "")), ""
        return self._user({})

    def submit(self, step_id: str, answers: Mapping[str, Any]) -> Step:
        if step_id == "list":
            return self._create(str(answers["task_list"]))
        self._path, self._password = str(answers.get("path", self._path)), str(answers["password"])
        if not Path(self._path).is_dir():
            return self._user({"path": "no_folder"})
        if self._password != PASSWORD:
            return self._user({"base": "invalid_auth"})
        if self._context.purpose is Purpose.REAUTH:
            return self._create(str(self._context.current.get("task_list", "")))
        lists = sorted(path.name for path in Path(self._path).iterdir() if path.is_dir())
        if not lists:
            return Step(StepKind.ABORT, "list", reason="nothing", placeholders={"path": self._path})
        choices = tuple(Choice(name, f"The list {name}") for name in lists)
        field = Field("task_list", FieldKind.SELECT, default=lists[0], choices=choices)
        return Step(StepKind.FORM, "list", (field,), placeholders={"path": self._path})

    def _user(self, errors: Mapping[str, str]) -> Step:
        path = Field("path", FieldKind.PATH, default=self._path or None)
        password = Field("password", FieldKind.SECRET)
        fields = (password,) if self._context.purpose is Purpose.REAUTH else (path, password)
        return Step(StepKind.FORM, "user", fields, errors=errors)

    def _create(self, task_list: str) -> Step:
        draft = AccountDraft(
            title="Paper: My Desk",
            unique_id=self._path,
            settings={"path": self._path, "task_list": task_list},
            secrets={"password": self._password},
            memory={"seen": True},
        )
        return Step(StepKind.CREATE, "create", draft=draft)
