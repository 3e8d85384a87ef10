"""The user's own pipelines: which stage of which one is open, won or lost. None is ever made or changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from afterview.sync.errors import Rejected
from afterview.sync.stages import Stage
from afterview.sync.text import one_line

from .client import Client, items_of
from .paths import pipelines

_MOST = 60


@dataclass(frozen=True, slots=True)
class Place:
    """One stage of one pipeline."""

    pipeline: str
    id: str
    label: str
    kind: Stage


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A pipeline with its stages in their order."""

    id: str
    label: str
    places: tuple[Place, ...]

    def of(self, kind: Stage) -> tuple[Place, ...]:
        """Return its stages of one kind."""
        return tuple(place for place in self.places if place.kind is kind)


def read_pipelines(client: Client) -> tuple[Pipeline, ...]:
    """Read the pipelines that deals go through, in the user's order."""
    what = "The pipelines"
    answer = client.get(pipelines(), what) or {}
    found = [one for one in items_of(answer, what) if isinstance(one.get("id"), str) and not one.get("archived")]
    return tuple(_pipeline(one) for one in sorted(found, key=_order))


def _pipeline(one: Mapping[str, Any]) -> Pipeline:
    stages = one.get("stages")
    listed = [stage for stage in (stages if isinstance(stages, list) else ()) if isinstance(stage, dict)]
    kept = [stage for stage in listed if isinstance(stage.get("id"), str) and not stage.get("archived")]
    places = (
        Place(one["id"], stage["id"], _label(stage), _kind(stage.get("metadata"))) for stage in sorted(kept, key=_order)
    )
    return Pipeline(one["id"], _label(one), tuple(places))


def _order(one: Mapping[str, Any]) -> tuple[int, str]:
    order = one.get("displayOrder")
    return (order if isinstance(order, int) else 0), str(one.get("label", ""))


def _label(one: Mapping[str, Any]) -> str:
    return one_line(str(one.get("label") or one["id"]), 80)


def _kind(metadata: object) -> Stage:
    """Tell what a stage means: the closed flag where there is one, and how likely a deal in it is won."""
    told = metadata if isinstance(metadata, dict) else {}
    try:
        likely = float(str(told.get("probability", "")))
    except ValueError:
        likely = 0.5
    closed = str(told.get("isClosed", "")).lower()
    if closed == "false" or (closed != "true" and 0 < likely < 1):
        return Stage.OPEN
    return Stage.WON if likely > 0 else Stage.LOST


@dataclass(slots=True)
class Stages:
    """The stages of one account, read when they are first needed and again when an id is not known."""

    client: Client
    pipeline: str = ""  # where new deals go
    chosen: Mapping[str, str] = field(default_factory=dict)  # Stage -> stage id, as the user chose
    _pipelines: tuple[Pipeline, ...] = ()
    _renewed: int = 0

    def all(self) -> tuple[Pipeline, ...]:
        if not self._pipelines:
            self._pipelines = read_pipelines(self.client)
        return self._pipelines

    def kind(self, pipeline: str, stage: str) -> Stage | None:
        """Tell what a deal's stage means, None where it is not known."""
        place = self._find(pipeline, stage)
        if place is None and self._renewed < 1 and stage:
            self._renewed += 1
            self._pipelines = read_pipelines(self.client)
            place = self._find(pipeline, stage)
        if place is None:
            return None
        withdrawn = self.chosen.get(Stage.WITHDRAWN)
        own = {place.id for place in self._places(pipeline) if place.id == self.chosen.get(Stage.LOST)}
        return Stage.WITHDRAWN if stage == withdrawn and stage not in own and place.kind is Stage.LOST else place.kind

    def of_new(self, kind: Stage) -> Place:
        """Return where a new deal of this kind goes. Raises Rejected where the pipeline has no such stage."""
        return self.to(self.pipeline or self.all()[0].id, kind)

    def to(self, pipeline: str, kind: Stage) -> Place:
        """Return where a deal of a pipeline is moved to: as the user chose, else the first stage of that kind."""
        places = self._places(pipeline)
        wished = self.chosen.get(kind) or (self.chosen.get(Stage.LOST) if kind is Stage.WITHDRAWN else "")
        meant = Stage.LOST if kind is Stage.WITHDRAWN else kind
        fitting = [place for place in places if place.kind is meant]
        found = next((place for place in fitting if place.id == wished), None) or next(iter(fitting), None)
        if found is None:
            raise Rejected(
                f'The pipeline "{one_line(pipeline, 60)}" has no stage that means {meant}; add one in HubSpot.'
            )
        return found

    def _places(self, pipeline: str) -> Iterable[Place]:
        return next((one.places for one in self.all() if one.id == pipeline), ())

    def _find(self, pipeline: str, stage: str) -> Place | None:
        return next((place for place in self._places(pipeline) if place.id == stage), None)

    def ids(self) -> tuple[str, ...]:
        """Return the ids of stages, those of closed ones first, as many as an address can name."""
        every = [place for one in self.all() for place in one.places]
        return tuple(place.id for place in sorted(every, key=lambda place: place.kind is Stage.OPEN)[:_MOST])
