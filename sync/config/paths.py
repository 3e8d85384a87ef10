"""Where the configuration and the ledger lie unless told otherwise: each platform's own convention."""

from collections.abc import Mapping
from pathlib import Path


def default_config_path(environ: Mapping[str, str], platform: str, home: Path) -> Path:
    """Return the configuration file's usual place. `platform` is sys.platform."""
    return _base(environ, platform, home, "XDG_CONFIG_HOME", ".config", "APPDATA") / "config.toml"


def default_state_dir(environ: Mapping[str, str], platform: str, home: Path) -> Path:
    """Return the usual folder of the ledger. It is not the configuration's, so that that one can be shared."""
    base = _base(environ, platform, home, "XDG_STATE_HOME", ".local/state", "LOCALAPPDATA")
    return base / "state" if platform == "darwin" else base


def _base(environ: Mapping[str, str], platform: str, home: Path, xdg: str, below_home: str, windows: str) -> Path:
    if platform == "darwin" and not environ.get(xdg):
        return home / "Library" / "Application Support" / "afterview"
    if platform == "win32":
        return Path(environ.get(windows) or home / "AppData" / "Roaming") / "afterview"
    named = environ.get(xdg, "")
    return (Path(named) if named.startswith("/") else home / below_home) / "afterview"  # XDG: relative ones are ignored
