"""What of cards is taken over: only what is not known, and only where one person fits."""

from afterview.sync.history import fold
from afterview.sync.identity import person_key
from afterview.sync.intake.lines import Line, facts_of
from afterview.sync.intake.people import Card, PeopleIntake
from afterview.sync.meetings import Seen
from afterview.sync.model import Fact, FactKind, Person
from afterview.sync.playbook import PlaybookSettings
from afterview.sync.thinking import think
from tests.unit.sync.making import DAY, T0, seen

ANA = person_key("", "ana@initech.example", "")


def card(number: int = 1, **fields: str) -> Card:
    return Card(number, {name: tuple(value.split("|")) for name, value in fields.items()})


def look(*cards: Card, facts: tuple[Fact, ...] = (), calendar: tuple[Seen, ...] = (seen("a"),)) -> tuple[Line, ...]:
    thought = think(calendar, facts, PlaybookSettings(), T0 + DAY)
    return PeopleIntake(thought.applications, fold(facts), T0 + DAY).lines(cards)


def values(lines: tuple[Line, ...]) -> dict[str, dict[str, str]]:
    return {fact.subject: dict(fact.value) for fact in facts_of(lines)}


def test_what_is_not_known_of_somebody_met_is_added_and_nothing_else() -> None:
    own = card(name="Ana M. Lima", emails="ANA@initech.example", title="CTO", phones="+1|+2", company="Elsewhere")
    lines = look(own)
    assert values(lines) == {ANA: {"title": "CTO", "phone": "+1"}}
    known = Fact(FactKind.PERSON, ANA, T0, "cli", {"title": "CEO", "phone": "+9"}, 1)
    (line,) = look(own, facts=(known,))
    assert (line.takes, line.leaves) == ((), ("known already",))


def test_of_others_only_name_and_number_are_kept_for_the_address() -> None:
    lines = look(card(name="Eva", emails="eva@corp.example|e@home.example", phones="+3", title="CEO", company="Corp"))
    eva = {"known_as": "Eva", "phone": "+3"}
    assert values(lines) == {person_key("", "eva@corp.example", ""): eva, person_key("", "e@home.example", ""): eva}
    facts = tuple(
        Fact(one.kind, one.subject, one.at, one.source, one.value, n) for n, one in enumerate(facts_of(lines), 1)
    )
    assert look(card(name="Eva L.", emails="eva@corp.example"), facts=facts)[0].leaves == ("known already",)
    twice = look(card(1, name="Eva", emails="eva@x.example"), card(2, name="Eva", emails="eva@x.example"))
    assert [line.leaves for line in twice] == [(), ("a card before it says so",)]


def test_a_card_without_an_address_is_matched_by_name_and_company() -> None:
    lines = look(card(name="ana lima", company="Initech GmbH", phones="+1"))
    assert values(lines) == {ANA: {"phone": "+1"}}
    for other in (card(name="Ana Lima", company="Hooli"), card(name="Ana Lima"), card(name="Ana", company="Initech")):
        assert look(other)[0].leaves == ("no e-mail address, and nobody of that name was met there",)
    namesakes = (Person("Ana Lima", "ana@initech.example"), Person("Ana Lima", "lima@initech.example"))
    (line,) = look(card(name="Ana Lima", company="Initech", phones="+1"), calendar=(seen("a", people=namesakes),))
    assert line.leaves[0].startswith("it can be Ana Lima (")


def test_a_mailbox_that_two_share_says_nothing_unless_the_name_does() -> None:
    shared = (seen("a", people=(Person("Ana Lima", "hr@initech.example"), Person("Bo Ek", "hr@initech.example"))),)
    assert look(card(name="HR", emails="hr@initech.example", phones="+1"), calendar=shared)[0].takes == ()
    assert look(card(name="Bo Ek", emails="hr@initech.example", phones="+1"), calendar=shared)[0].takes == ("phone",)


def test_no_person_and_nobody_who_is_to_be_forgotten() -> None:
    nobody = Fact(FactKind.FORGOTTEN, person_key("", "eva@corp.example", ""), T0, "cli", {}, 1)
    lines = look(card(), card(name="Eva", emails="eva@corp.example"), facts=(nobody,))
    assert [line.leaves for line in lines] == [("it is no person's",), ("you wanted this person forgotten",)]
