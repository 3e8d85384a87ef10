"""The lines that `make bench-detector` prints."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from afterview.sync.classify import load_lexicon
from afterview.sync.classify.normal import tokens
from afterview.sync.model import Answer
from tests.bench.detector.fit import log_loss
from tests.bench.detector.measures import (
    Result,
    Score,
    answers,
    company_right,
    is_one_of,
    plain,
    recruiter_right,
    score,
)
from tests.bench.detector.trials import Trial

Baseline = Callable[[Result], bool]
SMALLEST_TAG = 4


def figures(title: str, found: Sequence[Result]) -> Iterator[str]:
    """All figures of one set that its labels allow."""
    a = answers(found)
    yield f"\n{title}: {len(found)} events, {sum(r.wanted for r in found)} interviews"
    yield f"  binary       precision {a.precision:.3f}  recall {a.recall:.3f}  F1 {a.f1:.3f}"
    yield f"  three-way    yes: precision {a.yes_precision:.3f}  recall {a.yes_recall:.3f}  F1 {a.yes_f1:.3f}"
    yield f"               asked {a.asked:.3f} of events  missed silently {a.silent:.3f} of interviews"
    if not all("stage" in r.case.label for r in found):
        return  # these labels say little more than whether it is an interview
    s = score(found)
    yield f"               interviewers' copies not refused {s.interviewers_taken}"
    yield f"  status {s.status:.3f}  perspective {s.perspective:.3f}  company {s.company:.3f}  stage {s.stage:.3f}"
    yield f"  an interviewer found {s.people:.3f}  persons right {s.people_precision:.3f}"
    yield f"  recruiter {s.recruiter:.3f}  role {s.role:.3f}"


def baselines(found: Sequence[Result]) -> Iterator[str]:
    """What two simple rules would reach on the same events."""
    terms, wanted = load_lexicon().evidence, frozenset({"strong", "word"})
    rules: dict[str, Baseline] = {
        "'interview' in the title": lambda r: "interview" in r.case.event.title.lower(),
        "keywords in any language": lambda r: terms.touches(
            tokens(f"{r.case.event.title}\n{r.case.event.text}"), wanted
        ),
    }
    for name, says in rules.items():
        said = [r for r in found if says(r)]
        right = sum(r.wanted for r in said)
        precision, recall = right / len(said), right / sum(r.wanted for r in found)
        f1 = 2 * precision * recall / (precision + recall)
        yield f"  baseline {name:26s} precision {precision:.3f}  recall {recall:.3f}  F1 {f1:.3f}"


def slices(found: Sequence[Result]) -> Iterator[str]:
    """The figures by language, by tag and by owner."""
    kinds: dict[str, Callable[[Result], list[str]]] = {
        "language": lambda r: [r.case.label["lang"]],
        "tag": lambda r: r.case.label["tags"],
        "owner": lambda r: [r.case.label["owner_email"]],
    }
    for head, names in kinds.items():
        groups: dict[str, list[Result]] = defaultdict(list)
        for result in found:
            for name in names(result):
                groups[name].append(result)
        yield f"\n{head:34s} events  precision  recall  yes prec.  asked  silent  persp.  company  people  stage"
        least = SMALLEST_TAG if head == "tag" else 1
        yield from (_slice(name, group) for name, group in sorted(groups.items()) if len(group) >= least)


def _slice(name: str, group: Sequence[Result]) -> str:
    s: Score = score(group)
    columns = (
        (s.precision, 10),
        (s.recall, 7),
        (s.yes_precision, 10),
        (s.asked, 6),
        (s.silent, 7),
        (s.perspective, 7),
        (s.company, 8),
        (s.people, 7),
        (s.stage, 6),
    )
    return f"  {name:34s}{len(group):5d} " + " ".join(f"{value:{width}.2f}" for value, width in columns)


def trial_lines(found: Sequence[Trial]) -> Iterator[str]:
    """The weights in trial: what each way to weigh reaches on events that it was not fitted to."""
    yield "\nweights             tried on                precision  recall  yes prec.  yes rec.  asked  silent  log loss"
    for trial in found:
        s = answers(trial.found)
        yield (
            f"  {trial.weights:17s} {trial.tried:22s} {s.precision:10.3f} {s.recall:7.3f} {s.yes_precision:10.3f}"
            f" {s.yes_recall:9.3f} {s.asked:6.3f} {s.silent:7.3f} {log_loss(trial.found):9.3f}"
        )


def errors(found: Sequence[Result]) -> Iterator[str]:
    """Every event that was answered wrong or asked about, then every field that was read wrong."""
    yield "\nwrong or asked (+ is an interview, - is none)"
    for r in found:
        if (r.verdict.answer is Answer.YES) != r.wanted or r.verdict.answer is Answer.ASK:
            sign, v = "+" if r.wanted else "-", r.verdict
            yield f"  {sign} {v.answer} {v.score:.2f} {r.case.file}  {r.case.event.title[:70]}"
            yield f"      {'; '.join(f'{reason.words} ({reason.weight:+.1f})' for reason in r.verdict.reasons)}"
    yield "\nwrong fields of interviews"
    for r in found:
        if wrong := list(_wrong_fields(r)) if r.wanted else []:
            yield f"  {r.case.file} {r.case.event.title[:60]} | {'; '.join(wrong)}"


def _wrong_fields(result: Result) -> Iterator[str]:
    v, label = result.verdict, result.case.label
    if not company_right(result):
        yield f"company '{v.company}' ({v.company_source}) not '{label['company']}'"
    if label["interviewers"] and not any(is_one_of(p, label["interviewers"]) for p in v.interviewers):
        yield f"people {[p.name or p.email for p in v.interviewers]} not {[p['name'] for p in label['interviewers']]}"
    for extra in (p for p in v.interviewers if not is_one_of(p, label["interviewers"])):
        yield f"extra {extra.name or extra.email}"
    if v.stage != label["stage"]:
        yield f"stage {v.stage} not {label['stage']}"
    if not recruiter_right(result):
        name = (label["recruiter"] or {}).get("name")
        yield f"recruiter {v.recruiter and (v.recruiter.name or v.recruiter.email)} not {name}"
    if plain(v.role) != plain(label["role_title"] or ""):
        yield f"role '{v.role}' not '{label['role_title']}'"
