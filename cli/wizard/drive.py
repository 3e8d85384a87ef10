"""Runs a set-up flow from its first step to the account it creates."""

from collections.abc import Mapping
from typing import Any, Protocol

from afterview.integrations.flow import AccountDraft, FlowContext, Setup, Step, StepKind
from afterview.sync.errors import ConfigError, Refused

from .texts import Texts

LONGEST = 200  # steps; a flow that goes round in circles is a defect of its own


class Renderer(Protocol):
    """Shows steps to whoever answers them. May raise ConfigError when there is no answer to be had."""

    def form(self, step: Step, texts: Texts) -> dict[str, Any]:
        """Return an answer for each field. An optional one without an answer has its default."""
        ...

    def menu(self, step: Step, texts: Texts) -> str:
        """Return the option chosen."""
        ...

    def show(self, step: Step, texts: Texts) -> dict[str, Any]:
        """Show progress, or a page to open; return what was pasted instead of waiting, {} if nothing."""
        ...


def drive(flow: Setup, context: FlowContext, renderer: Renderer, texts: Texts) -> AccountDraft:
    """Run the flow. Raises Refused with the flow's own words where it aborts."""
    step, waiting = flow.start(context), None
    try:
        for _ in range(LONGEST):
            if waiting is not None and waiting is not step.arrival:
                waiting.close()
            waiting = step.arrival
            if step.kind is StepKind.CREATE and step.draft is not None:
                return step.draft
            if step.kind is StepKind.ABORT:
                raise Refused(f"{texts.abort(step).rstrip('.')}.")
            step = flow.submit(step.id, _answers(step, renderer, texts))
        raise ConfigError("The set-up came to no end; nothing was stored.")
    finally:  # nothing goes on listening, whatever becomes of the set-up
        if waiting is not None:
            waiting.close()


def _answers(step: Step, renderer: Renderer, texts: Texts) -> Mapping[str, Any]:
    if step.kind is StepKind.FORM:
        return renderer.form(step, texts)
    if step.kind is StepKind.MENU:
        return {"option": renderer.menu(step, texts)}
    return renderer.show(step, texts)
