"""Exit codes, and what is said on the way out. One sentence on standard error; never a traceback for a user's mistake.

    code  meaning
    0     done
    1     a defect of Afterview's own; a report was written
    2     a wrong command, argument or configuration; nothing was started
    3     an account needs a person: sign in again, or change something at the service
    4     an account cannot be reached now; later is enough
    5     more vanished at once than is believable; held until a person agrees
    6     another copy of Afterview is at work
    7     the ledger cannot be read or written
    130   interrupted; what was finished is kept

Codes 2 to 7 are those of `sync.errors`. Here is one of the two broad `except` of the process; the other stands round each
account (`sync.defect`).
"""

import gc
import io
import os
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager

import click

from .options import Options

DEFECT = 1
INTERRUPTED = 130
LOUD = 2  # -vv


def run() -> None:
    """Run the command line and leave the process with the exit code."""
    gc.set_threshold(
        20_000, 20, 50
    )  # modules and the lexicon stay for good; looking through them was a tenth of a pass
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that lacks a letter must not stop the program
    code = outcome(sys.argv[1:])
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _ignore_stdout()
    sys.exit(code)


def outcome(arguments: list[str]) -> int:
    """Run one command and return its exit code, having said what there is to say."""
    from .app import app

    options, stdout = Options(), sys.stdout
    color = False if os.environ.get("NO_COLOR") else None  # None: by what the stream is
    try:
        result = app.main(arguments, prog_name="afterview", standalone_mode=False, obj=options, color=color)
    except KeyboardInterrupt:
        return _interrupted()
    except SystemExit:
        if sys.stdout is not stdout:  # click muffles it and leaves when the reader has closed the pipe
            return 0
        raise
    except Exception as error:  # noqa: BLE001 -- the way out of the process
        return _answer(error, options)
    return result if isinstance(result, int) else 0


def _answer(error: Exception, options: Options) -> int:
    """Say what went wrong and return the exit code."""
    match error:
        case click.exceptions.NoArgsIsHelpError():
            click.echo(error.format_message())
            return error.exit_code
        case click.UsageError():
            where = error.ctx.command_path if error.ctx else "afterview"
            _say(f"{error.format_message().rstrip('.?')}. See `{where} --help`.")
            return error.exit_code
        case click.ClickException():
            _say(error.format_message())
            return error.exit_code
        case click.Abort():
            return _interrupted(*error.args)
        case _:
            return _expected(error) or _defect(error, options)


def _expected(error: Exception) -> int:
    """Say an error of `sync.errors` and return its code; 0 for any other."""
    from afterview.sync.errors import AfterviewError

    if not isinstance(error, AfterviewError):
        return 0
    _say(str(error))
    return error.exit_code


@contextmanager
def stopping(sentence: str, when: Callable[[], bool] = lambda: True) -> Generator[None]:
    """Let an interrupt be answered with this sentence where it is true."""
    try:
        yield
    except (click.Abort, KeyboardInterrupt):
        if when():
            raise click.Abort(sentence) from None
        raise


def _interrupted(sentence: str = "Interrupted. What was finished is kept; nothing is half done.") -> int:
    _say(sentence)
    return INTERRUPTED


def _say(sentence: str) -> None:
    from afterview.sync.text import one_line

    click.echo(f"afterview: {one_line(sentence, 600)}", err=True)


def _ignore_stdout() -> None:
    """Let the interpreter's last flush go nowhere: the reader has closed the pipe."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _defect(error: Exception, options: Options) -> int:
    from .report import write_report

    text, path = write_report(error, options)
    if options.verbosity >= LOUD:
        click.echo(text, err=True)
    where = f"A report without your data lies in {path}; please send it to us." if path else "Run it again with -vv."
    _say(
        f"This should not happen: {type(error).__name__}. Nothing was lost: what was recorded is in the ledger, and the "
        f"next pass carries on from there. {where}"
    )
    return DEFECT
