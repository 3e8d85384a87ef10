"""Records whose parts are not what they should be: what makes no sense is left out, and nothing falls over."""

from typing import Any

import pytest

from afterview.integrations.tryton.client import Tryton
from afterview.integrations.tryton.opportunities import Opportunities, opportunities_of
from afterview.integrations.tryton.parties import Parties, parties_of
from afterview.sync.model import RecordKind
from tests.accounts import START, MovedClock

ODD: list[Any] = [
    None,
    7,
    "x",
    [],
    {},
    [None],
    ["x"],
    [{}],
    [{"id": "1"}],
    [{"id": 1}],
    {"id": 1},
    [{"id": 1, "to.": 3}],
]
_NESTED = ("contact_mechanisms.", "identifiers.", "relations.", "party.")


class Rows(Tryton):
    """A server that answers every search with the same records."""

    rows: tuple[dict[str, Any], ...] = ()

    def search(self, *_: object, **__: object) -> tuple[dict[str, Any], ...]:
        return self.rows


@pytest.mark.parametrize("odd", ODD)
def test_a_record_with_odd_parts_is_read_without_them(odd: Any) -> None:
    client = Rows("http://127.0.0.1:1", "crm", "ada", "secret", MovedClock())
    parts = dict.fromkeys((*_NESTED, "code", "reference", "write_date", "create_date", "description", "state"), odd)
    client.rows = ({"id": 4, "active": True, "name": "Ada", **parts},)
    for kind in (RecordKind.PERSON, RecordKind.COMPANY):
        desk = Parties(kind, parties_of(client, 1), 1, frozenset())
        (found,) = desk.reading().listing("", {}, START, full=True).changed
        assert (found.remote_id, found.key, found.fields["name"]) == ("4", "", ("Ada",))
    deals = Opportunities(opportunities_of(client), "No offer")
    (deal,) = deals.reading().listing("", {}, START, full=True).changed
    assert (deal.key, deal.fields["stage"]) == ("", ("open",))
