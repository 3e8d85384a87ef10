"""The quality scale: what an integration claims in its manifest is held against its folder.

bronze  manifest, flow, texts for every step, field, error and abort; unique id; connection test; the contract suite
silver  sign in again and reconfigure; the typed errors; the contract suite with faults
gold    diagnostics of its own, a capability probe, delta reading, documented limits
"""

import ast
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from afterview.integrations.flow import FlowContext, Purpose, StepKind
from afterview.integrations.manifest import Manifest, Quality, Role
from afterview.integrations.registry import Registry, check_code
from tests.house.source import ROOT

MANIFESTS, PROBLEMS = Registry(foreign=lambda: iter(())).all()
NOW = datetime(2026, 1, 5, tzinfo=UTC)
FILES = {
    Role.EVENT_SOURCE: "events.py",
    Role.TASK_LIST: "tasks.py",
    Role.CONTACT_BOOK: "contacts.py",
    Role.CRM: "crm.py",
    Role.NOTIFIER: "notifier.py",
}


def ids(manifest: Manifest) -> str:
    return manifest.domain


def source(manifest: Manifest, name: str = "flow.py") -> str:
    return (manifest.folder / name).read_text("utf-8")


def calls(manifest: Manifest, name: str) -> list[ast.Call]:
    tree = ast.walk(ast.parse(source(manifest)))
    return [
        node for node in tree if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
    ]


def literals(nodes: list[ast.Call], position: int) -> set[str]:
    found = (node.args[position] for node in nodes if len(node.args) > position)
    return {arg.value for arg in found if isinstance(arg, ast.Constant) and isinstance(arg.value, str)}


def texts(manifest: Manifest) -> dict[str, Any]:
    return dict(json.loads(source(manifest, "strings.json"))["setup"])


def test_every_built_in_integration_has_a_sound_manifest() -> None:
    assert PROBLEMS == ()
    assert {"caldav", "ics"} <= {manifest.domain for manifest in MANIFESTS}


@pytest.mark.parametrize("manifest", MANIFESTS, ids=ids)
def test_the_folder_has_the_files_that_its_roles_call_for(manifest: Manifest) -> None:
    wanted = {"manifest.json", "strings.json", "flow.py", "client.py"} | {
        FILES[role] for role in manifest.roles if role in FILES
    }
    assert wanted <= {path.name for path in manifest.folder.iterdir()}
    assert check_code(manifest) == ""


@pytest.mark.parametrize("manifest", MANIFESTS, ids=ids)
def test_poll_limits_are_in_order_and_every_needed_module_is_there(manifest: Manifest) -> None:
    assert manifest.poll.low <= manifest.poll.default <= manifest.poll.high
    project = (ROOT / "pyproject.toml").read_text("utf-8").replace("-", "_")
    assert all(name in project for name in manifest.requires)


@pytest.mark.parametrize("manifest", MANIFESTS, ids=ids)
def test_every_step_and_field_has_its_words(manifest: Manifest) -> None:
    steps = texts(manifest)["step"]
    asked = literals([node for node in calls(manifest, "Step") if "CREATE" not in ast.dump(node)], 1)
    assert asked <= set(steps)
    labelled = {key for step in steps.values() for key in step.get("data", {})}
    assert literals(calls(manifest, "Field"), 0) <= labelled
    for step in steps.values():
        assert step.get("title") or step.get("description")
        assert set(step.get("data_description", {})) <= set(step.get("data", {}))


def code_of(manifest: Manifest) -> str:
    """Return an integration's code; the steps and errors of a service with a password are those of all such services."""
    own = "".join(path.read_text("utf-8") for path in manifest.folder.glob("*.py"))
    return own + (ROOT / "integrations" / "signing_in.py").read_text("utf-8") if "reauth_step" in own else own


@pytest.mark.parametrize("manifest", MANIFESTS, ids=ids)
def test_every_error_has_its_sentence_and_every_sentence_its_error(manifest: Manifest) -> None:
    said = {**texts(manifest).get("error", {}), **texts(manifest).get("abort", {})}
    code = code_of(manifest)
    if "reauth_step" in code:
        assert {"invalid_auth", "cannot_connect", "refused"} <= said.keys()
        assert {"connect", "reauth"} <= texts(manifest)["step"].keys()
    for key, sentence in said.items():
        assert f'"{key}"' in code, key
        assert sentence.endswith((".", "}")), key


@pytest.mark.parametrize("manifest", MANIFESTS, ids=ids)
def test_secrets_are_settings_of_their_own_kind(manifest: Manifest) -> None:
    kinds = {key.name: key.kind.value for key in manifest.settings}
    assert kinds.get("password", "secret") == "secret"
    assert manifest.auth == "none" or "secret" in kinds.values()


@pytest.mark.parametrize("manifest", MANIFESTS, ids=ids)
def test_the_contract_suite_runs_against_it(manifest: Manifest) -> None:
    suite = "".join(path.read_text("utf-8") for path in Path(ROOT / "tests" / "contract").glob("*.py"))
    assert f"integrations.{manifest.domain}" in suite or f'"{manifest.domain}"' in suite


@pytest.mark.parametrize("manifest", [one for one in MANIFESTS if one.quality is not Quality.BRONZE], ids=ids)
def test_silver_starts_again_from_what_is_there_and_has_typed_errors(manifest: Manifest) -> None:
    drafts = calls(manifest, "AccountDraft")
    assert drafts
    assert all(len(one.args) > 1 or any(key.arg == "unique_id" for key in one.keywords) for one in drafts)
    current = {key.name: "https://example.org/there" for key in manifest.settings if key.name == "url"}
    for purpose in (Purpose.REAUTH, Purpose.RECONFIGURE):
        context = FlowContext(purpose, "UTC", lambda: NOW, "home", current)
        step = Registry().setup(manifest.domain).start(context)
        assert step.kind is StepKind.FORM
        known = {field.key: field.default for field in step.fields}
        assert known.get("url", current.get("url")) == current.get("url")
        assert manifest.auth in {"none", "oauth"} or {"password", "token"} & known.keys()
    code = code_of(manifest)
    assert all(name in code for name in ("NotReady", "Refused"))


@pytest.mark.parametrize("manifest", MANIFESTS, ids=ids)
def test_gold_probes_and_documents_its_limits(manifest: Manifest) -> None:
    if manifest.quality is not Quality.GOLD:
        return
    assert (manifest.folder / "probe.py").exists()
    limits = (ROOT / "docs" / "integrations.md").read_text("utf-8")
    assert f"### {manifest.name}" in limits
