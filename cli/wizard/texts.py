"""The words of set-up steps, from an integration's `strings.json` (form: see `integrations.flow`) or our own."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from afterview.integrations.flow import Step
from afterview.sync.text import one_line, paragraphs

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


class Texts:
    """Looks words up; what has no words is shown by its key, so a missing text never stops a set-up."""

    def __init__(self, strings: Mapping[str, Any]) -> None:
        self._setup = cast("Mapping[str, Any]", strings.get("setup", {}))

    @classmethod
    def own(cls) -> "Texts":
        """Read the words of the wizard's own steps."""
        return cls(json.loads(Path(__file__).with_name("strings.json").read_text("utf-8")))

    def title(self, step: Step) -> str:
        """Name the step, "" if it has no title."""
        return self._fill(self._of(step).get("title", ""), step)

    def description(self, step: Step) -> str:
        """Explain the step, "" if there is nothing to explain."""
        return self._fill(self._of(step).get("description", ""), step)

    def label(self, step: Step, key: str) -> str:
        """Name a field."""
        return self._fill(self._of(step).get("data", {}).get(key, key.replace("_", " ")), step)

    def help(self, step: Step, key: str) -> str:
        """Explain a field, "" if there is nothing to explain."""
        return self._fill(self._of(step).get("data_description", {}).get(key, ""), step)

    def option(self, step: Step, option: str) -> str:
        """Name a choice of a menu."""
        return self._fill(self._of(step).get("menu_options", {}).get(option, option.replace("_", " ")), step)

    def error(self, step: Step, key: str) -> str:
        """Say an error."""
        return self._fill(self._setup.get("error", {}).get(key, key.replace("_", " ")), step)

    def abort(self, step: Step) -> str:
        """Say why the flow ends."""
        return self._fill(self._setup.get("abort", {}).get(step.reason, step.reason.replace("_", " ")), step)

    def _of(self, step: Step) -> Mapping[str, Any]:
        return cast("Mapping[str, Any]", self._setup.get("step", {}).get(step.id, {}))

    @staticmethod
    def _fill(text: str, step: Step) -> str:
        """Put placeholders in; their values come from outside and are never looked at again."""
        return paragraphs(_PLACEHOLDER.sub(lambda match: one_line(step.placeholders.get(match[1], "")), text))
