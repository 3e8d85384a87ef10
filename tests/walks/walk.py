"""A walk: one run of a set-up flow as a person goes through it, told once and gone with each renderer.

`turns` say which step is shown, what it says is wrong, and what the person answers there. A field without an answer keeps
what it offers. `visits`: the person goes to the page of the step and `looks`, `agrees` or `refuses`
there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from afterview.integrations.flow import FlowContext, Purpose, Setup, Step, StepKind
from afterview.integrations.registry import Registry
from tests.accounts import MovedClock


@dataclass(frozen=True, slots=True)
class Turn:
    """What one step shows, and what is answered."""

    step: str
    answers: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    visits: str = ""


@dataclass(frozen=True, slots=True)
class Walk:
    """One run. It ends with an account that has at least these settings, or with the reason it stops for."""

    setup: Setup
    context: FlowContext
    turns: tuple[Turn, ...]
    strings: Mapping[str, Any]
    settings: Mapping[str, Any] = field(default_factory=dict)
    aborts: str = ""


def strings(domain: str) -> Mapping[str, Any]:
    """Return the texts of a built-in integration."""
    return Registry().manifest(domain).strings()


def context(purpose: Purpose = Purpose.USER, current: Mapping[str, Any] | None = None, **secrets: str) -> FlowContext:
    return FlowContext(purpose, "Europe/Berlin", MovedClock(), "it", current or {}, secrets)


def lacking(step: Step, texts: Mapping[str, Any]) -> list[str]:
    """Return which words a step has not: its title, labels, choices, and what is wrong."""
    setup = texts["setup"]
    if step.kind is StepKind.CREATE:
        return []
    if step.kind is StepKind.ABORT:
        return [] if step.reason in setup["abort"] else [f"abort {step.reason}"]
    own = setup["step"].get(step.id, {})
    missing = [] if own.get("title") else [f"{step.id} title"]
    missing += [f"{step.id} {one.key}" for one in step.fields if one.key not in own.get("data", {})]
    missing += [f"{step.id} {one}" for one in step.options if one not in own.get("menu_options", {})]
    return missing + [f"error {key}" for key in step.errors.values() if key not in setup["error"]]


ROOT = Path(__file__).parents[2]
