"""Under which domain a company writes: what its interviewers' addresses agree on and its name bears out. Pure.

A wrong domain would tie two companies together in a CRM, so an agency's, a mail service's and a vendor's never count.
"""

from collections.abc import Callable, Iterable

from .identity import plain
from .meetings import company_name
from .model import Application

_SHORTEST = 3  # letters that a name and a domain must share to be believed


def company_domains(applications: Iterable[Application], employer: Callable[[str], str]) -> dict[str, str]:
    """Return `company_name` -> domain. `employer` gives the registered domain of an address, "" if it is no employer's."""
    found: dict[str, set[str]] = {}
    for application in applications:
        for person in (person for one in application.rounds for person in one.people if person.email):
            domain = employer(person.email)
            if domain and _fits(application.company, domain):
                found.setdefault(company_name(application.company), set()).add(domain)
    return {name: next(iter(domains)) for name, domains in found.items() if len(domains) == 1}


def _fits(company: str, domain: str) -> bool:
    """Tell whether a domain begins like the name: "initech.example" for "Initech Systems" and "initech-systems.example"."""
    name = "".join(char for char in company_name(company) if char.isalnum())
    label = "".join(char for char in plain(domain.partition(".")[0]) if char.isalnum())
    shorter = min(len(name), len(label))
    return shorter >= _SHORTEST and (name.startswith(label) or label.startswith(name))
