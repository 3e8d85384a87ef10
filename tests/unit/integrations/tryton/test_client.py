"""What becomes of each answer that a server can give, to what only reads and to what writes."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from afterview.integrations.tryton.client import Tryton
from afterview.sync.errors import (
    AfterviewError,
    AuthFailed,
    Changed,
    NotReady,
    Refused,
    Rejected,
    Uncertain,
)
from tests.accounts import MovedClock
from tests.gate import Answer, Break, Gate


def said(result: Any) -> Answer:
    return Answer(200, json.dumps({"id": 0, "result": result}).encode())


def failed(*error: Any) -> Answer:
    return Answer(200, json.dumps({"id": 0, "error": error}).encode())


SIGNED_IN = said([1, "f" * 8, None])
PREFERENCES = said({"language": "en", "company": 1, "companies": [1, "x"], "locale": {"date": "%d"}})


@pytest.fixture
def gate() -> Iterator[Gate]:
    made = Gate(1)
    yield made
    made.close()


@pytest.fixture
def client(gate: Gate) -> Iterator[Tryton]:
    gate.plan("POST", SIGNED_IN, PREFERENCES)
    made = Tryton(gate.url, "my db", "ada", "secret-ada", MovedClock())
    made.preferences()
    gate.log.clear()
    yield made
    gate.plan("POST", said(None))
    made.close()


ANSWERS: list[tuple[Answer | Break, type[AfterviewError], type[AfterviewError]]] = [
    (failed("UserError", ["No.", "", None]), Refused, Rejected),
    (failed("UserWarning", ["w", "Sure?", ""]), Refused, Rejected),
    (failed("ConcurrencyException", "Changed."), Refused, Changed),
    (failed("database is locked", ""), NotReady, NotReady),
    (failed("'party.party'", ""), NotReady, Rejected),
    (Answer(403, b"no"), Refused, Rejected),
    (Answer(404, b"no"), Refused, Refused),
    (Answer(429, b"", {"Retry-After": "60"}), NotReady, NotReady),
    (Answer(500, b"oops"), NotReady, Uncertain),
    (Answer(503, b"busy"), NotReady, Uncertain),
    (Answer(200, b"<html>"), NotReady, Uncertain),
    (Answer(200, b'{"id": 0}'), NotReady, Uncertain),
    (Answer(200, b"[" * 100_000), NotReady, Uncertain),
    (Break.DROP_BEFORE, NotReady, Uncertain),
]


@pytest.mark.parametrize(("answer", "reading", "writing"), ANSWERS)
def test_each_answer_means_one_thing_to_a_read_and_one_to_a_write(
    gate: Gate,
    client: Tryton,
    answer: Answer | Break,
    reading: type[AfterviewError],
    writing: type[AfterviewError],
) -> None:
    for call, meant in ((client.read, reading), (client.write, writing)):
        gate.plan("POST", answer)
        with pytest.raises(meant) as raised:
            call("party.party.create", [{}])
        assert type(raised.value) in {meant, *meant.__subclasses__()}
        assert "secret-ada" not in str(raised.value)
    assert len(gate.log) == 2  # nothing was sent again


def test_a_session_that_ended_is_begun_once_more_and_the_call_made_again(gate: Gate, client: Tryton) -> None:
    gate.plan("POST", Answer(401), SIGNED_IN, said([7]))
    assert client.write("party.party.create", [{}]) == [7]
    methods = [json.loads(passed.body)["method"] for passed in gate.log]
    assert methods == ["model.party.party.create", "common.db.login", "model.party.party.create"]


@pytest.mark.parametrize("answers", [[Answer(401), Answer(401)], [Answer(401), SIGNED_IN, Answer(401)]])
def test_a_login_that_is_not_taken_any_more_asks_for_a_new_one(
    gate: Gate, client: Tryton, answers: list[Answer]
) -> None:
    gate.plan("POST", *answers)
    with pytest.raises(AuthFailed):
        client.read("party.party.search", [])
    assert len(gate.log) == len(answers)


def test_what_is_sent_names_the_database_the_session_and_the_company(gate: Gate, client: Tryton) -> None:
    client.company = 4
    gate.plan("POST", said([]))
    assert client.search("party.party", [["name", "=", "Ada"]], ["name"], active_test=False) == ()
    (passed,) = gate.log
    assert passed.path == "/my%20db/rpc/"
    assert passed.headers["authorization"] == "Session YWRhOjE6ZmZmZmZmZmY="  # ada:1:ffffffff
    sent = json.loads(passed.body)
    assert set(sent) == {"id", "method", "params"}
    assert sent["params"][-1] == {"language": "en", "company": 4, "companies": [1, "x"], "active_test": False}
    assert client.companies() == (1,)


def test_what_a_write_must_still_find_goes_with_it(gate: Gate, client: Tryton) -> None:
    gate.plan("POST", said(None))
    client.write("party.party.write", [3], {"name": "Ada"}, seen={"party.party,3": "1795362074.65174"})
    assert json.loads(gate.log[0].body)["params"][-1]["_timestamp"] == {"party.party,3": "1795362074.65174"}


@pytest.mark.parametrize("rows", ["x", {"id": 1}, ["x"], [{"name": "Ada"}], [{"id": True}]])
def test_a_list_of_something_else_is_not_believed(gate: Gate, client: Tryton, rows: Any) -> None:
    gate.plan("POST", said(rows))
    with pytest.raises(NotReady):
        client.search("party.party", [], ["name"])


def test_pages_go_on_until_a_short_one(gate: Gate, client: Tryton) -> None:
    gate.plan("POST", said([{"id": number} for number in range(1, 501)]), said([{"id": 900}]))
    assert len(client.search("party.party", [], ["id"])) == 501
    second = json.loads(gate.log[1].body)["params"][0]
    assert second == ["AND", ["id", ">", 500], []]


@pytest.mark.parametrize("result", [None, [], "x", [1]])
def test_a_sign_in_that_makes_no_sense_is_no_sign_in(gate: Gate, result: Any) -> None:
    client = Tryton(gate.url, "crm", "ada", "secret-ada", MovedClock())
    gate.plan("POST", said(result))
    with pytest.raises(NotReady):
        client.preferences()
    client.close()


def test_a_server_that_asks_for_more_than_a_password_is_told(gate: Gate) -> None:
    client = Tryton(gate.url, "crm", "ada", "secret-ada", MovedClock())
    gate.plan("POST", failed("LoginException", ["sms_code", "SMS code", "char"]))
    with pytest.raises(AuthFailed, match="more than a password"):
        client.preferences()
    client.close()


def test_neither_password_nor_session_is_shown(gate: Gate, client: Tryton) -> None:
    assert "secret-ada" not in repr(client)
    assert "YWRhOjE6" not in repr(client)


def test_the_session_is_ended_and_a_failure_to_do_so_is_no_failure(gate: Gate) -> None:
    client = Tryton(gate.url, "crm", "ada", "secret-ada", MovedClock())
    gate.plan("POST", SIGNED_IN, PREFERENCES, Break.DROP_BEFORE)
    client.preferences()
    client.close()
    assert json.loads(gate.log[-1].body)["method"] == "common.db.logout"
    client.close()
    assert len(gate.log) == 3
