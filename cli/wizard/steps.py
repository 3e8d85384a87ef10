"""The wizard's own questions, as steps like those of an integration, so that the same renderers ask them."""

from collections.abc import Mapping, Sequence

from afterview.integrations.flow import Choice, Field, FieldKind, Step, StepKind
from afterview.integrations.manifest import Manifest
from afterview.sync.wording import LANGUAGES

_LANGUAGE_NAMES = {"en": "English", "de": "Deutsch", "fr": "Français", "es": "Español"}


def me(zone: str, language: str, errors: Mapping[str, str] | None = None, why: str = "") -> Step:
    """Ask about the person; `zone` and `language` are guesses."""
    languages = tuple(Choice(code, _LANGUAGE_NAMES.get(code, code)) for code in LANGUAGES)
    return Step(
        StepKind.FORM,
        "me",
        (
            Field("emails", FieldKind.LIST),
            Field("time_zone", FieldKind.TEXT, default=zone or None),
            Field("language", FieldKind.SELECT, default=language, choices=languages),
        ),
        errors=errors or {},
        placeholders={"why": why},
    )


def integration(manifests: Sequence[Manifest]) -> Step:
    """Ask which service."""
    choices = tuple(Choice(manifest.domain, manifest.name) for manifest in manifests)
    return Step(
        StepKind.FORM,
        "integration",
        (Field("integration", FieldKind.SELECT, default=choices[0].value if choices else None, choices=choices),),
    )


def account(proposed: str, errors: Mapping[str, str] | None = None, why: str = "") -> Step:
    """Ask what to call the account."""
    field = Field("id", FieldKind.TEXT, default=proposed)
    return Step(StepKind.FORM, "account", (field,), errors=errors or {}, placeholders={"why": why})


def yes_no(name: str, *, default: bool, **placeholders: str) -> Step:
    """Ask one question that is answered by yes or no; step and field have the same name."""
    return Step(StepKind.FORM, name, (Field(name, FieldKind.BOOL, default=default),), placeholders=placeholders)


def silent(kind: str) -> Step:
    """Say what keeps phones silent, and ask whether to ring once more; `kind` is what rings: tasks, events or dates."""
    return Step(StepKind.FORM, f"silent_{kind}", (Field("again", FieldKind.BOOL, default=False),))


def ring_profile(profiles: Sequence[str]) -> Step:
    """Ask which other way of ringing to try; none is an answer too."""
    choices = tuple(Choice(profile, profile) for profile in profiles)
    field = Field("ring_profile", FieldKind.SELECT, required=False, default="", choices=choices)
    return Step(StepKind.FORM, "ring_profile", (field,))
