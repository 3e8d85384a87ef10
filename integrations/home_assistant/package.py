"""Makes the component installable: what it shares with Afterview is copied in, so that it needs no library.

    custom_components/afterview/            component/, as it stands
                               sync/        the engine: every module that the others reach, and its data
                               adapters/    the parts of this integration that know no Home Assistant
    blueprints/automation/afterview/        for those who want them
    hacs.json  README.md  LICENSE           what HACS shows

The zip holds the inside of custom_components/afterview, as HACS wants it. Only the standard library may be reached.
"""

import ast
import io
import json
import re
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from afterview.sync.errors import ConfigError
from afterview.sync.text import one_line

HERE = Path(__file__).parent
SYNC = HERE.parents[1] / "sync"
COMPONENT = "custom_components/afterview"
BLUEPRINTS = "blueprints/automation/afterview"
ZIP = "afterview.zip"
ADAPTERS = ("access", "activity", "component_flow", "convert", "entries", "items", "settings", "snapshot")
SHARED = ("flow", "marks")  # of integrations/
_OUTER = ("hacs.json", "README.md")
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)
_SKIPPED = ("__pycache__", ".pyc")
_EPOCH = (2020, 1, 1, 0, 0, 0)  # the same files make the same zip
_ABSOLUTE = (
    (re.compile(r"^(\s*)from afterview\.sync(\.|\s)", re.MULTILINE), r"\1from ..sync\2"),
    (re.compile(r"^(\s*)from afterview\.integrations import", re.MULTILINE), r"\1from . import"),
    (re.compile(r"^(\s*)from afterview\.integrations\.(\w+) import", re.MULTILINE), r"\1from .\2 import"),
)


class NotPure(ConfigError):
    """Something that the component copies reaches beyond the standard library."""


def contents(repository: str = "") -> dict[str, bytes]:
    """Return the whole tree: path -> bytes. `repository` ("owner/name") is where it is published. Raises NotPure."""
    files = {f"{COMPONENT}/{path}": data for path, data in _component(repository).items()}
    files |= {name: (HERE / "component" / name).read_bytes() for name in _OUTER}
    shipped = f"{COMPONENT}/blueprints/"
    files |= {path.replace(shipped, BLUEPRINTS + "/"): data for path, data in files.items() if path.startswith(shipped)}
    return files


def archive(repository: str = "") -> bytes:
    """Return the zip that HACS takes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as opened:
        for path, data in sorted(_component(repository).items()):
            opened.writestr(zipfile.ZipInfo(path, _EPOCH), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def export(folder: Path, repository: str = "") -> list[Path]:
    """Write the tree and the zip into a folder; return what was written."""
    if repository and not _REPOSITORY.fullmatch(repository):
        raise ConfigError(f'--repository is "{one_line(repository, 60)}"; it must be OWNER/NAME.')
    return _write(folder, {**contents(repository), ZIP: archive(repository)})


def install(config: Path) -> list[Path]:
    """Put the component into a Home Assistant's configuration folder in place of an older one, and the blueprints."""
    if not (config / "configuration.yaml").is_file():
        raise ConfigError(
            f"{config} is no Home Assistant: it has no configuration.yaml. Name its configuration folder."
        )
    wanted = {path: data for path, data in contents().items() if path not in _OUTER}
    kept = {path: data for path, data in wanted.items() if path.startswith(COMPONENT) or not (config / path).exists()}
    written = _write(config, kept)
    for old in (config / COMPONENT).rglob("*"):
        if old.is_file() and old not in written and old.suffix != ".pyc":
            old.unlink()
    return written


def _write(folder: Path, files: Mapping[str, bytes]) -> list[Path]:
    written: list[Path] = []
    try:
        for path, data in sorted(files.items()):
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
            written.append(target)
    except OSError as error:
        raise ConfigError(f"{error.filename} cannot be written: {error.strerror}.") from None
    return written


def _component(repository: str) -> dict[str, bytes]:
    """Return the inside of custom_components/afterview."""
    files = {path: data for path, data in _folder(HERE / "component") if path not in _OUTER}
    files["manifest.json"] = _manifest(json.loads(files["manifest.json"]), repository)
    files["adapters/__init__.py"] = (
        b'"""What the component shares with the connector of Afterview: it knows no Home Assistant."""\n'
    )
    for name in ADAPTERS:
        files[f"adapters/{name}.py"] = _relative(HERE / f"{name}.py")
    for name in SHARED:
        files[f"adapters/{name}.py"] = _relative(HERE.parent / f"{name}.py")
    roots = {target for path, data in files.items() if path.endswith(".py") for target in _reached(path, data)}
    engine = {f"sync/{path}": data for path, data in _folder(SYNC)}
    modules = _closure(roots, engine)
    rooms = {path.rpartition("/")[0] for path in modules}
    data_files = {
        path: data
        for path, data in engine.items()
        if not path.endswith(".py") and any(path.startswith(f"{room}/") for room in rooms if room != "sync")
    }
    words = {path: data for path, data in engine.items() if path.startswith("sync/words/")}
    return {**files, **modules, **data_files, **words}


def _manifest(shipped: Mapping[str, Any], repository: str) -> bytes:
    """Return the manifest with what only a publisher knows: HACS wants to know where it comes from."""
    place = f"https://github.com/{repository}"
    owner = f"@{repository.partition('/')[0]}"
    published = {"documentation": f"{place}#readme", "issue_tracker": f"{place}/issues"} if repository else {}
    known = {**shipped, **published, "codeowners": [owner] if repository else [], "version": version("afterview")}
    first = {name: known.pop(name) for name in ("domain", "name")}  # then by name, as Home Assistant wants it
    return (json.dumps({**first, **dict(sorted(known.items()))}, indent=2, ensure_ascii=False) + "\n").encode()


def _folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not any(part in str(path) for part in _SKIPPED):
            yield path.relative_to(folder).as_posix(), path.read_bytes()


def _relative(path: Path) -> bytes:
    """Return a module with its imports of Afterview made relative to its place in the component."""
    text = path.read_text("utf-8")
    for pattern, written in _ABSOLUTE:
        text = pattern.sub(written, text)
    return text.encode()


def _closure(roots: Iterable[str], known: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return every module of the engine that some modules reach, with the packages they lie in."""
    found: dict[str, bytes] = {}
    left = list(roots)
    while left:
        path = left.pop()
        for one in (path, *_packages(path)):
            if one in known and one not in found:
                found[one] = known[one]
                left += _reached(one, known[one])
    return found


def _packages(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["/".join((*parts[:count], "__init__.py")) for count in range(1, len(parts) + 1)]


def _reached(path: str, data: bytes) -> list[str]:
    """Return the files of the engine that a module may mean by its imports. Raises NotPure."""
    package = path.split("/")[:-1]
    reached: list[str] = []
    for node in ast.walk(ast.parse(data)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                _allow(path, alias.name)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            _allow(path, node.module or "")
        elif isinstance(node, ast.ImportFrom):
            base = [*package[: len(package) - node.level + 1], *(node.module or "").split(".")]
            module = "/".join(part for part in base if part)
            names = [f"{module}/{alias.name}" for alias in node.names]
            reached += [f"{one}{end}" for one in (module, *names) for end in (".py", "/__init__.py")]
    return [one for one in reached if one.startswith("sync/")]


def _allow(path: str, name: str) -> None:
    top = name.partition(".")[0]
    inside = not path.startswith(("sync/", "adapters/")) and top in {"homeassistant", "voluptuous", "aiohttp"}
    if not inside and top not in sys.stdlib_module_names:
        raise NotPure(f"{path} imports {name}, which Home Assistant may not have.")
