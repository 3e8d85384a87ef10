"""A cupboard of paper. Its password is "open sesame"."""

from pathlib import Path

from afterview.integrations.entry import Entry
from afterview.sync.errors import AuthFailed, NotReady
from afterview.sync.ports import Traffic

PASSWORD = "open sesame"


class Cupboard:
    def __init__(self, path: Path, password: str) -> None:
        self.path = path
        if not path.is_dir():
            raise NotReady(f"The folder {path} is not there; try later.")
        if password != PASSWORD:
            raise AuthFailed("The paper does not accept the password; sign in again.")

    def traffic(self) -> Traffic:
        return Traffic()

    def close(self) -> None:
        return


def open_client(entry: Entry) -> Cupboard:
    return Cupboard(Path(entry.settings["path"]), entry.secret("password"))
