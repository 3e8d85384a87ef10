"""A set-up flow of Afterview's own, run by a Python that has its libraries and shown here (see tests/walks/host.py)."""

import json
import os
import subprocess
import threading
from pathlib import Path
from typing import Any

from custom_components.afterview.adapters.flow import (
    AccountDraft,
    Choice,
    Field,
    FieldKind,
    FlowContext,
    Step,
    StepKind,
)

ROOT = Path(__file__).resolve().parents[2]


class Remote:
    """The process that runs the flows. AFTERVIEW names its Python."""

    def __init__(self) -> None:
        environment = {**os.environ, "PYTHONPATH": f"{ROOT / '.dev'}{os.pathsep}{ROOT}"}
        command = [os.environ["AFTERVIEW"], "-m", "tests.walks.host"]
        self._lock = threading.Lock()
        self._running = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment
        )

    def ask(self, do: str, **what: Any) -> Any:
        assert self._running.stdin is not None
        assert self._running.stdout is not None
        with self._lock:
            self._running.stdin.write(json.dumps({"do": do, **what}) + "\n")
            self._running.stdin.flush()
            answer = self._running.stdout.readline()
        assert answer, "the process that runs the flows has ended; it says why on standard error"
        return json.loads(answer)

    def close(self) -> None:
        self._running.communicate(timeout=20)


class RemoteSetup:
    """A flow there, as `adapters.flow.Setup` here."""

    def __init__(self, remote: Remote) -> None:
        self._remote = remote

    def start(self, context: FlowContext) -> Step:
        return self._step(self._remote.ask("start"))

    def submit(self, step_id: str, answers: Any) -> Step:
        return self._step(self._remote.ask("submit", step=step_id, answers=dict(answers)))

    def _step(self, told: dict[str, Any]) -> Step:
        return Step(
            **{
                **told,
                "kind": StepKind(told["kind"]),
                "fields": tuple(_field(one) for one in told["fields"]),
                "options": tuple(told["options"]),
                "draft": AccountDraft(**told["draft"]) if told["draft"] else None,
                "arrival": RemoteArrival(self._remote) if told["arrival"] else None,
            }
        )


class RemoteArrival:
    """What is waited for there."""

    def __init__(self, remote: Remote) -> None:
        self._remote = remote

    def wait(self, seconds: float) -> bool:
        return bool(self._remote.ask("wait"))

    def close(self) -> None:
        """The other side closes it with the step."""


def _field(told: dict[str, Any]) -> Field:
    choices = tuple(Choice(**one) for one in told["choices"])
    return Field(**{**told, "kind": FieldKind(told["kind"]), "choices": choices})
