"""What each system's service manager needs to run `afterview run`: files, and commands. Pure; writes and runs nothing.

systemd.service(5), launchd.plist(5), and the Task Scheduler's XML schema (MS-TSCH).
"""

import plistlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

Commands = tuple[tuple[str, ...], ...]
NAME = "afterview"
_WATCHDOG_S = 1800  # longer than the longest pass
_PAUSE_S = 60

_SYSTEMD = """[Unit]
Description=Afterview: the follow-ups a job interview deserves

[Service]
Type=notify
ExecStart={command}
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec={pause}
RestartPreventExitStatus=2
WatchdogSec={watchdog}
TimeoutStopSec=15
UMask=0077
NoNewPrivileges=yes
Environment={path}

[Install]
WantedBy=default.target
"""

_TASK = """<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Description>Afterview: the follow-ups a job interview deserves</Description></RegistrationInfo>
  <Triggers><LogonTrigger><Enabled>true</Enabled><UserId>{user}</UserId></LogonTrigger></Triggers>
  <Principals><Principal id="Author"><UserId>{user}</UserId><LogonType>InteractiveToken</LogonType></Principal></Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <RestartOnFailure><Interval>PT5M</Interval><Count>255</Count></RestartOnFailure>
  </Settings>
  <Actions><Exec><Command>{command}</Command><Arguments>{arguments}</Arguments></Exec></Actions>
</Task>
"""


@dataclass(frozen=True, slots=True)
class Unit:
    """A service for one service manager.

    `files` maps each file to its content. `begin` and `end` start it for good and end it.
    `log` shows what it said, () where `log_file` holds it. `hint` is one sentence for the user, or "".
    """

    manager: str
    files: Mapping[Path, bytes]
    begin: Commands
    end: Commands
    log: tuple[str, ...]
    log_file: Path | None = None
    hint: str = ""


def systemd(command: Sequence[str], path: str, home: Path) -> Unit:
    """Make a unit of the user's own systemd."""
    text = _SYSTEMD.format(
        command=" ".join(_quoted(part) for part in command),
        path=_quoted(f"PATH={path}", expands=False),
        pause=_PAUSE_S,
        watchdog=_WATCHDOG_S,
    )
    return Unit(
        "systemd",
        {home / ".config" / "systemd" / "user" / f"{NAME}.service": text.encode()},
        begin=(
            ("systemctl", "--user", "daemon-reload"),
            ("systemctl", "--user", "enable", NAME),
            ("systemctl", "--user", "restart", NAME),
        ),
        end=(("systemctl", "--user", "disable", "--now", NAME), ("systemctl", "--user", "daemon-reload")),
        log=("journalctl", "--user", "--unit", NAME, "--no-pager", "--lines", "100"),
        hint="It runs while you are logged in; `loginctl enable-linger` keeps it running after you log out.",
    )


def launchd(command: Sequence[str], path: str, home: Path, state_dir: Path, uid: int) -> Unit:
    """Make an agent of launchd."""
    file = home / "Library" / "LaunchAgents" / f"{NAME}.plist"
    log = state_dir / "service.log"
    plist = {
        "Label": NAME,
        "ProgramArguments": [*command, "--log", str(log)],
        "EnvironmentVariables": {"PATH": path},
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "ThrottleInterval": 300,
        "ProcessType": "Background",
        "Umask": 0o077,
    }
    domain = f"gui/{uid}"
    return Unit(
        "launchd",
        {file: plistlib.dumps(plist, sort_keys=False)},
        begin=(("launchctl", "bootstrap", domain, str(file)),),
        end=(("launchctl", "bootout", f"{domain}/{NAME}"),),
        log=(),
        log_file=log,
    )


def task_scheduler(command: Sequence[str], state_dir: Path, user: str) -> Unit:
    """Make a task of the Windows Task Scheduler that starts when the user logs on."""
    file, log = state_dir / f"{NAME}-task.xml", state_dir / "service.log"
    program, *arguments = command
    silent = program[: -len("python.exe")] + "pythonw.exe" if program.lower().endswith("python.exe") else program
    text = _TASK.format(
        user=escape(user),
        command=escape(silent),
        arguments=escape(" ".join(_for_windows(part) for part in (*arguments, "--log", str(log)))),
    )
    return Unit(
        "the Task Scheduler",
        {file: text.replace("\n", "\r\n").encode("utf-16")},
        begin=(
            ("schtasks", "/Create", "/TN", NAME, "/XML", str(file), "/F"),
            ("schtasks", "/Run", "/TN", NAME),
        ),
        end=(("schtasks", "/End", "/TN", NAME), ("schtasks", "/Delete", "/TN", NAME, "/F")),
        log=(),
        log_file=log,
    )


def _quoted(part: str, *, expands: bool = True) -> str:
    """Quote a word of a unit: % begins a specifier, and in commands $ a variable."""
    text = part.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{text.replace("$", "$$") if expands else text}"'


def _for_windows(part: str) -> str:
    return f'"{part}"' if " " in part or not part else part
