"""Read the configuration file. Never writes it, never resolves a secret, never contacts anything.

What the file may hold is in `schema` (our tables) and in each integration's manifest (an account's own keys); `values`
says what a value of a kind looks like; `load` puts it together. Everything wrong is one `ConfigError` with file, key and
what is allowed.
"""

from .load import Account, Answers, Config, Deliver, Me, SyncSettings, load, load_text
from .paths import default_config_path, default_state_dir
from .schema import Key, Kind
from .values import SecretRef, SecretSource, Span

__all__ = [
    "Account",
    "Answers",
    "Config",
    "Deliver",
    "Key",
    "Kind",
    "Me",
    "SecretRef",
    "SecretSource",
    "Span",
    "SyncSettings",
    "default_config_path",
    "default_state_dir",
    "load",
    "load_text",
]
