"""What corrections teach: the event, the series, the sender, his company, and a little the weights."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from afterview.sync.classify import Learned, classify, first_look, learn, lesson_of, load_lexicon
from afterview.sync.classify.lessons import BOUND
from afterview.sync.identity import event_key
from afterview.sync.model import Answer, Event, Fact, FactKind, Glance, Owner, Participant, Verdict

LEXICON = load_lexicon()
OWNER = Owner(frozenset({"kim.berg@gmail.com", "kim.berg@werft.example"}), ("Kim Berg",))
LENA = Participant("lena.ott@acme.example", "Lena Ott")
START = datetime(2026, 5, 5, 9, tzinfo=UTC)


def event(title: str = "Interview slot", sender: Participant | None = LENA, uid: str = "u1", text: str = "") -> Event:
    return Event("a", "c", "r", uid, START, START, title=title, text=text, organizer=sender)


def said(answer: str, about: Event, day: int = 0) -> Fact:
    """Make the fact that a correction records."""
    value = {"answer": answer, **lesson_of(about, classify(about, OWNER, LEXICON))}
    return Fact(FactKind.VERDICT, event_key(about.uid, about.occurrence), START + timedelta(days=day), "cli", value)


def taught(*facts: Fact) -> Learned:
    return learn(facts, OWNER, LEXICON)


def verdict(about: Event, learned: Learned) -> Verdict:
    return classify(about, OWNER, LEXICON, learned)


def test_one_correction_of_a_sender_makes_a_question_two_decide() -> None:
    coming = event("Job interview, ward nurse", uid="new")
    assert verdict(coming, Learned()).answer is Answer.YES
    once = taught(said("no", event(uid="u1")))
    assert verdict(coming, once).answer is Answer.ASK
    twice = taught(said("no", event(uid="u1")), said("no", event(uid="u2"), 1))
    assert verdict(coming, twice).answer is Answer.NO
    assert "you ruled out invitations from lena.ott@acme.example before" in [
        reason.words for reason in verdict(coming, twice).reasons
    ]


def test_an_invitation_without_any_sign_is_asked_about_then_taken_where_the_sender_was_confirmed() -> None:
    coming = event("Lena / Kim", uid="new")
    assert verdict(coming, Learned()).answer is Answer.NO
    once = taught(said("yes", event("Lena / Kim", uid="u1")))
    assert verdict(coming, once).answer is Answer.ASK
    twice = taught(said("yes", event("Lena / Kim", uid="u1")), said("yes", event("Lena / Kim", uid="u2"), 1))
    assert verdict(coming, twice).answer is Answer.YES


def test_the_company_counts_half() -> None:
    others = [Participant(f"p{n}@acme.example", f"P{n}") for n in range(4)]
    facts = [said("no", event(sender=one, uid=f"u{n}"), n) for n, one in enumerate(others)]
    coming = event("Job interview, ward nurse", uid="new")
    assert taught(facts[0]).domains == {}
    assert verdict(coming, taught(*facts[:2])).answer is Answer.ASK
    assert verdict(coming, taught(*facts)).answer is Answer.NO
    assert "invitations from acme.example" in verdict(coming, taught(*facts)).reasons[0].words


@pytest.mark.parametrize(
    ("address", "sender_learned"),
    [
        ("recruiter.jo@gmail.com", True),  # a person, at a provider that anybody has an address at
        ("no-reply@greenhouse.io", False),  # sends for many employers
        ("abc123@group.calendar.google.com", False),
        ("scheduler@calendly.com", False),
        ("kim.berg@gmail.com", False),  # the user himself
        ("boss@werft.example", True),
    ],
)
def test_nothing_is_learned_about_a_domain_that_many_share(address: str, sender_learned: bool) -> None:
    facts = [said("no", event(sender=Participant(address, "X"), uid=f"u{n}"), n) for n in range(4)]
    assert taught(*facts).domains == {}
    assert set(taught(*facts).senders) == ({address} if sender_learned else set())


def test_a_series_is_corrected_as_a_whole_and_counts_once_for_its_sender() -> None:
    weekly = [
        replace(event("Weekly interview sync"), recurring=True, occurrence=f"2026050{n}T090000Z") for n in range(1, 5)
    ]
    learned = taught(*(said("no", one, n) for n, one in enumerate(weekly[:3])))
    assert verdict(weekly[3], learned).answer is Answer.NO
    assert [reason.words for reason in verdict(weekly[3], learned).reasons] == ["you said so"]
    assert learned.senders == {LENA.email: -1}
    spoken_for = replace(learned, events={**learned.events, event_key("u1", weekly[3].occurrence): True})
    assert verdict(weekly[3], spoken_for).answer is Answer.YES


def test_copies_of_one_invitation_count_once() -> None:
    assert taught(said("no", event(uid="u1")), said("no", event(uid="copy"))).senders == {LENA.email: -1}


def test_who_was_right_and_wrong_as_often_taught_nothing() -> None:
    assert taught(said("no", event(uid="u1")), said("yes", event(uid="u2"), 1)).senders == {}


def test_weights_move_little_within_bounds_and_never_silence_a_question() -> None:
    wrong = [event("Interview", None, uid=f"u{n}") for n in range(60)]
    learned = taught(*(said("no", one, n) for n, one in enumerate(wrong)))
    shipped = LEXICON.weights.rules
    assert learned.steps
    assert all(abs(step) <= BOUND * abs(shipped[rule]) + 1e-9 for rule, step in learned.steps.items())
    question = event("Interview Marlow", None, uid="new")
    before, after = verdict(question, Learned()), verdict(question, learned)
    assert before.answer is Answer.ASK
    assert after.answer is Answer.ASK
    assert LEXICON.weights.ask <= after.score < before.score
    assert "your corrections changed what such words count" in [reason.words for reason in after.reasons]


def test_what_would_fall_below_a_question_stays_one() -> None:
    strangers = [Participant(f"p{n}@d{n}.example", f"P{n}") for n in range(60)]
    learned = taught(*(said("no", event("Second round", one, uid=f"u{n}"), n) for n, one in enumerate(strangers)))
    question = event("Second round", uid="new")
    assert verdict(question, Learned()).answer is Answer.ASK
    assert verdict(question, learned).answer is Answer.ASK
    assert verdict(question, learned).score == LEXICON.weights.ask


def test_a_fact_that_another_program_wrote_badly_teaches_what_it_can() -> None:
    fact = Fact(FactKind.VERDICT, "i-1", START, "x", {"answer": "no", "score": "high", "rules": "title_word nonsense"})
    assert set(taught(fact).steps) == {"title_word"}


def test_the_first_look_lets_pass_who_was_confirmed() -> None:
    def looks(address: str, learned: Learned, uid: str = "new") -> bool:
        raw = f"BEGIN:VEVENT\nUID:{uid}\nSUMMARY:Lena and Kim\nORGANIZER:mailto:{address}\nEND:VEVENT\n"
        return first_look(Glance(uid, "Lena and Kim", "", f"mailto:{address}", raw), OWNER, LEXICON, learned)

    confirmed = taught(*(said("yes", event("Lena / Kim", uid=f"u{n}"), n) for n in range(2)))
    assert looks("Lena.Ott+jobs@acme.example", confirmed)
    assert looks("someone@acme.example", confirmed)  # the company
    assert not looks("somebody@else.example", confirmed)
    assert not looks(LENA.email, Learned())
    assert looks("somebody@else.example", Learned(series={"new": True}))
    assert looks("somebody@else.example", Learned(events={event_key("new", ""): True}))
    assert not looks("somebody@else.example", Learned(events={event_key("other", ""): True}))
    assert not looks(LENA.email, Learned(senders={LENA.email: -2}, domains={"acme.example": -2}))
