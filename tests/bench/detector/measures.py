"""What is measured: a labelled event beside its verdict, and the figures over many of them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from afterview.sync.classify import classify, load_lexicon
from afterview.sync.classify.lexicon import Lexicon
from afterview.sync.classify.normal import fold, squash, tokens
from afterview.sync.model import Answer, Person, Verdict
from tests.corpus import Case, cases

_LEGAL = frozenset(
    tokens("gmbh ag se ab oy bv nv inc llc ltd limited plc corp co kg sa sas sarl srl spa sl lda sp z o the")
)
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
_HONORIFIC = frozenset(tokens("mr mrs ms dr prof professor herr frau hr fr m mme mlle sig dott ssa sir hanım bey"))


@dataclass(frozen=True, slots=True)
class Result:
    """A labelled event and what the detector says of it."""

    case: Case
    verdict: Verdict

    @property
    def wanted(self) -> bool:
        """Is it an interview?"""
        return bool(self.case.label["is_interview"])


@dataclass(frozen=True)
class Answers:
    """How well interviews are told from other events, each figure between 0 and 1. Binary: a score of one half."""

    yes_precision: float
    yes_recall: float
    precision: float
    recall: float
    silent: float  # of interviews, those answered "no"
    asked: float  # of all events

    @property
    def f1(self) -> float:
        """Binary F1."""
        return 2 * self.precision * self.recall / (self.precision + self.recall or 1)

    @property
    def yes_f1(self) -> float:
        """F1 of the answer "yes" alone; what is asked about counts as not found."""
        return 2 * self.yes_precision * self.yes_recall / (self.yes_precision + self.yes_recall or 1)


@dataclass(frozen=True)
class Score(Answers):
    """All figures the detector is judged by."""

    status: float
    perspective: float
    interviewers_taken: int
    company: float
    people: float
    people_precision: float
    recruiter: float
    stage: float
    role: float


def results(found: Iterable[Case] | None = None, lexicon: Lexicon | None = None) -> list[Result]:
    """Classify labelled events, the corpus unless others are given."""
    known = lexicon or load_lexicon()
    return [Result(case, classify(case.event, case.owner, known)) for case in (cases() if found is None else found)]


def answers(found: Sequence[Result]) -> Answers:
    """Count answers alone: needs no label but whether it is an interview."""
    positive = [r for r in found if r.wanted]
    yes = [r for r in found if r.verdict.answer is Answer.YES]
    half = [r for r in found if r.verdict.score >= 0.5]
    return Answers(
        yes_precision=_share(yes, lambda r: r.wanted),
        yes_recall=_share(positive, lambda r: r.verdict.answer is Answer.YES),
        precision=_share(half, lambda r: r.wanted),
        recall=_share(positive, lambda r: r.verdict.score >= 0.5),
        silent=1.0 - _share(positive, lambda r: r.verdict.answer is not Answer.NO),
        asked=_share(found, lambda r: r.verdict.answer is Answer.ASK),
    )


def score(found: Sequence[Result]) -> Score:
    """Count everything."""
    positive = [r for r in found if r.wanted]
    with_people = [r for r in positive if r.case.label["interviewers"]]
    persons = [(r, p) for r in positive for p in r.verdict.interviewers]
    return Score(
        **asdict(answers(found)),
        status=_share(found, lambda r: r.verdict.status == r.case.label["status"]),
        perspective=_share(found, lambda r: r.verdict.perspective == r.case.label["perspective"]),
        interviewers_taken=sum(
            r.case.label["perspective"] == "interviewer" and r.verdict.answer is not Answer.NO for r in found
        ),
        company=_share(positive, company_right),
        people=_share(
            with_people, lambda r: any(is_one_of(p, r.case.label["interviewers"]) for p in r.verdict.interviewers)
        ),
        people_precision=_share(persons, lambda item: is_one_of(item[1], item[0].case.label["interviewers"])),
        recruiter=_share(positive, recruiter_right),
        stage=_share(positive, lambda r: r.verdict.stage == r.case.label["stage"]),
        role=_share(positive, lambda r: plain(r.verdict.role) == plain(r.case.label["role_title"] or "")),
    )


def company_right(result: Result) -> bool:
    """Compare companies without legal form, case and accents; an umlaut may be written as in a domain."""
    found, wanted = result.verdict.company, result.case.label["company"] or ""
    return _plain_company(found) in {_plain_company(wanted), _plain_company(wanted.translate(_UMLAUTS))}


def recruiter_right(result: Result) -> bool:
    """Tell whether the recruiter is the labelled one, or rightly missing."""
    wanted, found = result.case.label["recruiter"], result.verdict.recruiter
    return is_one_of(found, [wanted]) if wanted and found else not wanted and not found


def _share(items: Sequence[Any], right: Callable[[Any], bool]) -> float:
    return sum(map(right, items)) / len(items) if items else 1.0


def plain(text: str) -> str:
    return squash(text)


def _plain_company(text: str) -> str:
    return "".join(word for word in tokens(fold(text).replace("株式会社", " ")) if word not in _LEGAL)


def is_one_of(person: Person, wanted: Sequence[dict[str, str | None]]) -> bool:
    for other in wanted:
        if person.email and person.email == (other["email"] or "").lower():
            return True
        if person.name and _name(person.name) == _name(other["name"] or ""):
            return True
    return False


def _name(text: str) -> str:
    return " ".join(sorted(word for word in tokens(text) if word not in _HONORIFIC))
