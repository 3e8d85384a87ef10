"""Makes the database of a small Tryton, as its user would find it: a company of one's own, a currency, a type of relation.

Runs in a process of its own: `python -m tests.tryton.build CONFIGURATION`; the password comes by TRYTONPASSFILE. Checking
every record of the modules takes half of the time and is left out, since the modules' own tests do so.
"""

import sys

from trytond.cli import admin
from trytond.model import ModelStorage

from tests.tryton.names import DATABASE, MODULES, PASSWORD, USER
from tests.tryton.serve import hash_cheaply


def main(configuration: str) -> None:
    setattr(ModelStorage, "_validate", classmethod(_unchecked))  # noqa: B010 -- a checker would not let it be set
    sys.argv[1:] = ["-c", configuration, "-d", DATABASE, "--email", "me@example.org", "--no-indexes"]
    sys.argv += ["--activate-dependencies", "-u", *MODULES]
    hash_cheaply()
    admin.main()
    fill()


def _unchecked(cls: object, records: object, field_names: object = None) -> None:
    """Take records as they are."""


def fill() -> None:
    """Give the user what is set up by hand before anything can be entered."""
    from trytond.pool import Pool
    from trytond.transaction import Transaction

    with Transaction().start(DATABASE, 1):
        pool = Pool(DATABASE)
        (euro,) = pool.get("currency.currency").create([{"name": "Euro", "code": "EUR", "symbol": "€"}])
        (me,) = pool.get("party.party").create([{"name": "Me, searching"}])
        (company,) = pool.get("company.company").create([{"party": me.id, "currency": euro.id}])
        pool.get("company.employee").create([{"party": me.id, "company": company.id}])
        works_for = {"companies": [("add", [company.id])], "company": company.id}
        users = pool.get("res.user")
        users.write([users(1)], works_for)
        (group,) = pool.get("res.group").search([("name", "=", "Sale Opportunity")])
        own = {"name": "Hannah Vogel", "login": USER, "password": PASSWORD, "groups": [("add", [group.id])]}
        users.create([{**own, **works_for}])
        pool.get("party.relation.type").create([{"name": "works for"}])


if __name__ == "__main__":
    main(sys.argv[1])
