from dataclasses import replace
from datetime import UTC, datetime

import pytest

from afterview.sync.classify import Learned, classify, first_look, load_lexicon, status_of
from afterview.sync.identity import event_key
from afterview.sync.model import (
    Answer,
    Event,
    EventStatus,
    Glance,
    InterviewStatus,
    Owner,
    Participant,
    Perspective,
    Reply,
    Verdict,
)

LEXICON = load_lexicon()
OWNER = Owner(frozenset({"kim.berg@gmail.com"}), ("Kim Berg",))
EMPLOYEE = Owner(frozenset({"kim.berg@werft.example"}), ("Kim Berg",))
HOST = Participant("lena.ott@acme.example", "Lena Ott")
START = datetime(2026, 5, 5, 9, tzinfo=UTC)


def _event(title: str, text: str = "", organizer: Participant | None = HOST, *guests: Participant) -> Event:
    return Event("a", "c", "r", "uid-1", START, START, title=title, text=text, organizer=organizer, attendees=guests)


def _verdict(event: Event, owner: Owner = OWNER, learned: Learned | None = None) -> Verdict:
    return classify(event, owner, LEXICON, learned or Learned())


def test_reasons_are_plain_words() -> None:
    invitation = Participant("no-reply@hire.lever.co", "Acme")
    verdict = _verdict(_event("Vorstellungsgespräch: Pflegekraft", "", invitation))
    words = [reason.words for reason in verdict.reasons]
    assert verdict.answer is Answer.YES
    assert "title says 'Vorstellungsgespräch'" in words
    assert "invitation from hire.lever.co" in words


@pytest.mark.parametrize(
    "title",
    [
        "Exit interview",
        "Mock interview with Ana",
        "Vorbereitung Vorstellungsgespräch",
        "Entretien annuel",
        "Zahnarzt",
        "Colloquio con la maestra",
        "三者面談",
        "Send thank-you note (interview yesterday)",
    ],
)
def test_other_appointments_are_refused(title: str) -> None:
    assert _verdict(_event(title, organizer=None)).answer is Answer.NO


def test_an_interviewers_copy_is_no_interview() -> None:
    recruiting = Participant("recruiting@werft.example", "Werft Recruiting")
    verdict = _verdict(
        _event("Technical interview: Ole Lund", "Scorecard: please submit your feedback", recruiting), EMPLOYEE
    )
    assert (verdict.answer, verdict.perspective) == (Answer.NO, Perspective.INTERVIEWER)


def test_who_invites_somebody_to_his_company_interviews_him() -> None:
    me = Participant("kim.berg@werft.example", "Kim Berg")
    guest = Participant("ole.lund@gmail.com", "Ole Lund")
    assert _verdict(_event("Interview Ole Lund", "", me, me, guest), EMPLOYEE).perspective is Perspective.INTERVIEWER


def test_an_internal_application_is_an_interview() -> None:
    inside = Participant("hr@werft.example", "HR Werft")
    verdict = _verdict(_event("Interview – Dock Manager (internal candidate: Kim Berg)", "", inside), EMPLOYEE)
    assert (verdict.answer, verdict.perspective) == (Answer.YES, Perspective.CANDIDATE)


@pytest.mark.parametrize(
    ("title", "status"),
    [
        ("Canceled: Interview Acme", InterviewStatus.CANCELLED),
        ("CANCELLED - Interview Acme", InterviewStatus.CANCELLED),
        ("Abgesagt: Interview Acme", InterviewStatus.CANCELLED),
        ("Annulé : Entretien Acme", InterviewStatus.CANCELLED),
        ("Cancelado: Entrevista Acme", InterviewStatus.CANCELLED),
        ("Annullato: Colloquio Acme", InterviewStatus.CANCELLED),
        ("Geannuleerd: Gesprek Acme", InterviewStatus.CANCELLED),
        ("Odwołane: Rozmowa Acme", InterviewStatus.CANCELLED),
        ("Inställt: Intervju Acme", InterviewStatus.CANCELLED),
        ("Aflyst: Samtale Acme", InterviewStatus.CANCELLED),
        ("Avlyst: Intervju Acme", InterviewStatus.CANCELLED),
        ("Peruttu: Haastattelu Acme", InterviewStatus.CANCELLED),
        ("Zrušeno: Pohovor Acme", InterviewStatus.CANCELLED),
        ("İptal edildi: Görüşme Acme", InterviewStatus.CANCELLED),
        ("Отменено: Собеседование Acme", InterviewStatus.CANCELLED),
        ("Скасовано: Співбесіда Acme", InterviewStatus.CANCELLED),
        ("キャンセル済み: 面接 Acme", InterviewStatus.CANCELLED),
        ("【中止】面接 Acme", InterviewStatus.CANCELLED),
        ("已取消: 面试 Acme", InterviewStatus.CANCELLED),
        ("취소됨: 면접 Acme", InterviewStatus.CANCELLED),
        ("ملغى: مقابلة Acme", InterviewStatus.CANCELLED),
        ("בוטל: ראיון Acme", InterviewStatus.CANCELLED),
        ("रद्द: साक्षात्कार Acme", InterviewStatus.CANCELLED),
        ("Declined: Interview Acme", InterviewStatus.DECLINED),
        ("Abgelehnt: Interview Acme", InterviewStatus.DECLINED),
        ("[HOLD] Interview Acme", InterviewStatus.TENTATIVE),
        ("Interview Acme (tbc)", InterviewStatus.TENTATIVE),
        ("Vorläufig: Interview Acme", InterviewStatus.TENTATIVE),
        ("Interview Acme", InterviewStatus.CONFIRMED),
        ("Cancelled flights claims handler interview", InterviewStatus.CONFIRMED),
    ],
)
def test_the_title_says_what_has_become_of_it(title: str, status: InterviewStatus) -> None:
    assert status_of(_event(title), OWNER) is status


def test_status_and_replies_count_too() -> None:
    event = _event("Interview Acme")
    mine = Participant("kim.berg+jobs@gmail.com", "Kim", Reply.DECLINED)
    assert status_of(replace(event, status=EventStatus.CANCELLED), OWNER) is InterviewStatus.CANCELLED
    assert status_of(replace(event, status=EventStatus.TENTATIVE), OWNER) is InterviewStatus.TENTATIVE
    assert status_of(replace(event, attendees=(mine,)), OWNER) is InterviewStatus.DECLINED
    assert (
        status_of(replace(event, attendees=(replace(HOST, reply=Reply.DECLINED),)), OWNER) is InterviewStatus.CONFIRMED
    )


def test_a_correction_of_the_event_or_series_acts_at_once() -> None:
    dentist, interview = _event("Dentist", organizer=None), _event("Job interview Acme")
    assert _verdict(dentist, learned=Learned(series={"uid-1": True})).answer is Answer.YES
    verdict = _verdict(interview, learned=Learned(events={event_key("uid-1", ""): False}, series={"uid-1": True}))
    assert verdict.answer is Answer.NO
    assert verdict.reasons[0].words == "you said so"


def test_one_correction_of_a_sender_asks_and_two_decide() -> None:
    lunch, interview = _event("Lunch at the harbour", "see you"), _event("Job interview Acme", "your application")
    assert _verdict(lunch).answer is Answer.NO
    assert _verdict(lunch, learned=Learned(senders={HOST.email: 1})).answer is Answer.ASK
    assert _verdict(lunch, learned=Learned(senders={HOST.email: 2})).answer is Answer.YES
    assert _verdict(lunch, learned=Learned(domains={"acme.example": 2})).answer is Answer.YES
    assert _verdict(interview).answer is Answer.YES
    assert _verdict(interview, learned=Learned(senders={HOST.email: -1})).answer is Answer.ASK
    assert _verdict(interview, learned=Learned(senders={HOST.email: -2})).answer is Answer.NO


def test_nothing_is_learned_about_services_and_public_mail_domains() -> None:
    service = Participant("no-reply@us.greenhouse-mail.io", "Acme")
    private = Participant("lena.ott@gmail.com", "Lena Ott")
    learned = Learned(senders={service.email: -2}, domains={"gmail.com": -2, "greenhouse-mail.io": -2})
    assert _verdict(_event("Job interview", "your application", service), learned=learned).answer is Answer.YES
    assert _verdict(_event("Job interview", "your application", private), learned=learned).answer is Answer.YES


def test_the_users_words_count() -> None:
    event = _event("Zwibbeln beim Wirt", organizer=None)
    assert _verdict(event).answer is Answer.NO
    lexicon = load_lexicon({"strong": ["zwibbeln beim"]})
    assert classify(event, OWNER, lexicon).answer is not Answer.NO
    assert first_look(Glance(title=event.title, raw=event.title), OWNER, lexicon)


@pytest.mark.parametrize(
    ("raw", "looked_at"),
    [
        ("BEGIN:VEVENT\r\nSUMMARY:Dentist\r\nEND:VEVENT", False),
        ("BEGIN:VEVENT\r\nSUMMARY:Job inter\r\n view\r\nEND:VEVENT", True),
        ("BEGIN:VEVENT\r\nSUMMARY:Hello\r\nDESCRIPTION:bring\\nInterview notes\r\nEND:VEVENT", True),
        ("BEGIN:VEVENT\r\nSUMMARY:x\r\nX-ALT-DESC:Vorstellungsgespr&auml;ch\r\nEND:VEVENT", True),
        ('{"summary": "Vorstellungsgespr\\u00e4ch"}', True),
        ("BEGIN:VEVENT\r\nATTENDEE;ROLE=REQ-PARTICIPANT:mailto:a@b.example\r\nSUMMARY:Swim\r\nEND:VEVENT", False),
    ],
)
def test_the_first_look_sees_through_folding_escapes_and_entities(raw: str, *, looked_at: bool) -> None:
    assert first_look(Glance(raw=raw), OWNER, LEXICON) is looked_at


def test_names_of_people_are_not_those_of_services_or_rooms() -> None:
    service = Participant("no-reply@us.greenhouse-mail.io", "Acme Recruiting")
    verdict = _verdict(_event("Job interview at Acme", "Interviewers: Lena Ott (CTO), Max Frei\nThanks", service))
    assert [(person.name, person.email) for person in verdict.interviewers] == [("Lena Ott", ""), ("Max Frei", "")]
    assert verdict.company == "Acme"
