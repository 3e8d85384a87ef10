"""`afterview explain`: what would be made of an event, and why. Needs no account and no configuration."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .options import Command, options
from .output import Output, output

if TYPE_CHECKING:
    from .reading import Explained


@click.command(cls=Command)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--owner", "owners", metavar="EMAIL", multiple=True, help="Whose calendar it is. May be repeated.")
@click.option("--free-mail", metavar="DOMAIN", multiple=True, help="A domain that anybody can have an address at.")
def explain(files: tuple[Path, ...], owners: tuple[str, ...], free_mail: tuple[str, ...]) -> int:
    """Say of calendar files whether they are interviews, why, and what was understood.

    Without --owner the addresses of the configuration are used, if there is one. With --json a line for each file.
    """
    from .reading import Reader

    out = output()
    reader = Reader.of(options(), owners, free_mail)
    if not reader.knows_owner:
        out.note("Whose calendar this is, is not known; --owner EMAIL makes the answers better.")
    code = 0
    for file in files:
        for explained in reader.read(file):
            code = code or (2 if explained.problem else 0)
            if out.json_wanted:
                out.json_line(_shape(explained))
            else:
                _print(out, explained)
    return code


def _shape(one: "Explained") -> dict[str, Any]:
    from .shape import person

    if one.problem or one.event is None or one.verdict is None:
        return {"file": str(one.file), "verdict": None, "problem": one.problem}
    verdict = one.verdict
    return {
        "file": str(one.file),
        "verdict": verdict.answer.value,
        "score": round(verdict.score, 4),
        "perspective": verdict.perspective.value,
        "company": verdict.company or None,
        "interviewers": [person(who) for who in verdict.interviewers],
        "recruiter": person(verdict.recruiter),
        "stage": verdict.stage,
        "role": verdict.role or None,
        "status": verdict.status.value,
        "starts": one.starts,
        "ends": one.ends,
        "reasons": [{"rule": r.rule, "weight": round(r.weight, 2), "words": r.words} for r in verdict.reasons],
    }


def _print(out: Output, one: "Explained") -> None:
    from .shape import called

    if one.problem or one.event is None or one.verdict is None:
        out.say(f"{one.file}: {one.problem}")
        return
    verdict = one.verdict
    out.heading(f"{one.file}: {one.event.title}")
    out.say_how("  ", verdict.answer.value, f" ({verdict.score:.0%}), you are {_side(verdict.perspective.value)}")
    people = ", ".join(called(who) for who in verdict.interviewers)
    told = {
        "company": verdict.company,
        "role": verdict.role,
        "with": people,
        "recruiter": called(verdict.recruiter),
        "stage": verdict.stage.replace("_", " ") if verdict.stage != "unknown" else "",
        "status": verdict.status.value,
        "when": f"{one.starts} - {one.ends}",
    }
    for name, words in told.items():
        if words:
            out.say(f"  {name + ':':<11}{words}")
    for reason in verdict.reasons:
        out.say(f"  {reason.weight:+5.1f}  {reason.words}")
    out.say()


def _side(perspective: str) -> str:
    words = {"candidate": "the candidate", "interviewer": "the interviewer"}
    return words.get(perspective, "neither candidate nor interviewer")
