"""config.example.toml names every key that there is, with the value that it has by itself where there is one."""

import tomllib
from dataclasses import replace
from typing import Any

from afterview.integrations.manifest import Role
from afterview.integrations.registry import Registry
from afterview.sync.config import Key, load_text, schema
from afterview.sync.playbook import Shift, reading
from afterview.sync.playbook.settings import Step, default_steps
from tests.house.source import ROOT

PATH = ROOT / "config.example.toml"
TEXT = PATH.read_text("utf-8")
TABLES: dict[str, Any] = tomllib.loads(TEXT)


def names(keys: tuple[Key, ...]) -> set[str]:
    return {key.name for key in keys}


def test_the_example_is_a_sound_configuration() -> None:
    config = load_text(TEXT, PATH, Registry().account_keys)
    assert config.deliver.to == "home"


def test_every_table_and_key_is_named() -> None:
    assert set(TABLES) == set(schema.TOP)
    assert set(TABLES["me"]) == names(schema.ME)
    assert set(TABLES["sync"]) == names(schema.SYNC)
    assert set(TABLES["deliver"]) == names(schema.DELIVER)
    assert set(TABLES["answers"]) == names(schema.ANSWERS)
    assert set(TABLES["detector"]) == names(schema.DETECTOR)


def test_every_key_of_every_built_in_integration_is_named() -> None:
    manifests, problems = Registry(foreign=lambda: iter(())).all()
    assert problems == ()
    for manifest in manifests:
        if manifest.roles == frozenset({Role.NOTIFIER}):
            continue  # its address stands in [deliver] push, not in an [[account]]
        shown = {name for account in TABLES["account"] if account["integration"] == manifest.domain for name in account}
        commented = {name for name in names(manifest.settings) if f"# {name} = " in TEXT}
        assert names((*schema.ACCOUNT, *manifest.settings)) - {"poll"} <= shown | commented, manifest.domain


def test_every_step_and_its_keys_are_named_with_their_defaults() -> None:
    assert set(TABLES["playbook"]) == set(default_steps())
    for name, table in TABLES["playbook"].items():
        wanted = (
            reading._PREPARE_KEYS
            if name == Step.PREPARE
            else (
                *reading._STEP_KEYS,
                *reading._EXTRA_KEYS.get(Step(name), ()),
            )
        )
        assert set(table) == set(wanted), name
    config = load_text(TEXT, PATH, Registry().account_keys)
    for name, default in default_steps().items():
        assert config.settings.steps[name] in {default, replace(default, shift=Shift.OFF)}, name


def test_business_hours_and_automations_are_named_whole() -> None:
    assert set(TABLES["deliver"]["business_hours"]) == set(reading._HOURS_KEYS)
    (automation,) = TABLES["automation"]
    assert set(automation) == set(reading._AUTOMATION_KEYS)
    assert set(automation["conditions"]) == set(reading._CONDITION_KEYS)
    assert set(automation["action"]) == set(reading._ACTION_KEYS)
