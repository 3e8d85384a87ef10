from pathlib import Path

from afterview.sync.config import default_config_path, default_state_dir

HOME = Path("/home/hannah")


def test_linux_follows_xdg() -> None:
    assert default_config_path({}, "linux", HOME) == HOME / ".config/afterview/config.toml"
    assert default_state_dir({}, "linux", HOME) == HOME / ".local/state/afterview"
    environ = {"XDG_CONFIG_HOME": "/etc/h", "XDG_STATE_HOME": "/var/h"}
    assert default_config_path(environ, "linux", HOME) == Path("/etc/h/afterview/config.toml")
    assert default_state_dir(environ, "linux", HOME) == Path("/var/h/afterview")


def test_a_relative_xdg_folder_is_ignored() -> None:
    assert default_config_path({"XDG_CONFIG_HOME": "conf"}, "linux", HOME) == HOME / ".config/afterview/config.toml"


def test_macos_and_windows_have_their_own_places() -> None:
    support = HOME / "Library/Application Support/afterview"
    assert default_config_path({}, "darwin", HOME) == support / "config.toml"
    assert default_state_dir({}, "darwin", HOME) == support / "state"
    environ = {"APPDATA": "/R", "LOCALAPPDATA": "/L"}
    assert default_config_path(environ, "win32", HOME) == Path("/R/afterview/config.toml")
    assert default_state_dir(environ, "win32", HOME) == Path("/L/afterview")
