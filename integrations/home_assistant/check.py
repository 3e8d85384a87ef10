"""What Home Assistant's hassfest and HACS would find wrong with an exported tree, and what our own rules would.

Neither of the two can be had as a library; this holds the tree against their documented rules. Reads files only.
"""

import ast
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from afterview.integrations.flow import Choice, FlowContext, Purpose, Step, StepKind

from .component_flow import Setup
from .package import COMPONENT

LANGUAGES = ("en", "de", "fr", "es")
_NEEDED = ("domain", "name", "codeowners", "config_flow", "integration_type", "iot_class", "requirements", "version")
_PUBLISHED = ("documentation", "issue_tracker")
_ICON = ((b"\x89PNG\r\n\x1a\n", "icon.png", 256), (b"\x89PNG\r\n\x1a\n", "icon@2x.png", 512))
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_ACTION = re.compile(r"^(\w+):$", re.MULTILINE)
_RULE = re.compile(r"^  ([a-z-]+):(?: (done|todo|exempt))?", re.MULTILINE)


def problems(tree: Path, *, published: bool = False) -> list[str]:
    """Return what is wrong, a sentence each. `published`: what HACS asks for must be there too."""
    home = tree / COMPONENT
    texts = {language: json.loads(_read(home, f"translations/{language}.json")) for language in LANGUAGES}
    return [
        *_manifest(json.loads(_read(home, "manifest.json")), home, published=published),
        *_hacs(json.loads(_read(tree, "hacs.json")), tree),
        *_texts(texts),
        *_names(home, texts["en"]),
        *_set_up(home, texts["en"]),
        *_icons(home, texts["en"]),
        *_images(home),
        *_scale(_read(home, "quality_scale.yaml")),
    ]


def _read(folder: Path, name: str) -> str:
    return (folder / name).read_text("utf-8")


def _manifest(manifest: Mapping[str, Any], home: Path, *, published: bool) -> Iterator[str]:
    for name in (*_NEEDED, *(_PUBLISHED if published else ())):
        if name not in manifest:
            yield f"manifest.json lacks {name}"
    if manifest.get("domain") != home.name:
        yield f"the domain {manifest.get('domain')} is not the folder's name"
    if manifest.get("requirements"):
        yield "manifest.json asks for libraries"
    if not re.fullmatch(r"\d+(\.\d+){1,3}[a-z0-9.]*", str(manifest.get("version"))):
        yield f"the version {manifest.get('version')} is none that Home Assistant reads"
    rest = [name for name in manifest if name not in {"domain", "name"}]
    if rest != sorted(rest):
        yield "manifest.json is not in order: domain, name, then by name"


def _hacs(hacs: Mapping[str, Any], tree: Path) -> Iterator[str]:
    if "name" not in hacs:
        yield "hacs.json lacks name"
    if hacs.get("zip_release") and not (tree / str(hacs.get("filename"))).is_file():
        yield f"hacs.json names {hacs.get('filename')}, which is not there"
    if len(list((tree / "custom_components").iterdir())) != 1:
        yield "there must be one integration in custom_components"
    if not (tree / "README.md").is_file():
        yield "there is no README.md"


def _texts(texts: Mapping[str, Any]) -> Iterator[str]:
    """Compare every language with English: the same keys, the same placeholders."""
    english = dict(_flat(texts["en"]))
    for language, tree in texts.items():
        other = dict(_flat(tree))
        yield from (f"{language}.json lacks {key}" for key in english.keys() - other.keys())
        yield from (f"{language}.json has {key}, which English lacks" for key in other.keys() - english.keys())
        for key in english.keys() & other.keys():
            if set(_PLACEHOLDER.findall(english[key])) != set(_PLACEHOLDER.findall(other[key])):
                yield f"{language}.json has other placeholders in {key}"
            if not other[key].strip():
                yield f"{language}.json has no words for {key}"


def _flat(tree: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{path}{name}.")
        else:
            yield f"{path}{name}", str(value)


def _names(home: Path, english: Mapping[str, Any]) -> Iterator[str]:
    """Hold what the code names against the texts: entities, errors, actions, fields of the set-up."""
    code = "".join(_read(home, path.name) for path in sorted(home.glob("*.py")))
    for key in set(re.findall(r'translation_key="(\w+)"', code)) - set(english["exceptions"]) - set(english["issues"]):
        yield f"there are no words for {key}"
    actions = set(_ACTION.findall(_read(home, "services.yaml")))
    if actions != set(english["services"]):
        yield f"services.yaml and the texts differ in {sorted(actions ^ set(english['services']))}"
    flow = ast.parse(_read(home, "adapters/component_flow.py"))
    errors = {node.value for node in ast.walk(flow) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    known = set(english["config"]["error"])
    missing = known - errors - set(re.findall(r'"(list_\w+)"', code))
    yield from (f"no code says the error {key}" for key in missing)


class _Rooms:
    """A Home Assistant for the set-up to run in; its one list does not do at first."""

    def __init__(self) -> None:
        self._looks = 0

    def phones(self) -> Sequence[Choice]:
        return ()

    def unfit(self, entity: str) -> str:
        del entity
        self._looks += 1
        return "list_lacks" if self._looks == 1 else ""


def _set_up(home: Path, english: Mapping[str, Any]) -> Iterator[str]:
    """Go through the set-up, wrong answers first, and hold each step against the texts."""
    wrong = {"calendars": [], "emails": ["x"], "words": ["**"]}
    right = {"calendars": ["calendar.x"], "emails": [], "words": []}
    for section, purpose in (("config", Purpose.USER), ("config", Purpose.RECONFIGURE), ("options", Purpose.USER)):
        flow = Setup(_Rooms(), options=section == "options")
        step = flow.start(FlowContext(purpose, "UTC", lambda: datetime.min.replace(tzinfo=UTC)))
        for answers in (wrong, right, right, right):
            if step.kind is not StepKind.CREATE:
                yield from _lacks(section, english[section], step)
                step = flow.submit(step.id, answers)
    code = _read(home, "config_flow.py")
    for reason in set(re.findall(r'reason="(\w+)"', code)) - set(english["config"]["abort"]):
        yield f"there are no words for the end {reason}"


def _lacks(section: str, texts: Mapping[str, Any], step: Step) -> Iterator[str]:
    own = texts["step"].get(step.id, {})
    if not own.get("title"):
        yield f"{section}.step.{step.id} has no title"
    fields = {field.key for field in step.fields}
    for part in ("data", "data_description"):
        for key in sorted(fields ^ set(own.get(part, {}))):
            yield f"{section}.step.{step.id}.{part} and the set-up differ in {key}"
    for key in sorted(set(step.errors.values()) - set(texts.get("error", {}))):
        yield f"{section}.error has no words for {key}"


def _icons(home: Path, english: Mapping[str, Any]) -> Iterator[str]:
    icons = json.loads(_read(home, "icons.json"))
    if set(icons["services"]) != set(english["services"]):
        yield "an action has no icon"
    for platform, entities in english["entity"].items():
        yield from (f"{platform}.{key} has no icon" for key in set(entities) - set(icons["entity"].get(platform, {})))


def _images(home: Path) -> Iterator[str]:
    for begin, name, size in _ICON:
        path = home / "brand" / name
        data = path.read_bytes() if path.is_file() else b""
        if not data.startswith(begin) or data[16:24] != size.to_bytes(4, "big") * 2:
            yield f"brand/{name} is no PNG of {size} by {size}"


def _scale(text: str) -> Iterator[str]:
    """Every rule is done, or says why not."""
    for rule, status in _RULE.findall(text):
        after = text.split(f"\n  {rule}:", 1)[1].split("\n  ", 1)[0] if status else ""
        explained = re.search(rf"\n  {rule}:\n    status: (exempt|todo)\n    comment: \S", text)
        if not status and not explained:
            yield f"quality_scale.yaml: {rule} is neither done nor explained"
        if status == "done" and "#" not in after:
            yield f"quality_scale.yaml: {rule} does not say what shows it"
