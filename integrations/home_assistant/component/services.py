"""The actions. Each answers with what it did or found, so that automations and scripts can go on from there."""

from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

import voluptuous as vol
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util

from .adapters.snapshot import Snapshot, show_interview, show_task
from .const import DOMAIN, SOURCE
from .coordinator import AfterviewCoordinator
from .recording import Change, async_do, async_record
from .sync import deeds, finding
from .sync.engine.terms import Terms
from .sync.errors import ConfigError
from .sync.ledger import Ledger
from .sync.model import Fact, Outcome

Handler = Callable[[AfterviewCoordinator, ServiceCall], Coroutine[Any, Any, dict[str, Any]]]
_LATER = timedelta(days=1)
_MANY = 2


async def _record_outcome(coordinator: AfterviewCoordinator, call: ServiceCall) -> dict[str, Any]:
    at = dt_util.as_utc(call.data["at"]) if "at" in call.data else None

    def work(ledger: Ledger, seen: Snapshot, _terms: Terms) -> dict[str, Any]:
        if at is not None and at > seen.at:
            raise ConfigError("What is still to come cannot have been heard.")
        application = finding.application(seen.seen, call.data["application"])
        word, note = Outcome(call.data["outcome"]), call.data.get("note", "")
        facts = deeds.outcome(ledger, seen.seen, application, word, seen.at, SOURCE, heard_at=at, note=note)
        count = deeds.record(ledger, facts)
        return {"application": application.key, "company": application.company, "recorded": bool(count)}

    return await async_do(coordinator, work)


async def _set_interview(coordinator: AfterviewCoordinator, call: ServiceCall) -> dict[str, Any]:
    def work(ledger: Ledger, seen: Snapshot, _terms: Terms) -> dict[str, Any]:
        found = finding.interview(seen.seen, call.data["interview"])
        keys = found.keys if found else (finding.event(ledger, call.data["interview"]),)
        answer = "yes" if call.data["is_interview"] else "no"
        count = deeds.record(ledger, deeds.verdict(seen.seen, keys, answer, seen.at, SOURCE))
        return {"interview": keys[0], "recorded": bool(count)}

    return await async_do(coordinator, work)


async def _snooze(coordinator: AfterviewCoordinator, call: ServiceCall) -> dict[str, Any]:
    now = dt_util.utcnow()
    ring_at = dt_util.as_utc(call.data["until"]) if "until" in call.data else now + call.data.get("for", _LATER)
    if ring_at <= now:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="past")
    ring_at = ring_at.replace(second=0, microsecond=0)
    key = _key_of(coordinator, call)
    await async_record(coordinator, key, Change(ring_at=ring_at))
    return {"follow_up": key, "until": ring_at.isoformat()}


async def _complete(coordinator: AfterviewCoordinator, call: ServiceCall) -> dict[str, Any]:
    key = _key_of(coordinator, call)
    await async_record(coordinator, key, Change(done=True, words=call.data.get("note", "")))
    return {"follow_up": key}


async def _record_advice(coordinator: AfterviewCoordinator, call: ServiceCall) -> dict[str, Any]:
    def work(ledger: Ledger, seen: Snapshot, _terms: Terms) -> dict[str, Any]:
        whom = call.data["whom"]
        known = None if whom.startswith("a-") else finding.person(seen.seen, whom)
        application = known.application if known else finding.application(seen.seen, whom)
        facts = deeds.advice(seen.seen, known, application, call.data["note"], seen.at, SOURCE)
        deeds.record(ledger, facts)
        return {"subject": known.key if known else application.key, "recorded": bool(facts)}

    return await async_do(coordinator, work)


async def _advice_paid_off(coordinator: AfterviewCoordinator, call: ServiceCall) -> dict[str, Any]:
    def work(ledger: Ledger, seen: Snapshot, _terms: Terms) -> dict[str, Any]:
        known = finding.person(seen.seen, call.data["whom"])
        if known is None:
            raise ConfigError("Nobody of that name is known.")
        facts: list[Fact] = deeds.paid_off(known, call.data.get("note", ""), seen.at, SOURCE)
        deeds.record(ledger, facts)
        return {"subject": known.key, "recorded": True}

    return await async_do(coordinator, work)


async def _list_interviews(coordinator: AfterviewCoordinator, call: ServiceCall) -> dict[str, Any]:
    seen = coordinator.data
    start, end = call.data.get("start"), call.data.get("end")
    chosen = seen.seen.interviews if call.data["doubtful"] else seen.interviews
    found = [one for one in chosen if _between(one.starts_at, start, end)]
    return {"interviews": [show_interview(one, seen.seen.thought.application_of(one.key)) for one in found]}


async def _list_follow_ups(coordinator: AfterviewCoordinator, call: ServiceCall) -> dict[str, Any]:
    seen = coordinator.data
    chosen = seen.tasks if call.data["all"] else seen.open
    before = call.data.get("due_before")
    found = [one for one in chosen if before is None or (one.view.due_at and one.view.due_at < dt_util.as_utc(before))]
    return {"follow_ups": [show_task(one) for one in found]}


async def _draft_message(coordinator: AfterviewCoordinator, call: ServiceCall) -> dict[str, Any]:
    key = _key_of(coordinator, call)
    task = next(one for one in coordinator.data.tasks if one.key == key)
    return {"follow_up": key, "title": task.view.title, "text": task.notes}


async def _sync_now(coordinator: AfterviewCoordinator, call: ServiceCall) -> dict[str, Any]:
    await coordinator.async_sync_now(full=call.data["full"])
    seen = coordinator.data
    return {
        "ok": coordinator.last_update_success and not seen.trouble,
        "problem": seen.trouble or None,
        "open": len(seen.open),
    }


_KEY = {vol.Required("follow_up"): cv.string}
_ACTIONS: dict[str, tuple[Handler, dict[Any, Any], SupportsResponse]] = {
    "record_outcome": (
        _record_outcome,
        {
            vol.Required("application"): cv.string,
            vol.Required("outcome"): vol.In([one.value for one in Outcome]),
            vol.Optional("at"): cv.datetime,
            vol.Optional("note"): cv.string,
        },
        SupportsResponse.OPTIONAL,
    ),
    "set_interview": (
        _set_interview,
        {vol.Required("interview"): cv.string, vol.Required("is_interview"): cv.boolean},
        SupportsResponse.OPTIONAL,
    ),
    "snooze": (
        _snooze,
        {**_KEY, vol.Exclusive("until", "when"): cv.datetime, vol.Exclusive("for", "when"): cv.positive_time_period},
        SupportsResponse.OPTIONAL,
    ),
    "complete": (_complete, {**_KEY, vol.Optional("note"): cv.string}, SupportsResponse.OPTIONAL),
    "record_advice": (
        _record_advice,
        {vol.Required("whom"): cv.string, vol.Required("note"): vol.All(cv.string, vol.Length(min=1))},
        SupportsResponse.OPTIONAL,
    ),
    "advice_paid_off": (
        _advice_paid_off,
        {vol.Required("whom"): cv.string, vol.Optional("note"): cv.string},
        SupportsResponse.OPTIONAL,
    ),
    "list_interviews": (
        _list_interviews,
        {
            vol.Optional("start"): cv.datetime,
            vol.Optional("end"): cv.datetime,
            vol.Optional("doubtful", default=False): cv.boolean,
        },
        SupportsResponse.ONLY,
    ),
    "list_follow_ups": (
        _list_follow_ups,
        {vol.Optional("all", default=False): cv.boolean, vol.Optional("due_before"): cv.datetime},
        SupportsResponse.ONLY,
    ),
    "draft_message": (_draft_message, _KEY, SupportsResponse.ONLY),
    "sync_now": (_sync_now, {vol.Optional("full", default=False): cv.boolean}, SupportsResponse.OPTIONAL),
}


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register every action."""
    for name, (handler, fields, answers) in _ACTIONS.items():
        hass.services.async_register(
            DOMAIN, name, _bound(hass, handler), schema=vol.Schema(fields), supports_response=answers
        )


def _bound(hass: HomeAssistant, handler: Handler) -> Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]:
    async def handle(call: ServiceCall) -> ServiceResponse:
        entries = hass.config_entries.async_loaded_entries(DOMAIN)
        if not entries:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="not_loaded")
        answer = await handler(entries[0].runtime_data, call)
        return answer if call.return_response else None

    return handle


def _key_of(coordinator: AfterviewCoordinator, call: ServiceCall) -> str:
    """Return the key of the follow-up that was named by its key, the beginning of one, or its title."""
    wanted = call.data["follow_up"]
    tasks = coordinator.data.tasks
    found = [one.key for one in tasks if one.view.title == wanted] or [
        one.key for one in tasks if finding.is_key(wanted) and one.key.startswith(wanted)
    ]
    if not found:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_follow_up")
    if len(found) >= _MANY:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="several_follow_ups")
    return found[0]


def _between(moment: datetime, start: datetime | None, end: datetime | None) -> bool:
    after = start is None or moment >= dt_util.as_utc(start)
    return after and (end is None or moment < dt_util.as_utc(end))
