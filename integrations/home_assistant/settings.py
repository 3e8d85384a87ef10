"""What the user chose in Home Assistant, as the engine's terms. Pure apart from loading the shipped lexicon."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from afterview.sync.classify import load_lexicon
from afterview.sync.engine.terms import Terms
from afterview.sync.model import Owner
from afterview.sync.playbook import PlaybookSettings, read_settings
from afterview.sync.wording import LANGUAGES

ACCOUNT = "home_assistant"
NUMBERS: Mapping[str, tuple[str, str, int, int, int]] = MappingProxyType(
    {  # option -> step, how its deadline is written, default, least, most
        "thank_you_hours": ("thank_you", "{}h", 24, 1, 168),
        "ask_outcome_days": ("ask_outcome", "{} business days", 7, 1, 60),
        "check_in_months": ("check_in", "{} months", 3, 1, 24),
    }
)
STEPS = ("thank_you", "ask_outcome", "feedback", "thank_advice", "paid_off", "check_in", "prepare")
DEFAULTS: Mapping[str, Any] = MappingProxyType(
    {
        "calendars": (),
        "list": "",
        "vanishing": False,
        "emails": (),
        "words": (),
        "quiet_start": "21:30",
        "quiet_end": "08:00",
        **dict.fromkeys(STEPS, True),
        **{name: number[2] for name, number in NUMBERS.items()},
        "phone": "",
        "brief": "",
    }
)


def playbook(chosen: Mapping[str, Any], zone: str, language: str) -> PlaybookSettings:
    """Return the playbook of the chosen options. Raises ConfigError."""
    steps: dict[str, dict[str, Any]] = {name: {"enabled": bool(_get(chosen, name))} for name in STEPS}
    for option, (step, written, *_) in NUMBERS.items():
        steps[step]["due"] = written.format(int(_get(chosen, option)))
    start, end = str(_get(chosen, "quiet_start"))[:5], str(_get(chosen, "quiet_end"))[:5]
    quiet = "off" if start == end else f"{start}-{end}"
    return read_settings({"time_zone": zone, "language": spoken(language)}, {"quiet_hours": quiet}, steps, ())


def terms(chosen: Mapping[str, Any], zone: str, language: str) -> Terms:
    """Return what the engine is told. Raises ConfigError."""
    words = [str(word) for word in _get(chosen, "words")]
    return Terms(
        owner=Owner(frozenset(str(email).strip().lower() for email in _get(chosen, "emails"))),
        zone=zone,
        lexicon=load_lexicon({"strong": words} if words else None),
        playbook=playbook(chosen, zone, language),
        deliver_to=ACCOUNT,
        accounts=frozenset({ACCOUNT}),
    )


def spoken(language: str) -> str:
    """Return the language of the texts: the one asked for if there are any, else English."""
    base = language.replace("_", "-").split("-")[0].lower()
    return base if base in LANGUAGES else "en"


def _get(chosen: Mapping[str, Any], name: str) -> Any:
    return chosen.get(name, DEFAULTS[name])
