"""The web server of the fakes: that of the demo, and one with a certificate that nobody trusts."""

from collections.abc import Callable
from pathlib import Path

from afterview.cli.showcase import web
from afterview.cli.showcase.web import Answered, Asked

__all__ = ["Answered", "Asked", "WebServer"]
_CERTIFICATE = Path(__file__).parents[1] / "data" / "tls"


class WebServer(web.WebServer):
    """With `tls`, a server that no client should believe."""

    def __init__(self, answer: Callable[[Asked], Answered], *, tls: bool = False) -> None:
        super().__init__(answer, certificate=_CERTIFICATE if tls else None)
