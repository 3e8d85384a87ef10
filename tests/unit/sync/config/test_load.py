from datetime import time, timedelta
from pathlib import Path

import pytest

from afterview.sync.config import Config, Key, Kind, SecretRef, SecretSource, load, load_text
from afterview.sync.errors import ConfigError

PATH = Path("/home/hannah/config.toml")
ME = '[me]\nemails = ["Hannah@Example.org"]\ntime_zone = "Europe/Berlin"\n'
ACCOUNT = '[[account]]\nid = "home"\nintegration = "dav"\nurl = "https://dav.example.org/"\n'
DAV = (
    Key("url", Kind.TEXT, required=True),
    Key("password", Kind.SECRET),
    Key("calendars", Kind.LIST, default=()),
    Key("task_list", Kind.TEXT),
    Key("ring_profile", Kind.TEXT, default="android", choices=("android", "apple")),
)


def keys(domain: str) -> tuple[Key, ...]:
    if domain != "dav":
        raise ConfigError(f'there is no integration "{domain}"; there are dav')
    return DAV


def read(text: str) -> Config:
    return load_text(text, PATH, keys)


def refusal(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        read(text)
    sentence = str(caught.value)
    assert sentence.startswith(str(PATH))
    assert "\n" not in sentence
    return sentence


def test_a_whole_configuration() -> None:
    config = read(
        ME + '[sync]\nwindow = "-30d..+60d"\npoll = "10m"\n' + ACCOUNT + 'poll = "1h"\ncalendars = ["Work"]\n'
        'task_list = "Interviews"\npassword = { env = "DAV" }\n[deliver]\nto = "home"\n'
    )
    assert config.me.emails == ("hannah@example.org",)
    assert config.me.language == "en"
    assert (config.sync.window.back, config.sync.window.ahead) == (timedelta(days=30), timedelta(days=60))
    home = config.account("home")
    assert home.poll == timedelta(hours=1)
    assert home.settings == {
        "url": "https://dav.example.org/",
        "calendars": ("Work",),
        "task_list": "Interviews",
        "ring_profile": "android",
    }
    assert home.secrets == {"password": SecretRef(SecretSource.ENV, ("DAV",))}
    assert config.deliver.to == "home"


def test_what_is_left_out_has_its_default() -> None:
    config = read(ME)
    assert config.sync.poll is None
    assert config.sync.window.back == timedelta(days=90)
    assert config.accounts == ()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (ME + '[sync]\npol = "5m"\n', ('"pol"', "[sync]", "did you mean poll", "window")),
        (ME + "[snc]\n", ('"snc"', "did you mean sync")),
        (ME + "[sync]\npoll = 5\n", ("poll in [sync]", '"5m"', "not 5")),
        (ME + '[sync]\npoll = "1s"\n', ("poll in [sync]", "at least 1m", "at most 1d")),
        (ME + '[sync]\nwindow = "90d"\n', ("window in [sync]", '"-90d..+180d"')),
        (ME + '[sync]\nwindow = "-99999d..+1d"\n', ("window in [sync]", "at most 3660")),
        (ME.replace("Europe/Berlin", "Berlin"), ("time_zone in [me]", "Europe/Berlin")),
        (ME + 'language = "tlh"\n', ("language in [me]", '"en", "de", "fr", "es"')),
        (ME.replace("Hannah@Example.org", "Hannah"), ("emails in [me]", "addresses")),
        ('[me]\nemails = ["a@b.example"]\n', ("[me] needs the key time_zone", "Europe/Berlin")),
        ("sync = 3\n" + ME, ("[sync] must be a table",)),
        (ME + '[account]\nid = "x"\n', ("[[account]]", "two brackets")),
        (ME + '[[account]]\nid = "x"\n', ("[[account]] number 1", "integration")),
        (ME + '[[account]]\nid = "x"\nintegration = "nope"\n', ('no integration "nope"', "there are dav")),
        (ME + ACCOUNT.replace("home", "../x"), ("id in [[account]] number 1", "letters")),
        (ME + ACCOUNT + ACCOUNT, ('two accounts have the id "home"',)),
        (ME + ACCOUNT + 'calendar = ["x"]\n', ('"calendar"', 'of [[account]] "home"', "did you mean calendars")),
        (ME + ACCOUNT + 'ring_profile = "phone"\n', ('"android", "apple"', "ring_profile")),
        (ME + ACCOUNT + "password = { envv = 'X' }\n", ("password", "keyring = true")),
        (ME + '[deliver]\nto = "nowhere"\n', ('"nowhere"', "accounts: none")),
        (ME + ACCOUNT + '[deliver]\nto = "home"\n', ('"home"', "no task_list")),
        ("[me\n", ("not valid TOML", "line 1")),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(text: str, parts: tuple[str, ...]) -> None:
    sentence = refusal(text)
    for part in parts:
        assert part in sentence


def test_a_bare_password_is_refused_and_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AFTERVIEW_ALLOW_PLAIN_SECRETS", raising=False)
    text = ME + ACCOUNT + 'password = "hunter22"\n'
    sentence = refusal(text)
    assert "hunter22" not in sentence
    assert "keyring = true" in sentence
    monkeypatch.setenv("AFTERVIEW_ALLOW_PLAIN_SECRETS", "1")
    assert read(text).account("home").secrets["password"].source is SecretSource.PLAIN
    assert "hunter22" not in repr(read(text).account("home"))


def test_an_unknown_account_is_answered_with_those_that_exist() -> None:
    with pytest.raises(ConfigError, match=r'no account "work".*accounts: home'):
        read(ME + ACCOUNT).account("work")


def test_a_file_that_is_missing_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="run `afterview setup`"):
        load(tmp_path / "config.toml", keys)
    (tmp_path / "config.toml").write_bytes(b"[me]\n\xff")
    with pytest.raises(ConfigError, match="not UTF-8"):
        load(tmp_path / "config.toml", keys)
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path, keys)


def test_a_hostile_name_cannot_reach_the_terminal() -> None:
    assert "\x1b" not in refusal(ME + '[sync]\n"a\\u001b[2Jb" = 1\n')


def test_push_brief_and_answers() -> None:
    plain = read(ME)
    assert (plain.deliver.brief, plain.answers.enabled, plain.answers.url) == (None, False, "")
    assert plain.answers.listen[0] == "127.0.0.1"
    config = read(
        ME + '[deliver]\npush = ["ntfys://topic", { env = "PUSH" }]\nbrief = "07:30"\n'
        '[answers]\nenabled = true\nlisten = "[::1]:9000"\nurl = "https://me.example.org/after/"\n'
    )
    assert config.deliver.brief == time(7, 30)
    assert config.answers.listen == ("::1", 9000)
    assert config.answers.url == "https://me.example.org/after"
    assert "topic" not in repr(config)


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ('[deliver]\nbrief = "25:00"', 'a time of day such as "07:30", or "off"'),
        ('[answers]\nlisten = "8377"', 'an address and a port such as "127.0.0.1:8377"'),
        ('[answers]\nlisten = "127.0.0.1:99999"', "an address and a port"),
        ('[answers]\nurl = "ftp://me.example.org"', "an address such as"),
        ('[answers]\nurl = "https://me.example.org/a?b=c"', "an address such as"),
        ('[answers]\nurl = "javascript:alert(1)"', "an address such as"),
        ("[answers]\nopen = true", "is not a key of [answers]"),
    ],
)
def test_what_is_wrong_with_push_is_said(written: str, wanted: str) -> None:
    assert wanted in refusal(ME + written)
