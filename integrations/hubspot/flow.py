"""Set-up: service key -> the user's own pipeline and stages -> our properties, after asking -> trial.

connect -> pipeline -> stages -> properties -> create          reauth: a new key of the same account -> create
           (if several)          (if some are missing)         reconfigure: connect with what is there -> ...
"""

from collections.abc import Mapping
from typing import Any

from afterview.integrations.flow import AccountDraft, Choice, Field, FieldKind, FlowContext, Purpose, Step, StepKind
from afterview.sync.errors import AccountError, AuthFailed, NotReady, WriteError
from afterview.sync.stages import Stage

from .client import Client, connect
from .paths import ADDRESS
from .probe import make, missing, portal, probe
from .shapes import Own
from .stages import Pipeline, read_pipelines

SCOPES = ", ".join(
    f"crm.{what}.{type_}.{right}"
    for what in ("objects", "schemas")
    for type_ in ("contacts", "companies", "deals")
    for right in ("read", "write")
)
_STAGES = ("stage", "won_stage", "lost_stage", "withdrawn_stage")


class Setup:
    """One run of the set-up. `address`: of HubSpot; another one is for tests."""

    def __init__(self, address: str = ADDRESS) -> None:
        self._address = address
        self._answers: dict[str, Any] = {}
        self._pipelines: tuple[Pipeline, ...] = ()
        self._missing: list[Own] = []

    def start(self, context: FlowContext) -> Step:
        self._context = context
        self._answers = {**context.current}
        self._address = str(context.current.get("url") or self._address)
        return self._reauth() if context.purpose is Purpose.REAUTH else self._connect()

    def submit(self, step_id: str, answers: Mapping[str, Any]) -> Step:
        self._answers.update(answers)
        steps = {
            "connect": self._connected,
            "reauth": self._reauthed,
            "pipeline": self._stages,
            "stages": self._staged,
            "properties": self._agreed,
        }
        return steps[step_id]()

    def _client(self) -> Client:
        key = str(self._answers.get("token") or self._context.secrets.get("token", "")).strip()
        return connect(self._address, key, self._context.clock)

    def _connect(self, errors: Mapping[str, str] | None = None, reason: str = "") -> Step:
        keeps = self._context.purpose is Purpose.RECONFIGURE
        fields = (Field("token", FieldKind.SECRET, required=not keeps),)
        placeholders = {"reason": reason, "scopes": SCOPES}
        return Step(StepKind.FORM, "connect", fields, errors=errors or {}, placeholders=placeholders)

    def _connected(self) -> Step:
        try:
            client = self._client()
            try:
                if other := self._other_account(client):
                    return self._connect({"token": other})
                self._pipelines = read_pipelines(client)
                self._missing = missing(client)
            finally:
                client.close()
        except AccountError as error:
            return self._connect(*_wrong(error))
        if not any(one.of(Stage.OPEN) for one in self._pipelines):
            return self._connect({"base": "no_pipeline"})
        return self._pipeline() if len(self._pipelines) > 1 else self._stages()

    def _other_account(self, client: Client) -> str:
        """Note whose key it is; return what is wrong where it is another account's than so far."""
        found, before = portal(client), str(self._answers.get("portal") or "")
        if before and before != found:
            return "other_account"
        self._answers["portal"] = found
        return ""

    def _reauth(self, errors: Mapping[str, str] | None = None, reason: str = "") -> Step:
        placeholders = {"reason": reason, "scopes": SCOPES}
        fields = (Field("token", FieldKind.SECRET),)
        return Step(StepKind.FORM, "reauth", fields, errors=errors or {}, placeholders=placeholders)

    def _reauthed(self) -> Step:
        try:
            client = self._client()
            try:
                if other := self._other_account(client):
                    return self._reauth({"token": other})
                probe(client)
            finally:
                client.close()
        except AccountError as error:
            return self._reauth(*_wrong(error))
        return self._draft()

    def _pipeline(self) -> Step:
        usable = [one for one in self._pipelines if one.of(Stage.OPEN)]
        choices = tuple(Choice(one.id, one.label) for one in usable)
        current = self._answers.get("pipeline")
        default = current if current in {one.id for one in usable} else usable[0].id
        return Step(StepKind.FORM, "pipeline", (Field("pipeline", FieldKind.SELECT, default=default, choices=choices),))

    def _chosen(self) -> Pipeline:
        wanted = self._answers.get("pipeline")
        usable = [one for one in self._pipelines if one.of(Stage.OPEN)]
        return next((one for one in usable if one.id == wanted), usable[0])

    def _stages(self, errors: Mapping[str, str] | None = None, reason: str = "") -> Step:
        """Ask only where there is a choice."""
        pipeline = self._chosen()
        self._answers["pipeline"] = pipeline.id
        won, lost = pipeline.of(Stage.WON), pipeline.of(Stage.LOST)
        fields = [
            Field(
                "stage",
                FieldKind.SELECT,
                default=self._default("stage", pipeline.of(Stage.OPEN)),
                choices=_choices(pipeline.of(Stage.OPEN)),
            )
        ]
        if len(won) > 1:
            fields.append(
                Field("won_stage", FieldKind.SELECT, default=self._default("won_stage", won), choices=_choices(won))
            )
        if len(lost) > 1:
            default = self._default("lost_stage", lost)
            fields.append(Field("lost_stage", FieldKind.SELECT, default=default, choices=_choices(lost)))
            own = self._answers.get("withdrawn_stage") or ""
            fields.append(
                Field("withdrawn_stage", FieldKind.SELECT, required=False, default=own, choices=_choices(lost))
            )
        placeholders = {"reason": reason, "pipeline": pipeline.label}
        return Step(StepKind.FORM, "stages", tuple(fields), errors=errors or {}, placeholders=placeholders)

    def _default(self, name: str, places: Any) -> str:
        ids = [place.id for place in places]
        return str(self._answers.get(name) if self._answers.get(name) in ids else ids[0])

    def _staged(self) -> Step:
        own = self._answers.get("withdrawn_stage")
        if own and own == (self._answers.get("lost_stage") or self._chosen().of(Stage.LOST)[0].id):
            return self._stages({"withdrawn_stage": "same_stage"})
        return self._properties() if self._missing else self._tried()

    def _properties(self, errors: Mapping[str, str] | None = None, reason: str = "") -> Step:
        names = ", ".join(dict.fromkeys(f'"{own.label}"' for own in self._missing))
        fields = (Field("make", FieldKind.BOOL, default=True),)
        placeholders = {"reason": reason, "names": names}
        return Step(StepKind.FORM, "properties", fields, errors=errors or {}, placeholders=placeholders)

    def _agreed(self) -> Step:
        if not self._answers.pop("make", False):
            return Step(StepKind.ABORT, "properties", reason="needs_properties")
        return self._tried()

    def _tried(self) -> Step:
        again = self._properties if self._missing else self._stages
        try:
            client = self._client()
            try:
                make(client, self._missing)
                self._missing = missing(client)
                probe(client)
            finally:
                client.close()
        except (AccountError, WriteError) as error:
            return again(*_wrong(error))
        return self._draft()

    def _draft(self) -> Step:
        number = str(self._answers.get("portal", ""))
        address = {"url": self._address} if self._address != ADDRESS else {}
        kept = {name: str(self._answers[name]) for name in ("pipeline", *_STAGES) if self._answers.get(name)}
        key = str(self._answers.get("token") or "").strip()
        draft = AccountDraft(
            title="HubSpot",
            unique_id=f"hubspot:{number}",
            settings={"portal": number, **kept, **address},
            secrets={"token": key} if key else {},
        )
        return Step(StepKind.CREATE, "create", draft=draft)


def _choices(places: Any) -> tuple[Choice, ...]:
    return tuple(Choice(place.id, place.label) for place in places)


def _wrong(error: Exception) -> tuple[dict[str, str], str]:
    """Return what is wrong, and the reason in words."""
    if isinstance(error, AuthFailed):
        return {"token": "invalid_auth"}, ""
    return {"base": "cannot_connect" if isinstance(error, NotReady) else "refused"}, str(error)
