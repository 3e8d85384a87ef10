import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import chain, combinations

import pytest

from afterview.sync.errors import ConfigError
from afterview.sync.history import Lesson
from afterview.sync.model import Outcome
from afterview.sync.playbook import Step
from afterview.sync.wording import LANGUAGES, PLACEHOLDERS, Words, outcome_word

FULL = {
    "person": "Anna Weber",
    "people": "Anna Weber, Bob Lee",
    "company": "Initech",
    "role": "Engineer",
    "event": "Interview with Anna",
    "due": "Friday 16:00",
    "date": "Thursday",
}
ALWAYS = {"due", "date"}
NOTICES = {"deletions_held", "unreachable", "withdrawn", "test_ring", "test_push"}
LESSONS = (
    Lesson("ask more questions", "Anna Weber", "Initech", datetime(2026, 9, 1, tzinfo=UTC), "p-1"),
    Lesson("slow\ndown", "", "", datetime(2026, 8, 1, tzinfo=UTC), "p-2"),
)
UNTIDY = re.compile(r"[{}]|None|  |\(\)|\( | \)|,\s*$|\?\?")


def everything_that_may_be_known() -> Iterator[dict[str, str]]:
    optional = sorted(set(FULL) - ALWAYS)
    for names in chain.from_iterable(combinations(optional, n) for n in range(len(optional) + 1)):
        yield {name: FULL[name] for name in (*names, *ALWAYS)}


def emoji(text: str) -> list[str]:
    return [c for c in text if ord(c) >= 0x2190]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("step", list(Step))
def test_texts_read_well_whatever_is_known(language: str, step: Step) -> None:
    words = Words.load(language)
    for values in everything_that_may_be_known():
        title, block = words.title(step, values), words.block(step, values, LESSONS)
        over = words.block(step, values, LESSONS, over=True)
        assert title
        assert block
        assert over
        for line in (title, *block.split("\n"), *over.split("\n")):
            assert line
            assert line == line.strip()
            assert not UNTIDY.search(line), line
            assert not emoji(line), line
        assert len(title) < 100


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("step", [Step.THANK_YOU, Step.FEEDBACK, Step.CHECK_IN, Step.THANK_ADVICE, Step.PAID_OFF])
def test_a_title_names_whom_it_is_about(language: str, step: Step) -> None:
    words = Words.load(language)
    assert "Anna Weber" in words.title(step, FULL)
    assert "Initech" in words.title(step, FULL)
    assert "Initech" in words.title(step, {"company": "Initech"})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_texts(language: str) -> None:
    table, english = Words.load(language).table, Words.load("en").table
    assert set(table["steps"]) == set(Step)
    assert set(table["notices"]) == NOTICES
    assert set(table["outcomes"]) == set(Outcome)
    for section in ("steps", "fallback", "push", "answers", "brief"):
        assert set(table[section]) == set(english[section])
    assert {name: len(texts["text"]) for name, texts in table["steps"].items()} == {
        name: len(texts["text"]) for name, texts in english["steps"].items()
    }
    assert (len(table["weekdays"]), len(table["months"])) == (7, 12)


@pytest.mark.parametrize("language", LANGUAGES)
def test_thanks_after_a_no_hope_for_nothing(language: str) -> None:
    words = Words.load(language)
    over = words.block(Step.THANK_YOU, FULL, over=True)
    assert ["glad", "freuen", "donné envie", "alegraría"][("en", "de", "fr", "es").index(language)] not in over
    assert "Initech" not in over
    for told in ("Anna Weber", "Thursday", "Friday 16:00", "Anna Weber, Bob Lee"):
        assert told in over
    assert words.block(Step.FEEDBACK, FULL, over=True) == words.block(Step.FEEDBACK, FULL)
    lines = {code: len(Words.load(code).table["steps"][Step.THANK_YOU]["text_over"]) for code in LANGUAGES}
    assert lines[language] == lines["en"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_feedback_call_asks_for_advice_and_never_for_reasons(language: str) -> None:
    words = Words.load(language)
    text = f"{words.title(Step.FEEDBACK, FULL)}\n{words.block(Step.FEEDBACK, FULL)}".lower()
    assert not re.search(r"\bwhy\b|warum|weshalb|pourquoi|por qué|wieso|feedback|reject|absage|refus|rechaz", text)
    assert text.count({"en": "one thing", "de": "eine sache", "fr": "chose", "es": "cosa"}[language]) >= 1
    assert {"en": "five minutes", "de": "fünf minuten", "fr": "cinq minutes", "es": "cinco minutos"}[language] in text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Friday, 1 May, 16:05"),
        ("de", "Freitag, 1. Mai, 16:05 Uhr"),
        ("fr", "vendredi 1er mai à 16:05"),
        ("es", "viernes 1 de mayo, 16:05 h"),
        ("de-AT", "Freitag, 1. Mai, 16:05 Uhr"),
    ],
)
def test_dates_are_written_as_people_do(language: str, words: str) -> None:
    assert Words.load(language).when(datetime(2026, 5, 1, 16, 5)) == words  # noqa: DTZ001 -- a wall clock has no zone


def test_a_day_is_named() -> None:
    assert Words.load("de").on(date(2026, 11, 22)) == "Sonntag, 22. November"


def test_a_language_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(ConfigError, match="en, de, fr, es"):
        Words.load("nl")


def test_what_comes_from_outside_is_never_a_template_and_never_more_than_one_line() -> None:
    words = Words.load("en")
    hostile = {**FULL, "person": "{company}\r\nBCC: all\u202e{0.__class__}", "company": "\x1b[31m" + "x" * 500}
    title = words.title(Step.THANK_YOU, hostile)
    assert title.startswith("Thank {company} BCC: all{0.__class__} (")
    assert len(title) < 200
    assert words.fill("Call {person}", hostile) == "Call {company} BCC: all{0.__class__}"
    assert "\x1b" not in words.block(Step.THANK_YOU, hostile)


def test_own_texts_fall_back_to_common_words() -> None:
    words = Words.load("en")
    known = {"company": "Initech", "date": "Monday", "person": ""}
    assert words.fill("Ask {person} at {company}\nabout {role}  now ", known) == (
        "Ask your contact at Initech\nabout the position now"
    )
    for language in LANGUAGES:
        filled = Words.load(language).fill(" ".join(f"{{{name}}}" for name in PLACEHOLDERS), {"due": "a", "date": "b"})
        assert not UNTIDY.search(filled)


def test_lessons_stand_in_the_text_with_who_gave_them() -> None:
    block = Words.load("en").block(Step.PREPARE, FULL, LESSONS)
    assert "- ask more questions (Anna Weber, Initech)\n- slow down\n" in block


@pytest.mark.parametrize("language", LANGUAGES)
def test_notices_read_well_with_and_without_values(language: str) -> None:
    words = Words.load(language)
    values = {"list": "Interviews", "count": "12", "account": "home", "since": "Monday", "reason": "No network."}
    for name in NOTICES:
        for known in (values, {}):
            title, text = words.notice(name, known)
            assert title
            assert not any(UNTIDY.search(line) for line in (title, *text.split("\n")))
    assert "--accept-deletions Interviews" in words.notice("deletions_held", values)[1]


@pytest.mark.parametrize(
    ("line", "outcome"),
    [
        ("next", Outcome.ADVANCED),
        ("Next!", Outcome.ADVANCED),
        ("next - call on Tuesday", Outcome.ADVANCED),
        ("  OFFER, 70k", Outcome.OFFER),
        ("accepted", Outcome.ACCEPTED),
        ("withdrawn: too far away", Outcome.WITHDRAWN),
        ("no", Outcome.NO),
        ('"next"', Outcome.ADVANCED),
        ("Nächste Runde", Outcome.ADVANCED),
        ("naechste runde", None),
        ("zurückgezogen", Outcome.WITHDRAWN),
        ("Zusage", Outcome.OFFER),
        ("étape suivante", Outcome.ADVANCED),
        ("etape suivante", Outcome.ADVANCED),
        ("acceptée.", Outcome.ACCEPTED),
        ("siguiente", Outcome.ADVANCED),
        ("retirada", Outcome.WITHDRAWN),
        ("next week they will tell me", None),
        ("no answer yet", None),
        ("offered coffee", None),
        ("", None),
    ],
)
def test_the_first_line_of_the_notes_names_the_outcome_in_any_language(line: str, outcome: Outcome | None) -> None:
    assert outcome_word(line) is outcome


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_that_the_text_offers_are_understood_and_the_text_itself_names_no_outcome(language: str) -> None:
    block = Words.load(language).block(Step.ASK_OUTCOME, FULL)
    offered = [line.split(" = ")[0] for line in block.split("\n") if " = " in line]
    assert [outcome_word(word) for word in offered] == [
        Outcome.ADVANCED,
        Outcome.OFFER,
        Outcome.ACCEPTED,
        Outcome.WITHDRAWN,
    ]
    assert [outcome_word(line) for line in block.split("\n")] == [None] * (block.count("\n") + 1)


def test_no_word_means_two_outcomes() -> None:
    meant: dict[str, str] = {}
    for language in LANGUAGES:
        for outcome, words in Words.load(language).table["outcomes"].items():
            for word in words:
                assert meant.setdefault(word, outcome) == outcome, word
