"""The command line. Importing this package must stay cheap: no service library, no engine, no configuration."""


def main() -> None:
    """Run `afterview` and leave with its exit code."""
    from .exits import run

    run()
