"""Setting a Tryton up, signing in again and changing what was chosen, on a real server."""

import itertools
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import pytest

from afterview.integrations.flow import FlowContext, Purpose, Step, StepKind
from afterview.integrations.tryton.crm import open_crm
from afterview.integrations.tryton.flow import Setup
from afterview.sync.errors import Refused
from afterview.sync.model import RecordKind
from tests.accounts import MovedClock, account, close
from tests.contract.tryton_rig import PARTY, TrytonRig
from tests.gate import Answer
from tests.tryton.names import ADMINISTRATOR, PASSWORD, SECRET, USER
from tests.tryton.server import TrytonServer

_NUMBERS = itertools.count(1)


def context(purpose: Purpose = Purpose.USER, **current: str) -> FlowContext:
    secrets = {"password": PASSWORD} if purpose is Purpose.RECONFIGURE else {}
    return FlowContext(purpose, "Europe/Berlin", MovedClock(), "crm", current, secrets)


def login(rig: TrytonRig, **other: str) -> dict[str, str]:
    return {"url": rig.server.url, "database": "crm", "username": USER, "password": PASSWORD, **other}


def connected(rig: TrytonRig, **other: str) -> tuple[Setup, Step]:
    flow = Setup()
    assert flow.start(context()).id == "connect"
    return flow, flow.submit("connect", login(rig, **other))


@contextmanager
def somebody(server: TrytonServer, **values: Any) -> Generator[str]:
    """Add a user for a while; return the login."""
    name = f"bob{next(_NUMBERS)}"
    (made,) = server.call("res.user.create", [{"name": name, "login": name, "password": PASSWORD, **values}])
    yield name
    server.call("res.user.write", [made], {"active": False})


def test_from_nothing_to_a_working_account(rig: TrytonRig) -> None:
    flow, keeping = connected(rig, database="")  # the only one
    assert keeping.id == "keeping", keeping
    assert {field.key for field in keeping.fields} == {"relation", "new_relation", "lost_reason"}
    done = flow.submit("keeping", {"relation": "works for", "lost_reason": "Not this time"})
    assert done.kind is StepKind.CREATE, done
    assert done.draft is not None
    assert done.draft.secrets == {"password": PASSWORD}
    assert PASSWORD not in str(done.draft.settings)
    assert done.draft.settings == {
        "url": rig.server.url,
        "database": "crm",
        "username": USER,
        "company": "",
        "relation": "works for",
        "lost_reason": "Not this time",
    }
    assert rig.server.ids(PARTY) == [1]  # the trial party is gone
    assert rig.server.ids("sale.opportunity") == []
    entry = account(dict(done.draft.settings), integration="tryton", password=PASSWORD)
    assert open_crm(entry).read(RecordKind.PERSON, "", {}, full=False).present == frozenset()
    close(entry)


@pytest.mark.parametrize(
    ("change", "field", "key"),
    [
        ({"password": "wrong"}, "password", "invalid_auth"),
        ({"username": "nobody"}, "password", "invalid_auth"),
        ({"database": "other"}, "url", "refused"),
        ({"url": "http://127.0.0.1:1/"}, "base", "cannot_connect"),
        ({"url": "http://nowhere.invalid/"}, "url", "refused"),  # a password is not sent unencrypted
        ({"url": "ftp://127.0.0.1/"}, "url", "refused"),
    ],
)
def test_what_the_user_got_wrong_comes_back_as_the_same_step(
    rig: TrytonRig, change: dict[str, str], field: str, key: str
) -> None:
    flow, step = connected(rig, **change)
    assert (step.id, dict(step.errors)) == ("connect", {field: key})
    assert PASSWORD not in str(step)
    assert flow.submit("connect", login(rig)).id == "keeping"


@pytest.mark.parametrize(
    ("answer", "key", "words"),
    [
        (Answer(405), "refused", "Tryton 8 or newer"),
        (Answer(200, b"<html>A shop</html>"), "cannot_connect", "not Tryton's"),
        (Answer(301, b"", {"Location": "https://elsewhere.example/"}), "refused", "sends on to another address"),
        (Answer(200, b'{"id": 0, "result": {}}'), "refused", "as a Tryton server does"),
        (Answer(200, b'{"id": 0, "result": "7.0"}'), "refused", "runs Tryton 7.0"),
    ],
)
def test_what_is_no_tryton_of_today_is_told(rig: TrytonRig, answer: Answer, key: str, words: str) -> None:
    rig.server.gate.plan("POST", answer)
    _, step = connected(rig)
    assert list(step.errors.values()) == [key]
    assert words in step.placeholders["reason"]


def test_a_user_without_a_company_is_told_so(rig: TrytonRig) -> None:
    with somebody(rig.server, companies=[["remove", [1]]], company=None) as name:
        _, step = connected(rig, username=name)
    assert dict(step.errors) == {"base": "no_company"}


def test_a_user_without_the_rights_is_told_which(rig: TrytonRig) -> None:
    with somebody(rig.server) as name:
        flow, keeping = connected(rig, username=name)
        assert keeping.id == "keeping"
        step = flow.submit("keeping", {})
    assert dict(step.errors) == {"base": "refused"}
    assert "sale.opportunity" in step.placeholders["reason"]


def test_a_type_of_relation_is_made_once(rig: TrytonRig) -> None:
    flow, _ = connected(rig)
    refused = flow.submit("keeping", {"new_relation": "is at"})  # Hannah may not make one
    assert dict(refused.errors) == {"base": "refused"}
    assert "Party Relation Type" in refused.placeholders["reason"]
    for _ in range(2):
        flow, _ = connected(rig, username=ADMINISTRATOR, password=SECRET)
        done = flow.submit("keeping", {"new_relation": "is at"})
        assert done.draft is not None, done
        assert done.draft.settings["relation"] == "is at"
    types = rig.server.ids("party.relation.type", ["name", "=", "is at"])
    assert len(types) == 1
    rig.server.call("party.relation.type.delete", types)


def test_of_several_companies_one_is_chosen_and_a_lost_one_is_told(rig: TrytonRig) -> None:
    (party,) = rig.server.call(f"{PARTY}.create", [{"name": "Second Ltd"}])
    (second,) = rig.server.call("company.company.create", [{"party": party, "currency": 1}])
    with somebody(rig.server, companies=[["add", [1, second]]], groups=[["add", [15]]]) as name:
        flow, keeping = connected(rig, username=name)
        (company,) = (field for field in keeping.fields if field.key == "company")
        assert [choice.value for choice in company.choices] == ["Me, searching", "Second Ltd"]
        done = flow.submit("keeping", {"company": "Second Ltd"})
        assert done.draft is not None, done
        entry = account(dict(done.draft.settings), integration="tryton", password=PASSWORD)
        lost = account({**done.draft.settings, "company": "Third"}, integration="tryton", password=PASSWORD)
        assert party not in map(int, open_crm(entry).read(RecordKind.COMPANY, "", {}, full=False).present)
        with pytest.raises(Refused, match='"Second Ltd"'):
            open_crm(lost).read(RecordKind.COMPANY, "", {}, full=False)
        close(entry)
        close(lost)
    rig.server.call("company.company.delete", [second])


def test_signing_in_again_keeps_everything_but_the_password(rig: TrytonRig) -> None:
    settings = {**login(rig), "company": "Me, searching", "relation": "works for", "lost_reason": "No"}
    del settings["password"]
    flow = Setup()
    assert flow.start(context(Purpose.REAUTH, **settings)).id == "reauth"
    wrong = flow.submit("reauth", {"username": USER, "password": "wrong"})
    assert dict(wrong.errors) == {"password": "invalid_auth"}
    done = flow.submit("reauth", {"username": USER, "password": PASSWORD})
    assert done.draft is not None
    assert (done.draft.settings, done.draft.secrets) == (settings, {"password": PASSWORD})


def test_reconfiguring_starts_from_what_there_is_and_asks_for_no_password(rig: TrytonRig) -> None:
    settings = {**login(rig), "company": "", "relation": "works for", "lost_reason": "No"}
    del settings["password"]
    flow = Setup()
    start = flow.start(context(Purpose.RECONFIGURE, **settings))
    assert {field.key: field.default for field in start.fields}["url"] == rig.server.url
    keeping = flow.submit("connect", {**login(rig), "password": ""})
    defaults = {field.key: field.default for field in keeping.fields}
    assert (defaults["relation"], defaults["lost_reason"]) == ("works for", "No")
    done = flow.submit("keeping", {"relation": "", "lost_reason": "No"})
    assert done.draft is not None
    assert (done.draft.settings["relation"], done.draft.secrets) == ("", {})
