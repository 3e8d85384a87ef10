"""Who is thanked: never a company, a room, a note-taking service, or somebody who declined."""

from datetime import UTC, datetime

import pytest

from afterview.sync.classify import classify, load_lexicon
from afterview.sync.model import Event, Owner, Participant, ParticipantKind, Reply, Verdict

OWNER = Owner(frozenset({"kim.berg@gmail.com"}), ("Kim Berg",))
ME = Participant("kim.berg@gmail.com", "Kim Berg", Reply.ACCEPTED)
HOST = Participant("lena@acme.example", "Lena Ott")
START = datetime(2026, 5, 5, 9, tzinfo=UTC)


def _verdict(title: str, text: str, organizer: Participant | None, *guests: Participant) -> Verdict:
    event = Event("a", "c", "r", "u", START, START, title=title, text=text, organizer=organizer, attendees=guests)
    return classify(event, OWNER, load_lexicon())


def _met(title: str, text: str, organizer: Participant | None, *guests: Participant) -> list[str]:
    return [person.name or person.email for person in _verdict(title, text, organizer, *guests).interviewers]


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Interview with Acme", ""),
        ("Interview with Acme - Backend Engineer", ""),
        ("Interview", "You will meet with Acme"),
        ("Interview", "Interviewer: Acme"),
    ],
)
def test_a_company_is_nobody_to_thank_whoever_invites_is(title: str, text: str) -> None:
    verdict = _verdict(title, text, HOST, ME)
    assert [(person.name, person.email) for person in verdict.interviewers] == [("Lena Ott", "lena@acme.example")]
    assert verdict.company == "Acme"
    assert verdict.recruiter is None


def test_the_beginning_of_a_companys_name_is_the_company() -> None:
    host = Participant("lena@acme-tools.example", "Lena Ott")
    verdict = _verdict("Interview with Acme - Backend Engineer", "", host)
    assert [person.name for person in verdict.interviewers] == ["Lena Ott"]
    assert verdict.company == "Acme Tools"


def test_a_person_beside_the_company_stays() -> None:
    assert _met("Interview", "You will meet with Acme and Max Frei", HOST) == ["Max Frei"]


def test_somebody_who_is_called_like_the_company_stays() -> None:
    owner_of_it = Participant("lena@ott.example", "Lena Ott")
    assert _met("Interview with Lena Ott", "", owner_of_it) == ["Lena Ott"]
    assert _met("Interview with Ott", "", owner_of_it) == ["Lena Ott"]


@pytest.mark.parametrize(
    "title",
    [
        "Phone interview with Acme - Data Analyst",
        "Interview with Acme (Platform Engineer)",
        "Entretien avec Acme - Data Analyst",
    ],
)
def test_in_an_own_entry_a_name_beside_a_job_is_the_company(title: str) -> None:
    verdict = _verdict(title, "", None)
    assert (verdict.company, verdict.interviewers) == ("Acme", ())


def test_in_an_own_entry_a_form_of_address_or_a_company_beside_it_makes_a_person() -> None:
    verdict = _verdict("Interview with Dr. Lang - Data Analyst", "", None)
    assert ([person.name for person in verdict.interviewers], verdict.company) == (["Dr. Lang"], "")
    verdict = _verdict("Interview with Ida - Acme - Data Analyst", "", None)
    assert ([person.name for person in verdict.interviewers], verdict.company) == (["Ida"], "Acme")


@pytest.mark.parametrize(
    "name",
    [
        "Meeting Room 4",
        "HQ-4-Boardroom",
        "Konferenzraum 2",
        "Besprechungsraum Elbe",
        "Raum Elbe",
        "Salle 3",
        "Salle de réunion",
        "Sala de reuniones",
        "Sala riunioni",
        "Sala B",
        "Vergaderzaal 1",
        "Mötesrum 2",
        "会議室A",
        "Fireflies.ai Notetaker",
        "Kim's Otter.ai",
        "read.ai meeting notes",
        "Fathom",
        "Gong",
        "tl;dv",
        "Zoom AI Companion",
    ],
)
def test_a_room_or_a_note_taker_is_nobody(name: str) -> None:
    assert _met("Job interview", "", HOST, ME, Participant("x7@acme.example", name)) == ["Lena Ott"]
    assert _met("Job interview", "", Participant("x7@acme.example", name), ME) == []


@pytest.mark.parametrize("address", ["room4@acme.example", "fred@fireflies.ai", "notetaker@acme.example"])
def test_an_address_without_a_name_can_tell_it_too(address: str) -> None:
    assert _met("Job interview", "", HOST, ME, Participant(address)) == ["Lena Ott"]
    assert _met("Job interview", "", HOST, ME, Participant(address, address)) == ["Lena Ott"]


def test_an_own_entry_with_a_room_is_still_an_own_entry() -> None:
    verdict = _verdict(
        "Interview with Acme - Data Analyst", "", ME, ME, Participant("x7@hub.example", "Meeting Room 4")
    )
    assert (verdict.company, verdict.interviewers) == ("Acme", ())


def test_a_calendar_that_knows_a_room_is_believed() -> None:
    room = Participant("x7@acme.example", "Elbe", kind=ParticipantKind.ROOM)
    assert _met("Job interview", "", HOST, ME, room) == ["Lena Ott"]


@pytest.mark.parametrize("name", ["Marco Sala", "Gong Li", "Otto Saal", "Monty Hall", "Ada Booth", "Hans Zimmer"])
def test_people_are_called_like_rooms_and_services(name: str) -> None:
    assert _met("Job interview", "", HOST, ME, Participant("x7@acme.example", name)) == [name]


def test_who_declined_is_not_thanked() -> None:
    away, there = (
        Participant("max@acme.example", "Max Frei", Reply.DECLINED),
        Participant("ida@acme.example", "Ida Holm"),
    )
    assert _met("Job interview", "", HOST, ME, away) == ["Lena Ott"]
    assert _met("Job interview", "", HOST, ME, away, there) == ["Ida Holm"]
    assert _met("Job interview", "You will meet with Max Frei and Ida Holm", HOST, ME, away, there) == ["Ida Holm"]
    assert _met("Interview with Max Frei", "", HOST, ME, away) == ["Lena Ott"]


def test_who_declined_stays_where_nobody_else_is_known() -> None:
    office = Participant("jobs@acme.example", "Acme Recruiting")
    away = Participant("max@acme.example", "Max Frei", Reply.DECLINED)
    assert _met("Job interview", "", office, ME, away) == ["Max Frei"]


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("ida.holm@acme.example", "Ida Holm"),
        ("ida_holm@acme.example", "Ida Holm"),
        ("anne-marie.holm@acme.example", "Anne-Marie Holm"),
        ("i.holm@acme.example", ""),
        ("iholm@acme.example", ""),
        ("ida@acme.example", ""),
        ("ida.holm2@acme.example", ""),
        ("ida.holm-ext@acme.example", ""),
        ("data.science@acme.example", ""),
    ],
)
def test_an_address_gives_a_name_only_where_it_is_plain(address: str, shown: str) -> None:
    for name in (address, ""):
        guest = _verdict("Job interview", "", HOST, ME, Participant(address, name))
        assert [(person.name, person.email) for person in guest.interviewers] == [(shown, address)]
        host = _verdict("Job interview", "", Participant(address, name), ME)
        assert [(person.name, person.email) for person in host.interviewers] == [(shown, address)]
