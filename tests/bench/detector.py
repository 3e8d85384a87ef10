"""Score the detector on the labelled corpus: `python -m tests.bench.detector [--errors]`.

The corpus is a development set that the rules were written with in view: these figures are optimistic.
"""

import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from afterview.sync.classify import classify, first_look, load_lexicon
from afterview.sync.classify.normal import fold, squash, tokens
from afterview.sync.model import Answer, Person, Verdict
from tests.corpus import Case, cases
from tests.elsewhere import elsewhere

_LEGAL = frozenset(
    tokens("gmbh ag se ab oy bv nv inc llc ltd limited plc corp co kg sa sas sarl srl spa sl lda sp z o the")
)
_HONORIFIC = frozenset(tokens("mr mrs ms dr prof professor herr frau hr fr m mme mlle sig dott ssa sir"))


@dataclass(frozen=True, slots=True)
class Result:
    """A labelled event and what the detector says of it."""

    case: Case
    verdict: Verdict

    @property
    def wanted(self) -> bool:
        """Is it an interview?"""
        return bool(self.case.label["is_interview"])


@dataclass(frozen=True, slots=True)
class Score:
    """The figures the detector is judged by, each between 0 and 1."""

    yes_precision: float
    yes_recall: float
    precision: float
    recall: float
    silent: float
    asked: float
    status: float
    perspective: float
    interviewers_taken: int
    company: float
    people: float
    people_precision: float
    recruiter: float
    stage: float
    role: float

    @property
    def f1(self) -> float:
        """Binary F1 at a probability of one half."""
        return 2 * self.precision * self.recall / (self.precision + self.recall or 1)


def results(found: Iterable[Case] | None = None) -> list[Result]:
    """Classify the corpus."""
    lexicon = load_lexicon()
    return [
        Result(case, classify(case.event, case.owner, lexicon)) for case in (found if found is not None else cases())
    ]


def score(found: Sequence[Result]) -> Score:
    """Count."""
    positive = [r for r in found if r.wanted]
    yes = [r for r in found if r.verdict.answer is Answer.YES]
    half = [r for r in found if r.verdict.score >= 0.5]
    with_people = [r for r in positive if r.case.label["interviewers"]]
    persons = [(r, p) for r in positive for p in r.verdict.interviewers]
    return Score(
        yes_precision=_share(yes, lambda r: r.wanted),
        yes_recall=_share(positive, lambda r: r.verdict.answer is Answer.YES),
        precision=_share(half, lambda r: r.wanted),
        recall=_share(positive, lambda r: r.verdict.score >= 0.5),
        silent=_share(positive, lambda r: r.verdict.answer is Answer.NO),
        asked=_share(found, lambda r: r.verdict.answer is Answer.ASK),
        status=_share(found, lambda r: r.verdict.status == r.case.label["status"]),
        perspective=_share(found, lambda r: r.verdict.perspective == r.case.label["perspective"]),
        interviewers_taken=sum(
            r.case.label["perspective"] == "interviewer" and r.verdict.answer is not Answer.NO for r in found
        ),
        company=_share(positive, company_right),
        people=_share(
            with_people, lambda r: any(_is_one_of(p, r.case.label["interviewers"]) for p in r.verdict.interviewers)
        ),
        people_precision=_share(persons, lambda item: _is_one_of(item[1], item[0].case.label["interviewers"])),
        recruiter=_share(positive, recruiter_right),
        stage=_share(positive, lambda r: r.verdict.stage == r.case.label["stage"]),
        role=_share(positive, lambda r: _plain(r.verdict.role) == _plain(r.case.label["role_title"] or "")),
    )


def company_right(result: Result) -> bool:
    """Compare companies without legal form, case and accents."""
    return _plain_company(result.verdict.company) == _plain_company(result.case.label["company"] or "")


def recruiter_right(result: Result) -> bool:
    """Tell whether the recruiter is the labelled one, or rightly missing."""
    wanted, found = result.case.label["recruiter"], result.verdict.recruiter
    return _is_one_of(found, [wanted]) if wanted and found else not wanted and not found


def _out(line: str) -> None:
    sys.stdout.write(line + "\n")


def _share(items: Sequence[Any], right: Callable[[Any], bool]) -> float:
    return sum(map(right, items)) / len(items) if items else 1.0


def _plain(text: str) -> str:
    return squash(text)


def _plain_company(text: str) -> str:
    return "".join(word for word in tokens(fold(text).replace("株式会社", " ")) if word not in _LEGAL)


def _is_one_of(person: Person, wanted: Sequence[dict[str, str | None]]) -> bool:
    for other in wanted:
        if person.email and person.email == (other["email"] or "").lower():
            return True
        if person.name and _name(person.name) == _name(other["name"] or ""):
            return True
    return False


def _name(text: str) -> str:
    return " ".join(sorted(word for word in tokens(text) if word not in _HONORIFIC))


def _baselines(found: Sequence[Result]) -> Iterable[tuple[str, Callable[[Result], bool]]]:
    scan = load_lexicon().evidence
    wanted = frozenset({"strong", "word"})
    yield "'interview' in the title", lambda r: "interview" in r.case.event.title.lower()
    yield (
        "interview word, any language",
        lambda r: scan.touches(tokens(f"{r.case.event.title}\n{r.case.event.text}"), wanted),
    )


def _print_score(title: str, s: Score) -> None:
    _out(f"\n{title}")
    _out(f"  binary     precision {s.precision:.3f}  recall {s.recall:.3f}  F1 {s.f1:.3f}")
    _out(
        f"  three-way  yes precision {s.yes_precision:.3f}  yes recall {s.yes_recall:.3f}  asked {s.asked:.3f} of events"
    )
    _out(
        f"             missed silently {s.silent:.3f} of interviews, interviewers' copies not refused {s.interviewers_taken}"
    )
    _out(f"  status {s.status:.3f}  perspective {s.perspective:.3f}  company {s.company:.3f}")
    _out(f"  stage {s.stage:.3f}  role {s.role:.3f}")
    _out(f"  an interviewer found {s.people:.3f}  persons right {s.people_precision:.3f}  recruiter {s.recruiter:.3f}")


def _print_slices(found: Sequence[Result]) -> None:
    by_language: dict[str, list[Result]] = defaultdict(list)
    by_owner: dict[str, list[Result]] = defaultdict(list)
    for result in found:
        by_language[result.case.label["lang"]].append(result)
        by_owner[result.case.label["owner_email"]].append(result)
    _out("\nlanguage / owner               events  precision  recall  asked  company  people  stage")
    for name, group in [*sorted(by_language.items()), *sorted(by_owner.items())]:
        s = score(group)
        figures = f"{s.precision:9.2f} {s.recall:7.2f} {s.asked:6.2f} {s.company:8.2f} {s.people:7.2f} {s.stage:6.2f}"
        _out(f"  {name:30s} {len(group):4d} {figures}")


def _print_errors(found: Sequence[Result]) -> None:
    _out("\nwrong or asked")
    for r in found:
        v, label = r.verdict, r.case.label
        if (v.answer is Answer.YES) != r.wanted or v.answer is Answer.ASK:
            _out(f"  {'+' if r.wanted else '-'} {v.answer} {v.score:.2f} {label['file']}  {r.case.event.title[:70]}")
            _out(f"      {'; '.join(f'{reason.words} ({reason.weight:+.1f})' for reason in v.reasons)}")
    _out("\nwrong fields")
    for r in found:
        v, label = r.verdict, r.case.label
        if not r.wanted:
            continue
        wrong: list[str] = []
        if not company_right(r):
            wrong.append(f"company '{v.company}' ({v.company_source}) not '{label['company']}'")
        if label["interviewers"] and not any(_is_one_of(p, label["interviewers"]) for p in v.interviewers):
            wrong.append(
                f"people {[p.name or p.email for p in v.interviewers]} not {[p['name'] for p in label['interviewers']]}"
            )
        wrong += [f"extra {p.name or p.email}" for p in v.interviewers if not _is_one_of(p, label["interviewers"])]
        if v.stage != label["stage"]:
            wrong.append(f"stage {v.stage} not {label['stage']}")
        if not recruiter_right(r):
            name = (label["recruiter"] or {}).get("name")
            wrong.append(f"recruiter {v.recruiter and (v.recruiter.name or v.recruiter.email)} not {name}")
        if _plain(v.role) != _plain(label["role_title"] or ""):
            wrong.append(f"role '{v.role}' not '{label['role_title']}'")
        if wrong:
            _out(f"  {label['file'][-11:-4]} {r.case.event.title[:60]} | {'; '.join(wrong)}")


def _print_speed(found: Sequence[Case]) -> None:
    start = time.process_time()
    load_lexicon({"word": ["a term of the user's own"]})
    _out(f"\nloading the lexicon {1000 * (time.process_time() - start):.0f} ms")
    lexicon = load_lexicon()

    def classified(case: Case) -> object:
        return classify(case.event, case.owner, lexicon)

    def looked_at(case: Case) -> object:
        return first_look(case.glance, case.owner, lexicon)

    for name, run in (("classify", classified), ("first look", looked_at)):
        best = min(_timed(run, found) for _ in range(3))
        _out(f"{name} {len(found) / best:,.0f} events a second of one core")
    skipped = [case for case in found if not first_look(case.glance, case.owner, lexicon)]
    _out(f"the first look skips {len(skipped) / len(found):.2f} of this corpus (half interviews, a quarter traps)")


def _timed(run: Callable[[Case], object], found: Sequence[Case]) -> float:
    start = time.process_time()
    for case in found:
        run(case)
    return time.process_time() - start


def main(arguments: Sequence[str]) -> None:
    """Print everything."""
    corpus = cases()
    found = results(corpus)
    _print_score(f"the detector on {len(found)} events", score(found))
    other = results(elsewhere())
    _out(
        f"\n{len(other)} events of other trades and countries (written before the detector was run on them, mended since)"
    )
    for answer in Answer:
        counts = [sum(r.verdict.answer is answer for r in other if r.wanted is wanted) for wanted in (True, False)]
        _out(f"  {answer}: {counts[0]} interviews, {counts[1]} others")
    for name, says in _baselines(found):
        said = [r for r in found if says(r)]
        right = sum(r.wanted for r in said)
        _out(f"  baseline {name}: precision {right / len(said):.3f}  recall {right / sum(r.wanted for r in found):.3f}")
    _print_slices(found)
    _print_speed(corpus)
    if "--errors" in arguments:
        _print_errors(found)


if __name__ == "__main__":
    main(sys.argv[1:])
