"""What the detector knows, as records: terms, vendors, weights, and what the user's corrections taught."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .terms import Terms


@dataclass(frozen=True, slots=True)
class Vendors:
    """Domains of services around hiring, and domains that say nothing about an employer."""

    kinds: Mapping[str, str]
    interviewer_links: tuple[str, ...]
    candidate_links: tuple[str, ...]
    free_mail: frozenset[str]
    shared: frozenset[str]

    def kind(self, domain: str) -> str:
        """Return ats, scheduler, coding or video for a vendor's domain or a name below it, "" for any other."""
        while domain:
            if kind := self.kinds.get(domain, ""):
                return kind
            domain = domain.partition(".")[2]
        return ""

    def is_shared(self, domain: str) -> bool:
        """Tell whether a domain (or one above it) belongs to many: calendars and meeting services."""
        while domain:
            if domain in self.shared:
                return True
            domain = domain.partition(".")[2]
        return False


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights of the rules, caps of the groups, and the two thresholds on the probability.

    `slope` and `offset` turn a sum of weights into log-odds.
    """

    bias: float
    yes: float
    ask: float
    rules: Mapping[str, float]
    caps: Mapping[str, float]
    slope: float = 1.0
    offset: float = 0.0


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything that `classify` looks things up in."""

    evidence: Terms
    stages: Terms
    marks: Terms
    labels: Terms
    mailboxes: Terms
    things: Terms
    names: Mapping[str, frozenset[str]]
    vendors: Vendors
    weights: Weights
    mark: str = ""  # recognises the same data again


@dataclass(frozen=True, slots=True)
class Learned:
    """The user's corrections, each True for "was an interview".

    `events` by event key (`sync.identity.event_key`), `series` by iCalendar UID: exact, they act at once. `senders` and
    `domains` hold for each organizer address or domain the net number of corrections, positive for interviews. `steps`
    are small changes of weights, by rule.
    """

    events: Mapping[str, bool] = field(default_factory=dict)
    series: Mapping[str, bool] = field(default_factory=dict)
    senders: Mapping[str, int] = field(default_factory=dict)
    domains: Mapping[str, int] = field(default_factory=dict)
    steps: Mapping[str, float] = field(default_factory=dict)
