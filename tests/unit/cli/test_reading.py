"""Files on the way of `explain` give the verdicts that the bench measures: its readers are shorter, not other ones."""

from pathlib import Path

import pytest

from afterview.cli.reading import Reader
from afterview.sync.classify import classify, load_lexicon
from afterview.sync.model import Verdict
from tests.corpus import ABROAD, AFIELD, ROOT, cases


def _told(verdict: Verdict) -> tuple[object, ...]:
    people = [(who.name, who.email) for who in verdict.interviewers]
    return verdict.answer, verdict.status, verdict.company, people


@pytest.mark.parametrize("root", [ROOT, ABROAD, AFIELD], ids=["corpus", "abroad", "afield"])
def test_every_labelled_file_is_judged_as_in_the_bench(root: Path) -> None:
    different: list[str] = []
    for case in cases(root):
        explained = next(iter(Reader(case.owner, "Europe/Berlin").read(root / case.file)))
        wanted, found = classify(case.event, case.owner, load_lexicon()), explained.verdict
        assert found is not None, explained.problem
        if _told(wanted) != _told(found):
            different.append(case.file)
    assert different == []
