"""What an integration says of itself in `manifest.json`: read without importing any of its code.

    {"domain": "caldav", "name": "CalDAV", "version": "1.0", "roles": ["event_source", "task_list"],
     "connectivity": "local" | "cloud", "push": false, "auth": "password" | "none" | "oauth" | "token",
     "poll": {"default": "5m", "min": "1m", "max": "1d"}, "requires": ["caldav"], "capabilities": [..],
     "documentation": "https://..", "quality": "bronze" | "silver" | "gold",
     "settings": {KEY: {"kind": "text", "required": true, "default": .., "choices": [..]}}}

`settings` are the account's own keys in the configuration; kinds are those of `sync.config.schema.Kind`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from afterview.sync.config.schema import Key, keys_from_manifest
from afterview.sync.config.values import duration


class Role(StrEnum):
    """What an integration can be for the engine."""

    EVENT_SOURCE = "event_source"
    TASK_LIST = "task_list"
    CONTACT_BOOK = "contact_book"
    CRM = "crm"
    NOTIFIER = "notifier"


class Quality(StrEnum):
    """The quality scale; what each level asks for is checked by `tests/house/test_quality.py`."""

    BRONZE = "bronze"
    SILVER = "silver"
    GOLD = "gold"


class ManifestError(ValueError):
    """The manifest is not what it must be; the words say what and where."""


@dataclass(frozen=True, slots=True)
class Poll:
    """How often the service may and should be asked."""

    default: timedelta
    low: timedelta
    high: timedelta


@dataclass(frozen=True, slots=True)
class Manifest:
    """One integration. `package` is the import name of its folder, `folder` the folder itself."""

    domain: str
    name: str
    version: str
    roles: frozenset[Role]
    connectivity: str
    push: bool
    auth: str
    poll: Poll
    requires: tuple[str, ...]
    capabilities: tuple[str, ...]
    documentation: str
    quality: Quality
    settings: tuple[Key, ...]
    package: str
    folder: Path

    def strings(self) -> Mapping[str, Any]:
        """Read its texts (`strings.json`). Raises ManifestError."""
        return _json(self.folder / "strings.json")


def read_manifest(folder: Path, package: str) -> Manifest:
    """Read `folder/manifest.json`. Raises ManifestError."""
    raw = _json(folder / "manifest.json")
    try:
        return Manifest(
            domain=_text(raw, "domain"),
            name=_text(raw, "name"),
            version=_text(raw, "version"),
            roles=frozenset(Role(role) for role in _list(raw, "roles")),
            connectivity=_word(raw, "connectivity", "local", "cloud"),
            push=raw.get("push") is True,
            auth=_word(raw, "auth", "password", "none", "oauth", "token"),
            poll=Poll(*(duration(raw["poll"][name]) for name in ("default", "min", "max"))),
            requires=_list(raw, "requires"),
            capabilities=_list(raw, "capabilities"),
            documentation=_text(raw, "documentation"),
            quality=Quality(_text(raw, "quality")),
            settings=keys_from_manifest(raw["settings"]),
            package=package,
            folder=folder,
        )
    except KeyError as error:
        raise ManifestError(f"manifest.json of {package} has no {error}") from None
    except (ValueError, TypeError, AttributeError) as error:
        raise ManifestError(f"manifest.json of {package}: {error}") from None


def _json(path: Path) -> Mapping[str, Any]:
    try:
        raw = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ManifestError(f"{path} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise ManifestError(f"{path} is not JSON: {error}") from None
    if not isinstance(raw, dict):
        raise ManifestError(f"{path} must hold an object")
    return raw


def _text(raw: Mapping[str, Any], name: str) -> str:
    value = raw[name]
    if not isinstance(value, str) or not value:
        raise ManifestError(f"{name} must be a text")
    return value


def _list(raw: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = raw[name]
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ManifestError(f"{name} must be a list of texts")
    return tuple(value)


def _word(raw: Mapping[str, Any], name: str, *allowed: str) -> str:
    value = _text(raw, name)
    if value not in allowed:
        raise ManifestError(f"{name} must be one of {', '.join(allowed)}")
    return value
