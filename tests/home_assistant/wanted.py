"""Prints the libraries that a Home Assistant wants for the components of the process test and for those it always loads."""

import json
import re
import sys
from pathlib import Path

import homeassistant

ROOT = Path(homeassistant.__file__).parent
OURS = ("local_todo", "local_calendar", "caldav", "frontend")


def wanted() -> list[str]:
    """Follow the manifests from component to component."""
    text = (ROOT / "helpers" / "service.py").read_text("utf-8")
    always = re.search(r"def _base_components\(\).*?\n\n\n", text, re.DOTALL)
    left = [*OURS, *(re.findall(r"^        (\w+),$", always[0], re.MULTILINE) if always else ())]
    seen: set[str] = set()
    found: set[str] = set()
    while left:
        one = left.pop()
        path = ROOT / "components" / one / "manifest.json"
        if one not in seen and path.is_file():
            manifest = json.loads(path.read_text("utf-8"))
            found |= set(manifest.get("requirements", ()))
            left += [*manifest.get("dependencies", ()), *manifest.get("after_dependencies", ())]
        seen.add(one)
    return sorted(found)


if __name__ == "__main__":
    sys.stdout.write("\n".join(wanted()) + "\n")
