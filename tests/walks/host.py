"""Runs flows for whoever cannot import them: the tests inside Home Assistant, whose libraries are older than ours.

`python -m tests.walks.host`; a line of JSON comes in, a line goes out:

    {"do": "names"}                     -> the walks there are
    {"do": "walk", "name"}              -> the walk, without its flow          {"do": "start"}  -> a step
    {"do": "submit", "step", "answers"} -> a step                              {"do": "wait"}   -> whether it arrived
    {"do": "visit", "page", "how"}      -> where the page sends the browser    {"do": "follow", "target"}   goes there
"""

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from typing import Any

from afterview.integrations.flow import Step
from tests.walks.services import Services, follow
from tests.walks.table import WALKS
from tests.walks.walk import Walk, lacking

SHORT_S = 0.2


class Host:
    """Serves one walk at a time."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._walk: Walk | None = None
        self._step: Step | None = None
        self.does: Mapping[str, Callable[..., Any]] = {
            "walk": self._began,
            "start": self._start,
            "submit": self._submit,
            "wait": self._wait,
            "names": lambda: list(WALKS),
            "visit": services.visit,
            "follow": follow,
        }

    def _began(self, name: str) -> dict[str, Any]:
        self._walk = walk = WALKS[name](self._services)
        return {
            "purpose": walk.context.purpose,
            "turns": [asdict(turn) for turn in walk.turns],
            "settings": dict(walk.settings),
            "aborts": walk.aborts,
        }

    def _start(self) -> dict[str, Any]:
        assert self._walk is not None
        return self._shown(self._walk.setup.start(self._walk.context))

    def _submit(self, step: str, answers: dict[str, Any]) -> dict[str, Any]:
        assert self._walk is not None
        assert self._step is not None
        before = self._step.arrival
        shown = self._shown(self._walk.setup.submit(step, answers))
        if before is not None and before is not self._step.arrival:
            before.close()
        return shown

    def _wait(self) -> bool:
        return self._step is None or self._step.arrival is None or self._step.arrival.wait(SHORT_S)

    def _shown(self, step: Step) -> dict[str, Any]:
        assert self._walk is not None
        assert lacking(step, self._walk.strings) == []
        self._step = step
        plain = {one.name: getattr(step, one.name) for one in fields(step)}
        plain["fields"] = [asdict(field) for field in step.fields]
        plain["draft"] = asdict(step.draft) if step.draft else None
        plain["arrival"] = step.arrival is not None
        return plain


def main() -> None:
    with Services() as services:
        host = Host(services)
        for line in sys.stdin:
            asked = json.loads(line)
            sys.stdout.write(json.dumps(host.does[asked.pop("do")](**asked)) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
