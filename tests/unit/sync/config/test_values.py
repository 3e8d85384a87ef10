from datetime import timedelta

import pytest

from afterview.sync import wording
from afterview.sync.config import SecretRef, SecretSource, schema, values


@pytest.mark.parametrize(
    ("text", "seconds"), [("30s", 30), ("5m", 300), ("2h", 7200), ("1d", 86400), ("1w", 604800), ("15 m", 900)]
)
def test_durations(text: str, seconds: int) -> None:
    assert values.duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("value", ["5", "m", "-5m", "5 minutes", "1h30m", 5, True, None, "9999999d"])
def test_what_is_no_duration(value: object) -> None:
    with pytest.raises(ValueError, match="length of time"):
        values.duration(value)


@pytest.mark.parametrize(
    ("value", "ref"),
    [
        ({"command": ["pass", "dav"]}, SecretRef(SecretSource.COMMAND, ("pass", "dav"))),
        ({"keyring": True}, SecretRef(SecretSource.KEYRING)),
        ({"env": "DAV"}, SecretRef(SecretSource.ENV, ("DAV",))),
        ({"file": "secrets/dav"}, SecretRef(SecretSource.FILE, ("secrets/dav",))),
    ],
)
def test_pointers_to_secrets(value: object, ref: SecretRef) -> None:
    assert values.secret(value) == ref


@pytest.mark.parametrize(
    "value",
    [{}, {"command": "pass dav"}, {"command": []}, {"keyring": False}, {"env": ""}, {"env": "A", "file": "b"}, 3],
)
def test_what_points_nowhere(value: object) -> None:
    with pytest.raises(ValueError, match="keyring = true"):
        values.secret(value)


def test_the_languages_are_those_of_the_words() -> None:
    assert schema.LANGUAGES == wording.LANGUAGES


def test_pushes_are_addresses_or_pointers() -> None:
    assert values.push(["ntfy://topic", {"command": ["show", "it"]}]) == (
        "ntfy://topic",
        SecretRef(SecretSource.COMMAND, ("show", "it")),
    )
