"""A life in which the background service does the passes: a process of its own, whose time is moved and which is killed."""

from datetime import timedelta

from tests.crash.life import FINE, Life
from tests.crash.places import Place
from tests.crash.warm import Trial, Warm
from tests.moved import Ended, Moved

_SLEEP = timedelta(hours=1)  # what is longer than this the machine sleeps through


class ServiceLife(Life):
    """`warm` forks the service; commands are forked by the place's own."""

    def __init__(self, place: Place, seed: int, warm: Warm) -> None:
        super().__init__(place, seed)
        self._warm = warm
        self._service: Moved | None = None
        self._steady = 1000.0

    def run(self, *arguments: str, fine: frozenset[int] | set[int] = frozenset(FINE)) -> Trial:
        """Let the service come to where the time is; what it has no words for, a command does."""
        if arguments or self._service is None:
            return super().run(*arguments, fine=fine)
        self.watcher.begin(self.home.now)
        try:
            self._go_on()
        except Ended:
            self.figures["kills"] += 1
            self.watcher.end(whole=False, reads_only=False)
            self._end()
            self._calm()
            self.watcher.begin(self.home.now)
            self.start()
        self.figures["passes"] += 1
        self.watcher.end(whole=False, reads_only=False)
        self.did.append(f"{self.home.now:%d %H:%M} the service was here")
        return Trial(0, "", "")

    def _go_on(self) -> None:
        assert self._service is not None
        if self.home.dies is not None:  # it counts from its start
            assert self._service.stop() == 0
            self._end()
            self.start(dies=self.home.dies)
            return
        self.home.killer(self._service.process.pid)
        if self.home.now - self._service.now > _SLEEP:
            self._service.suspend(self.home.now)
        else:
            self._service.advance(self.home.now)

    def start(self, dies: int | None = None) -> None:
        """Start the service, now."""

        def fork(*arguments: object, **environ: str) -> object:
            home, *words = arguments
            return self._warm.start(home, *words, dies=dies, **environ)  # type: ignore[arg-type]  # as `Moved` hands them on

        where = ("--config", str(self.home.path / "config.toml"), "--state-dir", str(self.home.path / "state"))
        moved = Moved(self.home.path, self.home.now, where, steady=self._steady, fork=fork)  # type: ignore[arg-type]  # the same
        self._service = moved.__enter__()
        moved.begin()

    def stop(self) -> None:
        """End the service as a service manager does."""
        if self._service is not None:
            assert self._service.stop() == 0
            self._end()

    def close(self) -> None:
        """End it whatever it does."""
        if self._service is not None:
            self._end()

    def _end(self) -> None:
        assert self._service is not None
        self._steady = self._service.steady
        self._service.__exit__()
        self._service = None
