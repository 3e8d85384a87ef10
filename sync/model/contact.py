"""A person as all interviews and the user's corrections together show them."""

from dataclasses import dataclass

from .interview import Application


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody the user met or will meet. `keys`: any of them names the person, the first is shown and used.

    `emails` in the order in which they were seen; `shared` are those of them that others have too (a mailbox of a
    team), which identify nobody. `companies` and `applications` newest first.
    """

    keys: tuple[str, ...]
    name: str = ""
    emails: tuple[str, ...] = ()
    shared: frozenset[str] = frozenset()
    phones: tuple[str, ...] = ()
    title: str = ""
    companies: tuple[str, ...] = ()
    recruits: bool = False  # was a recruiter in every application, never an interviewer
    applications: tuple[Application, ...] = ()

    @property
    def key(self) -> str:
        """The key shown to the user and used for new facts."""
        return self.keys[0]

    @property
    def called(self) -> str:
        """Name, else address."""
        return self.name or (self.emails[0] if self.emails else "")
