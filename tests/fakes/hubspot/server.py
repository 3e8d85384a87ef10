"""HubSpot as far as we use it: one server on loopback that keeps records, and is stricter than the real one.

    hubspot = HubSpot(clock)                    hubspot.close()
    hubspot.keys["other key"] = None            a key with all permissions; a set of scopes has only those
    hubspot.fail("batch/upsert", 503)           the next such request does nothing
    hubspot.lose("batch/upsert")                the next one is done, and answered with 500
    hubspot.store.lag = timedelta(seconds=10)   what a search does not see yet, by the moved clock

Written from observed answers and public documents. `nulls`: properties without a value come as null, as they really do;
HubSpot's own client calls that an error in its strict mode. `partial`: refusals of one item come with status 207.
"""

import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.fakes.hubspot import strict
from tests.fakes.hubspot.problems import Json, Problem, invalid, limited, missing_scopes, unauthorised
from tests.fakes.hubspot.schema import TYPES, Schema, type_named
from tests.fakes.hubspot.search import search
from tests.fakes.hubspot.store import Record, Store, item_missing, shown, written
from tests.fakes.web import Answered, Asked, WebServer

KEY = "pat-eu1-first"
RELEASE = "2026-03"
_SCOPED = {"notes": "contacts", "meetings": "contacts", "tasks": "contacts"}


@dataclass(slots=True)
class Planned:
    """What happens to the next request whose path ends so. `done`: it is done first. Status 0: the line is cut."""

    ending: str
    answer: Answered
    done: bool = False
    method: str = ""


def is_write(asked: Asked) -> bool:
    """Tell whether a request can change something."""
    changing = ("upsert", "associate/default", *TYPES, *TYPES.values())
    return asked.method == "PATCH" or (asked.method == "POST" and urlsplit(asked.path).path.endswith(changing))


@dataclass(frozen=True, slots=True)
class Call:
    """A request that was understood so far."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Any
    scopes: frozenset[str] | None

    def need(self, scope: str) -> None:
        if self.scopes is not None and scope not in self.scopes:
            raise missing_scopes(scope)


@dataclass(slots=True)
class HubSpot:
    """The server, with the records of one account."""

    clock: Callable[[], datetime]
    nulls: bool = True
    partial: bool = False
    portal: int = 4711
    page: int = 100
    keys: dict[str, frozenset[str] | None] = field(default_factory=lambda: {KEY: None})
    planned: deque[Planned] = field(default_factory=deque)
    weather: Callable[[Asked], Planned | None] | None = None  # asked for what is not planned
    schema: Schema = field(default_factory=Schema)
    store: Store = field(init=False)
    web: WebServer = field(init=False)

    def __post_init__(self) -> None:
        self.store = Store(self.clock, self.schema)
        self.web = WebServer(self._answer)

    @property
    def url(self) -> str:
        return self.web.url

    def close(self) -> None:
        self.web.close()

    def fail(self, ending: str, status: int, *, headers: Mapping[str, str] | None = None, policy: str = "") -> None:
        body = (limited(policy) if policy else Problem(status, "INTERNAL_ERROR", "internal error")).body()
        self.planned.append(Planned(ending, answered(status, body, headers)))

    def answer(self, ending: str, answer: Answered) -> None:
        self.planned.append(Planned(ending, answer))

    def cut(self, method: str) -> None:
        """Do the next request of a method and cut the line."""
        self.planned.append(Planned("", Answered(0), done=True, method=method))

    def lose(self, ending: str, status: int = 500) -> None:
        body = Problem(status, "INTERNAL_ERROR", "internal error").body()
        self.planned.append(Planned(ending, answered(status, body), done=True))

    def asked(self, ending: str = "") -> list[Asked]:
        return [asked for asked, _ in self.web.log if urlsplit(asked.path).path.endswith(ending)]

    def writes(self) -> list[str]:
        """Return the paths of what can have changed something."""
        return [urlsplit(asked.path).path for asked, _ in self.web.log if is_write(asked)]

    def all(self, type_: str) -> list[Record]:
        return self.store.of(type_)

    def _answer(self, asked: Asked) -> Answered:
        path = urlsplit(asked.path).path
        planned = (one for one in self.planned if path.endswith(one.ending) and asked.method.startswith(one.method))
        plan = next(planned, None)
        if plan is None and self.weather is not None:
            plan = self.weather(asked)
        if plan is not None:
            if plan in self.planned:
                self.planned.remove(plan)
            if plan.done:
                self._done(asked, path)
            return plan.answer
        return self._done(asked, path)

    def _done(self, asked: Asked, path: str) -> Answered:
        try:
            scopes = self._scopes(asked.headers.get("authorization", ""))
            query = {name: values[-1] for name, values in parse_qs(urlsplit(asked.path).query).items()}
            body = json.loads(asked.body) if asked.body else None
            status, answer = self._routed(Call(asked.method, path, query, body, scopes))
        except Problem as problem:
            return answered(problem.status, problem.body())
        return answered(status, answer)

    def _scopes(self, login: str) -> frozenset[str] | None:
        key = login.removeprefix("Bearer ")
        if not login.startswith("Bearer ") or key not in self.keys:
            raise unauthorised()
        return self.keys[key]

    def _routed(self, call: Call) -> tuple[int, Json]:
        match [part for part in call.path.split("/") if part]:
            case ["account-info", release, "details"] if release == RELEASE and call.method == "GET":
                return 200, self._details()
            case ["crm", "pipelines", release, type_] if release == RELEASE and call.method == "GET":
                call.need(f"crm.schemas.{type_named(type_)}.read")
                return 200, {"results": self.schema.pipelines}
            case ["crm", "properties", release, type_] if release == RELEASE:
                return self._properties(call, type_named(type_))
            case ["crm", "associations", release, one, other, "batch", *operation] if release == RELEASE:
                return self._ties(call, type_named(one), type_named(other), "/".join(operation))
            case ["crm", "objects", release, type_, *rest] if release == RELEASE:
                return self._objects(call, type_named(type_), rest)
            case _:
                raise Problem(404, "NOT_FOUND", f"no such path: {call.method} {call.path}")

    def _details(self) -> Json:
        zone = {"timeZone": "Europe/Berlin", "utcOffset": "+01:00", "utcOffsetMilliseconds": 3600000}
        place = {"uiDomain": "app-eu1.hubspot.com", "dataHostingLocation": "eu1", "companyCurrency": "EUR"}
        return {"portalId": self.portal, "accountType": "STANDARD", "additionalCurrencies": [], **zone, **place}

    def _properties(self, call: Call, type_: str) -> tuple[int, Json]:
        if call.method == "GET":
            call.need(f"crm.schemas.{type_}.read")
            return 200, {"results": self.schema.listed(type_)}
        call.need(f"crm.schemas.{type_}.write")
        return 201, self.schema.make(type_, strict.check(call.body, strict.PROPERTY))

    def _objects(self, call: Call, type_: str, rest: list[str]) -> tuple[int, Json]:
        operation = "/".join(rest)
        writes = (call.method, operation) in {("POST", ""), ("POST", "batch/upsert")} or call.method == "PATCH"
        call.need(f"crm.objects.{_SCOPED.get(type_, type_)}.{'write' if writes else 'read'}")
        match call.method, operation:
            case "POST", "batch/upsert":
                return self._upsert(type_, strict.check(call.body, strict.UPSERT))
            case "POST", "batch/read":
                return self._read(type_, strict.check(call.body, strict.READ))
            case "POST", "search":
                return 200, search(self.store, type_, strict.check(call.body, strict.SEARCH), nulls=self.nulls)
            case "GET", "":
                return 200, self._listed(type_, call.query)
            case _:
                return self._single(call, type_, operation)

    def _single(self, call: Call, type_: str, id_: str) -> tuple[int, Json]:
        match call.method, id_:
            case "POST", "":
                made = self.store.make(type_, strict.check(call.body, strict.CREATE)["properties"])
                return 201, shown(made, list(made.properties), nulls=self.nulls)
            case "GET", _:
                return 200, shown(self.store.get(type_, id_), self._names(type_, call.query), nulls=self.nulls)
            case "PATCH", _:
                given = strict.check(call.body, strict.CHANGE)["properties"]
                changed = self.store.change(self.store.get(type_, id_), given)
                return 200, shown(changed, list(given), nulls=self.nulls)
            case _:
                raise Problem(405, "METHOD_NOT_ALLOWED", f"{call.method} {call.path}")

    def _names(self, type_: str, query: Mapping[str, str]) -> list[str]:
        names = query.get("properties", "").split(",")
        self.schema.check_names(type_, names)
        return names

    def _listed(self, type_: str, query: Mapping[str, str]) -> Json:
        every = sorted(self.store.of(type_, archived=query.get("archived") == "true"), key=lambda one: int(one.id))
        rest = [
            one for one in every if int(one.id) > int(query.get("after", "0")) and one.id not in self.store.unlisted
        ]
        limit = min(int(query.get("limit", "10")), self.page)
        names = self._names(type_, query)
        answer: Json = {"results": [shown(one, names, nulls=self.nulls) for one in rest[:limit]]}
        return {**answer, "paging": {"next": {"after": rest[limit - 1].id}}} if len(rest) > limit else answer

    def _upsert(self, type_: str, body: Json) -> tuple[int, Json]:
        done: list[Json] = []
        errors: list[Problem] = []
        for one in body["inputs"]:
            try:
                done.append(self._upserted(type_, one))
            except Problem as problem:
                errors.append(problem)
        if errors and not self.partial:
            raise errors[0]
        return self._several(done, [one.item() for one in errors])

    def _upserted(self, type_: str, one: Json) -> Json:
        name = self._unique(type_, one["idProperty"])
        there = self.store.by(type_, name, one["id"])
        given = {**one["properties"], name: one["id"]}
        record = self.store.change(there, given) if there else self.store.make(type_, given)
        return {**shown(record, list(given), nulls=self.nulls), "new": there is None}

    def _unique(self, type_: str, name: str) -> str:
        if not self.schema.is_unique(type_, name):
            raise invalid(
                f"Unable to perform update/upsert by non-unique {type_} property {name} in portal ID {self.portal}"
            )
        return name

    def _read(self, type_: str, body: Json) -> tuple[int, Json]:
        names = body["properties"]
        self.schema.check_names(type_, names)
        name = self._unique(type_, body["idProperty"]) if "idProperty" in body else ""
        found: dict[str, Record] = {}
        missing: list[str] = []
        for one in (entry["id"] for entry in body["inputs"]):
            try:
                record = self.store.by(type_, name, one) if name else self.store.get(type_, one)
            except Problem:
                record = None
            if record is None:
                missing.append(one)
            else:
                found[record.id] = record
        results = [shown(one, [*names, *([name] if name else [])], nulls=self.nulls) for one in found.values()]
        return self._several(results, [item_missing(missing)] if missing else [])

    def _ties(self, call: Call, one: str, other: str, operation: str) -> tuple[int, Json]:
        writes = operation == "associate/default"
        call.need(f"crm.objects.{_SCOPED.get(one, one)}.{'write' if writes else 'read'}")
        if call.method == "POST" and writes:
            return self._tie(one, other, strict.check(call.body, strict.TIE)["inputs"])
        if call.method == "POST" and operation == "read":
            return self._tied(one, other, strict.check(call.body, strict.TIED)["inputs"])
        raise Problem(405, "METHOD_NOT_ALLOWED", f"{call.method} {call.path}")

    def _tie(self, one: str, other: str, inputs: list[Json]) -> tuple[int, Json]:
        spec = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 5}
        pairs = [(self.store.get(one, i["from"]["id"]).id, self.store.get(other, i["to"]["id"]).id) for i in inputs]
        self.store.ties |= {frozenset(pair) for pair in pairs}
        return self._several([{"from": {"id": a}, "to": {"id": b}, "associationSpec": spec} for a, b in pairs], [])

    def _tied(self, one: str, other: str, inputs: list[Json]) -> tuple[int, Json]:
        spec = [{"category": "HUBSPOT_DEFINED", "typeId": 5, "label": None}]
        results: list[Json] = []
        none: list[str] = []
        for id_, start in ((entry["id"], int(entry.get("after", "0"))) for entry in inputs):
            every = self.store.tied(id_, other) if id_ in self.store.records else []
            part = every[start : start + self.page]
            to = [{"toObjectId": found, "associationTypes": spec} for found in part]
            more = {"paging": {"next": {"after": str(start + len(part))}}} if start + len(part) < len(every) else {}
            results += [{"from": {"id": id_}, "to": to, **more}] if to else []
            none += [] if to else [id_]
        return self._several(results, [_none_tied(id_) for id_ in none])

    def _several(self, results: list[Json], errors: list[Json]) -> tuple[int, Json]:
        at = written(self.clock())
        answer: Json = {"status": "COMPLETE", "results": results, "startedAt": at, "completedAt": at}
        return (207, {**answer, "numErrors": len(errors), "errors": errors}) if errors else (200, answer)


def _none_tied(id_: str) -> Json:
    more = {"subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND", "context": {"fromObjectId": [id_]}}
    return Problem(404, "OBJECT_NOT_FOUND", "No associations found", more).item()


def answered(status: int, body: Json, headers: Mapping[str, str] | None = None) -> Answered:
    return Answered(
        status, json.dumps(body).encode(), {"Content-Type": "application/json;charset=utf-8", **(headers or {})}
    )
