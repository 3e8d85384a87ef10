import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from afterview.integrations.manifest import ManifestError, Quality, Role, read_manifest
from afterview.sync.config import Kind

SOUND: dict[str, Any] = {
    "domain": "dav",
    "name": "DAV",
    "version": "1.0",
    "roles": ["event_source", "task_list"],
    "connectivity": "cloud",
    "push": False,
    "auth": "password",
    "poll": {"default": "5m", "min": "1m", "max": "1d"},
    "requires": ["json"],
    "capabilities": ["alarms"],
    "documentation": "https://example.org/dav",
    "quality": "silver",
    "settings": {"url": {"kind": "text", "required": True}, "password": {"kind": "secret"}},
}


def write(folder: Path, content: object) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps(content), "utf-8")
    return folder


def test_a_sound_manifest(tmp_path: Path) -> None:
    manifest = read_manifest(write(tmp_path, SOUND), "some.dav")
    assert manifest.roles == {Role.EVENT_SOURCE, Role.TASK_LIST}
    assert manifest.poll.default == timedelta(minutes=5)
    assert manifest.quality is Quality.SILVER
    assert [(key.name, key.kind, key.required) for key in manifest.settings] == [
        ("url", Kind.TEXT, True),
        ("password", Kind.SECRET, False),
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"domain": 3}, "domain must be a text"),
        ({"roles": ["cook"]}, "cook"),
        ({"roles": "task_list"}, "roles must be a list"),
        ({"connectivity": "moon"}, "connectivity must be one of local, cloud"),
        ({"poll": {"default": "often", "min": "1m", "max": "1d"}}, "length of time"),
        ({"poll": {"default": "5m"}}, "has no 'min'"),
        ({"quality": "platinum"}, "platinum"),
        ({"settings": {"url": {"kind": "colour"}}}, "colour"),
        ({"settings": []}, "some.dav"),
    ],
)
def test_what_is_wrong_with_a_manifest_is_said(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    with pytest.raises(ManifestError, match=words):
        read_manifest(write(tmp_path, SOUND | change), "some.dav")


def test_a_manifest_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="cannot be read"):
        read_manifest(tmp_path, "some.dav")
    (tmp_path / "manifest.json").write_text("{", "utf-8")
    with pytest.raises(ManifestError, match="not JSON"):
        read_manifest(tmp_path, "some.dav")
    with pytest.raises(ManifestError, match="must hold an object"):
        read_manifest(write(tmp_path, []), "some.dav")
