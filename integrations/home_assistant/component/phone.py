"""The phone: what rings is pushed through Home Assistant's companion app, and its buttons are answered here.

A button of ours is `AFTERVIEW_<VERB>_<ID>`. The id is a question that we put ourselves, or the key of a follow-up or of an
interview, as the blueprints put it.
"""

import re
import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, time
from typing import Any

from homeassistant.components.notify import DOMAIN as NOTIFY
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceNotFound

from .adapters.settings import ACCOUNT
from .adapters.snapshot import Snapshot
from .bridge import LONGEST_S, Bridge
from .const import SOURCE
from .sync import deeds, finding
from .sync.answers import answer_facts
from .sync.errors import ConfigError, NotReady, Uncertain
from .sync.ledger import Ledger
from .sync.model import Choice, Outcome
from .sync.playbook import PlaybookSettings
from .sync.ports import NotifierCapabilities, Push, Urgency
from .sync.rings.answering import Taken, take_answer
from .sync.rings.terms import NotifierSpec, RingTerms

ADDRESS = "#phone"
_BUTTON = re.compile(r"AFTERVIEW_([A-Z_]+?)_(?:Q([0-9A-F]{20})|([IAT])_([0-9A-F]{32}))")
_OUTCOMES: Mapping[str, Outcome] = {"NO": Outcome.NO, "NEXT": Outcome.ADVANCED, "OFFER": Outcome.OFFER}
NOTE = "NOTE"


def phones(hass: HomeAssistant) -> tuple[str, ...]:
    """Return the actions that notify a phone with buttons."""
    known = hass.services.async_services_for_domain(NOTIFY)
    return tuple(sorted(name for name in known if name.startswith("mobile_app_")))


def button(verb: str, key: str) -> str:
    """Return the id of a button for a follow-up or an interview."""
    kind, _, digits = key.partition("-")
    return f"AFTERVIEW_{verb}_{kind}_{digits}".upper()


class Phone:
    """One phone, or none (`service` is "")."""

    def __init__(self, bridge: Bridge, service: str, brief: str | None, keep: Callable[[], None]) -> None:
        self._bridge = bridge
        self._service = service
        self._brief = time.fromisoformat(brief) if brief else None
        self._keep = keep

    def terms(self, playbook: PlaybookSettings) -> tuple[RingTerms, list[NotifierSpec]]:
        """Return what the rings are told, and the phone as their one address."""
        if not self._service:
            return RingTerms(playbook, ACCOUNT), []
        told = RingTerms(playbook, ACCOUNT, (ADDRESS,), self._brief, sign=_sign)
        return told, [NotifierSpec(ADDRESS, lambda: Notifier(self._bridge, self._service, self._keep))]


def _sign(question: str, _expires_at: datetime) -> str:
    """Name the page that takes an answer: here it is the beginning of a button's id."""
    return f"Q{question}"


class Notifier:
    """The companion app on one phone (`sync.ports.Notifier`)."""

    def __init__(self, bridge: Bridge, service: str, keep: Callable[[], None]) -> None:
        self.begun = False
        self._bridge = bridge
        self._service = service
        self._keep = keep

    def capabilities(self) -> NotifierCapabilities:
        return NotifierCapabilities(actions=True)

    def check(self) -> None:
        if not self._bridge.hass.services.has_service(NOTIFY, self._service):
            raise NotReady(f"There is no notify.{self._service}.")

    def send(self, push: Push) -> None:
        self._bridge.refuse_when_stopping()
        self.check()
        self._keep()
        self.begun = True
        self._bridge.run(self._async_send(push))

    def close(self) -> None:
        """Nothing is open."""

    async def _async_send(self, push: Push) -> None:
        data: dict[str, Any] = {
            "tag": "afterview",
            "group": "afterview",
            "actions": [{"action": _action(one.url), "title": one.label} for one in push.actions],
        }
        if push.urgency is Urgency.HIGH:
            data["importance"] = "high"
        try:
            async with asyncio.timeout(LONGEST_S):
                await self._bridge.hass.services.async_call(
                    NOTIFY, self._service, {"title": push.title, "message": push.body, "data": data}, blocking=True
                )
        except ServiceNotFound as error:
            raise NotReady(f"There is no notify.{self._service}.") from error
        except (HomeAssistantError, OSError, TimeoutError) as error:
            raise Uncertain(f"notify.{self._service} gave no clear answer: {error}") from error


def _action(url: str) -> str:
    question, _, choice = url.partition("/")
    return f"AFTERVIEW_{choice}_{question}".upper()


def pressed(action: str, words: str, ledger: Ledger, seen: Snapshot, playbook: PlaybookSettings, now: datetime) -> bool:
    """Take the answer of a button of ours; tell whether anything was recorded."""
    match = _BUTTON.fullmatch(action)
    if match is None:
        return False
    verb, question, kind, digits = match.groups()
    if question:
        known = verb.lower() in set(Choice)
        return known and take_answer(ledger, question.lower(), Choice(verb.lower()), playbook, now) is Taken.RECORDED
    key = f"{kind}-{digits}".lower()
    try:
        if kind == "T":
            return _on_task(verb, words, finding.task(seen.seen, key).key, ledger, seen, playbook, now)
        if verb not in _OUTCOMES:
            return False
        application = finding.application(seen.seen, key)
    except ConfigError:  # a button on an old notification: what it was about is gone
        return False
    facts = deeds.outcome(ledger, seen.seen, application, _OUTCOMES[verb], now, SOURCE, note=words)
    return bool(deeds.record(ledger, facts))


def _on_task(
    verb: str, words: str, key: str, ledger: Ledger, seen: Snapshot, playbook: PlaybookSettings, now: datetime
) -> bool:
    view = finding.task(seen.seen, key)
    if verb == NOTE or (verb == "DONE" and words):
        return bool(deeds.record(ledger, deeds.done(view, words, now, SOURCE)))
    if verb.lower() not in set(Choice):
        return False
    facts = answer_facts(Choice(verb.lower()), [key], seen.seen.thought, ledger.tasks.rows(), playbook, now)
    return bool(deeds.record(ledger, facts))
