"""Runs a set-up flow (`adapters.flow.Setup`) inside a flow of Home Assistant, each kind of step with Home Assistant's own.

FORM      a form
MENU      a menu; where something is wrong a form with one choice, since a menu cannot say what
BROWSER   an external step where the answer comes back by itself; where nothing comes back, or nothing came, a form with
          the page's address among the placeholders, and what can be pasted instead
PROGRESS  progress, until the next step is there
CREATE    whatever `finish` does with the draft         ABORT     the flow's end
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntryBaseFlow, ConfigFlowResult, OptionsFlow
from homeassistant.data_entry_flow import UnknownFlow

from .adapters.flow import AccountDraft, Arrival, FlowContext, Setup, Step, StepKind
from .render import Look, answers, errors, look, placeholders, schema

Finish = Callable[[AccountDraft], Awaitable[ConfigFlowResult]]
WAIT_S = 1.0  # how long a thread waits at a time, so that a flow which was closed lets go of it
LONGEST = 300  # waits


class Walk:
    """One run. `in_thread`: the flow talks to a service, so its steps must not be worked out in the event loop."""

    def __init__(self, flow: ConfigEntryBaseFlow, setup: Setup, finish: Finish, *, in_thread: bool = False) -> None:
        self._flow = flow
        self._setup = setup
        self._finish = finish
        self._in_thread = in_thread
        self._step: Step | None = None
        self._progress: asyncio.Task[Step] | None = None
        self._waiting: tuple[Arrival, asyncio.Task[None]] | None = None

    async def async_begin(self, context: FlowContext) -> ConfigFlowResult:
        """Show the first step."""
        return await self._async_show(await self._async_run(self._setup.start, context))

    async def async_go_on(self, called: str, given: Mapping[str, Any] | None) -> ConfigFlowResult:
        """Take what Home Assistant brings to `async_step_<called>`, and show what comes next."""
        step = self._step
        assert step is not None  # noqa: S101 -- every run is begun
        kind = look(step)
        if kind is Look.MENU and called in step.options:
            return await self._async_submit(step, {"option": called})
        if kind is Look.FORM and given is not None:
            return await self._async_submit(step, answers(step, given))
        if kind is Look.EXTERNAL and given is not None:
            self._step = await self._async_run(self._setup.submit, step.id, answers(step, {}))
            return self._flow.async_external_step_done(next_step_id=_another(self._step.id, step.id))
        if kind is Look.PROGRESS and self._progress is not None and self._progress.done():
            self._step, self._progress = self._progress.result(), None
            return self._flow.async_show_progress_done(next_step_id=_another(self._step.id, step.id))
        return await self._async_show(step)

    def close(self) -> None:
        """Wait for nothing any more."""
        if self._waiting is not None:
            arrival, task = self._waiting
            self._waiting = None
            arrival.close()
            if task is not asyncio.current_task():
                task.cancel()
        if self._progress is not None:
            self._progress.cancel()

    async def _async_submit(self, step: Step, given: Mapping[str, Any]) -> ConfigFlowResult:
        return await self._async_show(await self._async_run(self._setup.submit, step.id, given))

    async def _async_run(self, work: Callable[..., Step], *given: Any) -> Step:
        if self._in_thread:
            return await self._flow.hass.async_add_executor_job(work, *given)
        return work(*given)

    async def _async_show(self, step: Step) -> ConfigFlowResult:
        self._step = step
        if self._waiting is not None and self._waiting[0] is not step.arrival:
            self.close()
        if step.kind is StepKind.CREATE and step.draft is not None:
            return await self._finish(step.draft)
        told = placeholders(step)
        match look(step):
            case Look.FORM:
                return self._flow.async_show_form(
                    step_id=step.id, data_schema=schema(step), errors=errors(step), description_placeholders=told
                )
            case Look.MENU:
                return self._flow.async_show_menu(
                    step_id=step.id, menu_options=list(step.options), description_placeholders=told
                )
            case Look.EXTERNAL:
                self._await_arrival(step)
                return self._flow.async_external_step(step_id=step.id, url=step.url, description_placeholders=told)
            case Look.PROGRESS:
                return self._show_progress(step, told)
            case _:
                return self._flow.async_abort(reason=step.reason, description_placeholders=told)

    def _show_progress(self, step: Step, told: Mapping[str, str]) -> ConfigFlowResult:
        if self._progress is None:
            work = self._async_run(self._setup.submit, step.id, {})
            self._progress = self._flow.hass.async_create_task(work, eager_start=False)
        return self._flow.async_show_progress(
            step_id=step.id,
            progress_action=step.id,
            description_placeholders=told,
            progress_task=self._progress,
        )

    def _await_arrival(self, step: Step) -> None:
        if self._waiting is None and step.arrival is not None:
            task = self._flow.hass.async_create_background_task(self._async_arrival(step.arrival), "afterview sign-in")
            self._waiting = (step.arrival, task)

    async def _async_arrival(self, arrival: Arrival) -> None:
        """Go on once the browser came back, or will not come any more."""
        hass = self._flow.hass
        for _ in range(LONGEST):
            if await hass.async_add_executor_job(arrival.wait, WAIT_S):
                break
        entries = hass.config_entries
        manager = entries.options if isinstance(self._flow, OptionsFlow) else entries.flow
        try:
            await manager.async_configure(self._flow.flow_id, {})
        except UnknownFlow:
            self.close()  # the person has closed the dialogue meanwhile


def _another(name: str, before: str) -> str:
    """Name the next step so that it differs from the one before: else Home Assistant's pages would not look again."""
    return f"{name}_again" if name == before else name
