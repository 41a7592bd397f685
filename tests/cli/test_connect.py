"""`publisher connect`: nothing is kept before the platform has said who it is, and a person that it is the right one."""

import io
import json
import os
import pty
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from publisher.config.secrets import read_dotenv
from publisher.models import Audit
from publisher.testing import email as mail
from publisher.testing import facebook, x
from publisher.testing.simulated import Simulated
from publisher.testing.simulator import Simulator, platforms
from tests.adapters.sockets import answering, serving
from tests.office import Office

CONFIG = """
[town]
name = "Ville de Valmont-les-Tilleuls"
site_url = "https://www.valmont.test"
[storage]
data_dir = "{data}"
[channels.website]
adapter = "static-site"
[channels.facebook]
adapter = "facebook"
account = "{page}"
api_base = "{base}/facebook"
[channels.x]
adapter = "x"
account = "valmont_tilleuls"
api_base = "{base}/x"
[channels.email]
adapter = "email"
account = "presse@valmont.example"
host = "127.0.0.1"
port = {port}
security = "none"
helo = "publisher.valmont.example"
[channels.panneaux]
adapter = "by-hand"
where = "https://panneaux.valmont.test"
"""
X = x.X.secrets
FACEBOOK = {"FACEBOOK_USER_TOKEN": facebook.SHORT_TOKEN, "FACEBOOK_APP_SECRET": facebook.APP_SECRET}
MAIL = {"SMTP_USER": mail.USER, "SMTP_PASSWORD": mail.PASSWORD}
PAGE = "Ville de Valmont-les-Tilleuls"
PICTURE = f"https://pbs.twimg.com/profile_images/{x.ACCOUNT}/normal.png"
SERVICE = "The running service takes them by itself. If x is stopped: publisher unpause --channel x"


@pytest.fixture
def played() -> Iterator[Mapping[str, Simulated]]:
    with Simulator(platforms(lambda: datetime.now(UTC))) as simulator:
        yield dict(simulator.platforms) | {"base": simulator.url}  # type: ignore[dict-item]


class Connecting:
    """The office, in front of the simulated platforms, with what it types."""

    def __init__(self, office: Office, played: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
        self.office, self.played, self._patch = office, played, monkeypatch
        self.config()

    def config(self, *changes: tuple[str, str]) -> None:
        text = CONFIG.format(data=self.office.data, page=facebook.PAGE, base=self.played["base"], port=port(self.played))
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        self.office.write("config.toml", text)

    @property
    def env(self) -> Path:
        return self.office.folder / ".env"

    def pipe(self, lines: Mapping[str, str] | str) -> None:
        text = lines if isinstance(lines, str) else "".join(f"{name}={value}\n" for name, value in lines.items())
        self._patch.setattr(sys, "stdin", io.StringIO(text))

    def types(self, secrets: Sequence[str], *answers: str) -> None:
        """Sit at a terminal: what is typed unseen, then what is answered."""
        unseen, seen = iter(secrets), iter(answers)
        terminal = io.StringIO()
        self._patch.setattr(terminal, "isatty", lambda: True)
        self._patch.setattr(sys, "stdin", terminal)
        self._patch.setattr("publisher.cli.connect.getpass", lambda _prompt: next(unseen))
        self._patch.setattr("builtins.input", lambda _prompt: next(seen))

    def refuses(self, name: str, lines: Mapping[str, str] | str, code: int = 1) -> str:
        before = self.env.read_bytes() if self.env.exists() else None
        self.pipe(lines)
        sentence = self.office.refuses("connect", name, "--from-stdin", "--as", "lou", code=code)
        assert (self.env.read_bytes() if self.env.exists() else None) == before
        assert not Audit.objects.filter(action="channel.connected").exists()
        return sentence


@pytest.fixture
def here(office: Office, played: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch) -> Connecting:
    return Connecting(office, played, monkeypatch)


def test_what_is_piped_is_tried_then_kept_and_the_account_is_told(here: Connecting) -> None:
    here.office.write(".env", "# ours\nOTHER=1\n")
    here.pipe(X)
    told = here.office.json("connect", "x", "--from-stdin", "--as", "lou")
    assert told == {
        "format": "publisher.connect/1",
        "channel": "x",
        "account": "valmont_tilleuls",
        "name": "Valmont Tilleuls",
        "handle": "@valmont_tilleuls",
        "picture": PICTURE,
        "ends_at": None,
        "remarks": [],
        "kept": sorted(X),
    }
    assert read_dotenv(here.env) == {"OTHER": "1", **X}
    assert (here.env.read_text().splitlines()[0], stat.S_IMODE(here.env.stat().st_mode)) == ("# ours", 0o600)
    row = Audit.objects.get(action="channel.connected")
    assert (row.subject, row.detail, row.person.name) == ("x", {"account": "valmont_tilleuls", "name": "Valmont Tilleuls"}, "lou")
    assert not [secret for secret in X.values() if secret in str(list(Audit.objects.values()))]


@pytest.mark.parametrize(("name", "typed", "kept"), [("facebook", FACEBOOK, facebook.Facebook.secrets), ("email", MAIL, MAIL)])
def test_every_platform_has_its_way(here: Connecting, name: str, typed: Mapping[str, str], kept: Mapping[str, str]) -> None:
    here.pipe(typed)
    assert here.office.json("connect", name, "--from-stdin", "--as", "lou")["kept"] == sorted(kept)
    assert read_dotenv(here.env) == kept
    assert here.played[name].accepted == []


def test_a_terminal_is_guided_and_shown_the_account_before_it_is_kept(here: Connecting) -> None:
    here.types(list(X.values()), "y")
    lines = here.office.says("connect", "x", "--as", "lou").splitlines()
    assert lines[0] == "Connecting x:"
    assert [line[:5] for line in lines[1:5]] == ["  1. ", "  2. ", "  3. ", "  4. "]
    assert lines[5:] == [
        "The page: https://developer.x.com/en/portal/dashboard",
        "What you type is not shown; Ctrl+C stops, and nothing is kept.",
        "Account: valmont_tilleuls",
        "Name: Valmont Tilleuls",
        "Shown as: @valmont_tilleuls",
        f"Picture: {PICTURE}",
        f"Kept in {here.env.resolve()}: X_ACCESS_TOKEN, X_ACCESS_TOKEN_SECRET, X_API_KEY, X_API_SECRET.",
        SERVICE,
    ]


def test_whoever_says_that_it_is_not_the_right_account_keeps_nothing(here: Connecting, capsys: pytest.CaptureFixture[str]) -> None:
    from publisher.cli import main

    here.types(list(X.values()), "n")
    assert main(["connect", "x", "--as", "lou"]) == 1
    assert capsys.readouterr().err == "publisher: Nothing was kept: start again with the secrets of the right account.\n"
    assert not here.env.exists()


def test_of_several_pages_the_one_of_config_is_taken_and_without_it_a_person_picks(here: Connecting) -> None:
    here.played["facebook"].switch(pages=3)
    here.pipe(FACEBOOK)
    assert here.office.json("connect", "facebook", "--from-stdin", "--as", "lou")["account"] == facebook.PAGE
    here.config((f'account = "{facebook.PAGE}"\n', ""))
    here.types(list(FACEBOOK.values())[::-1], "1", "yes")
    told = here.office.says("connect", "facebook", "--as", "lou")
    assert f"  1. {PAGE} ({facebook.PAGE})\n  2. Association n° 1 (" in told
    assert f"Write account = “{facebook.PAGE}” at config.toml, [channels.facebook] account" in told
    here.types(list(FACEBOOK.values())[::-1], "4", "yes")
    from publisher.cli import main

    assert main(["connect", "facebook", "--as", "lou"]) == 2


@pytest.mark.parametrize("name", ["x", "facebook"])
def test_without_an_account_in_config_nothing_is_kept_unseen(here: Connecting, name: str) -> None:
    here.config((f'account = "{facebook.PAGE}"\n', ""), ('account = "valmont_tilleuls"\n', ""))
    told = here.refuses(name, {"x": X, "facebook": FACEBOOK}[name])
    assert told.startswith(f"config.toml, [channels.{name}] account is empty, so nothing tells whether this is the right account")


AT = "config.toml, [channels.{}] account is “{}”, and these secrets "
REFUSALS: Sequence[tuple[str, Mapping[str, str], dict[str, Any], str]] = [
    ("x", {**X, "X_ACCESS_TOKEN": "wrong"}, {}, "127.0.0.1 no longer accepts our access"),
    ("x", X, {"access": "read-only"}, "The X application may only read"),
    ("x", X, {"username": "autre_ville"}, AT.format("x", "valmont_tilleuls") + "are those of “autre_ville”: write account = “autre_ville”"),
    ("facebook", FACEBOOK, {"page": "9"}, AT.format("facebook", facebook.PAGE) + f"open {PAGE} (account = “9”)"),
    ("facebook", FACEBOOK, {"tasks": ["ADVERTISE"]}, f"The person of this token may not publish on “{PAGE}”"),
    ("facebook", FACEBOOK, {"pages": 0}, "Facebook shows no page to this token"),
    ("facebook", FACEBOOK, {"short": "expired"}, "Facebook does not accept the token that was typed"),
    ("facebook", FACEBOOK, {"permissions": ["pages_show_list"]}, "The token lacks these permissions: pages_manage_posts, pages_read"),
    ("facebook", FACEBOOK, {"skew": 3600.0}, "The clock of the platform says"),
    ("email", {**MAIL, "SMTP_PASSWORD": "wrong"}, {}, "127.0.0.1"),
]


@pytest.mark.parametrize(("name", "typed", "switches", "start"), REFUSALS)
def test_what_does_not_pass_is_told_and_not_kept(
    here: Connecting, name: str, typed: Mapping[str, str], switches: dict[str, Any], start: str
) -> None:
    here.played[name].switch(**switches)
    told = here.refuses(name, typed)
    assert told.startswith(start)
    assert not [secret for secret in typed.values() if secret in told]


@pytest.mark.parametrize(
    ("name", "fault", "on"), [("x", "html-200", "users/me"), ("facebook", "html-200", "accounts"), ("facebook", "reset", "oauth")]
)
def test_an_answer_that_nobody_understands_keeps_nothing(here: Connecting, name: str, fault: str, on: str) -> None:
    here.played[name].faults.inject(fault, on=on)
    told = here.refuses(name, {"x": X, "facebook": FACEBOOK}[name])
    assert told == f"The platform of {name} gave no usable answer, so nothing was kept: try again in a few minutes."


@pytest.mark.parametrize(
    ("name", "lines", "code", "start"),
    [
        ("y", X, 2, "There is no channel “y”; the channels are website, facebook, x, email, panneaux."),
        ("panneaux", "", 1, "On panneaux a person publishes, with their own access: there is nothing to connect."),
        ("x", "", 2, "“API key” is empty"),
        ("x", {**X, "X_API_SECRET": "  "}, 2, "“API key secret” is empty"),
        ("x", {**X, "X_API_SECRET": "a\tb"}, 2, "“API key secret” has characters that no secret has"),
        ("x", {**X, "X_API_SECRET": "a" * 5000}, 2, "“API key secret” has characters that no secret has"),
        ("x", {**X, "X_TOKEN": "a"}, 2, "Line 5 of standard input is none of the secrets of x: write X_API_KEY, "),
        ("x", "nonsense\n", 2, "Line 1 of standard input is none of the secrets of x"),
    ],
)
def test_called_wrongly(here: Connecting, name: str, lines: Mapping[str, str] | str, code: int, start: str) -> None:
    assert here.refuses(name, lines, code).startswith(start)


def test_only_an_administrator_connects(here: Connecting) -> None:
    here.pipe(X)
    assert here.office.refuses("connect", "x", "--from-stdin", "--as", "camille").startswith("“camille” has the role author")


def test_there_must_be_somebody_to_ask(here: Connecting) -> None:
    here.pipe("")
    assert here.office.refuses("connect", "x", "--as", "lou", code=2).startswith("There is nobody to ask: with --from-stdin")


def test_secrets_that_stand_elsewhere_are_refused_before_anything_is_asked(here: Connecting, monkeypatch: pytest.MonkeyPatch) -> None:
    here.office.write(".env", "X_API_KEY_FILE=/run/secrets/key\n")
    assert "by X_API_KEY_FILE that this secret has a file of its own" in here.refuses("x", X)
    here.office.write(".env", "")
    monkeypatch.setenv("X_API_KEY", "from the environment")
    assert here.refuses("x", X).startswith("X_API_KEY comes from the environment, which counts more than ")
    assert here.played["x"].requests == []


def test_a_file_that_cannot_be_written_is_told_before_anything_is_asked(here: Connecting) -> None:
    here.env.symlink_to(here.office.folder / "none" / "secrets")
    assert here.refuses("x", X).startswith(f"{here.env.resolve().parent.parent}/.env cannot be written by whoever runs this")
    assert here.played["x"].requests == []


def test_a_channel_of_its_own_name_keeps_that_name(here: Connecting) -> None:
    here.config(("[channels.x]\n", "[channels.mairie-x]\n"))
    here.office.write(".env", "MAIRIE_X_API_KEY=old\n")
    here.pipe(X)
    assert here.office.json("connect", "mairie-x", "--from-stdin", "--as", "lou")["kept"] == [
        "MAIRIE_X_API_KEY",
        *sorted(X.keys() - {"X_API_KEY"}),
    ]


def test_a_channel_without_secrets_is_tried_and_nothing_is_kept(here: Connecting) -> None:
    here.config(('helo = "publisher.valmont.example"\n', 'helo = "publisher.valmont.example"\nauth = "none"\n'))
    here.played["email"].switch(extensions=["PIPELINING", "SIZE 10240000"])
    for name in ("website", "email"):
        here.pipe("")
        told = here.office.says("connect", name, "--from-stdin", "--as", "lou").splitlines()
        assert told[-1] == f"{name} answers, and has no secret to keep."
    assert not here.env.exists()


@pytest.mark.parametrize("secret", [{}, {"SMTP_CLIENT_SECRET": "of-the-application"}])
def test_a_mailbox_is_connected_by_its_refresh_token(here: Connecting, secret: dict[str, str]) -> None:
    """The secret of the application is kept if there is one."""
    body = json.dumps({"access_token": mail.TOKEN, "expires_in": 3600, "refresh_token_expires_in": 90 * 86_400})
    date = format_datetime(datetime.now(UTC), usegmt=True)
    with serving(answering(f"HTTP/1.1 200 x\r\nDate: {date}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())) as server:
        way = f'auth = "xoauth2"\ntoken_url = "{server.url}/token"\nclient_id = "publisher"\n'
        here.config(('helo = "publisher.valmont.example"\n', f'helo = "publisher.valmont.example"\n{way}'))
        here.played["email"].switch(extensions=["AUTH XOAUTH2"])
        here.pipe({"SMTP_USER": mail.USER, "SMTP_REFRESH_TOKEN": "refresh", **secret})
        told = here.office.json("connect", "email", "--from-stdin", "--as", "lou")
    assert read_dotenv(here.env) == {"SMTP_USER": mail.USER, "SMTP_REFRESH_TOKEN": "refresh", **secret}
    assert [remark["code"] for remark in told["remarks"]] == ["access-ends"]
    assert here.played["email"].accepted == []


def test_remarks_are_shown_before_the_question(here: Connecting) -> None:
    end = datetime.now(UTC) + timedelta(days=5)
    here.played["facebook"].switch(data_access_expires_at=int(end.timestamp()))
    here.pipe("# typed by Lou\n\n" + "".join(f"{name} = {value}\n" for name, value in FACEBOOK.items()))
    told = here.office.says("connect", "facebook", "--from-stdin", "--as", "lou")
    assert "Remark: Our access ends on " in told
    assert told.index("Remark") < told.index("Kept in")


def test_when_the_access_ends_is_told(here: Connecting) -> None:
    end = (datetime.now(UTC) + timedelta(days=60)).replace(microsecond=0)
    here.played["facebook"].switch(data_access_expires_at=int(end.timestamp()))
    here.pipe(FACEBOOK)
    told = here.office.json("connect", "facebook", "--from-stdin", "--as", "lou")
    assert datetime.fromisoformat(told["ends_at"]) == end
    assert [remark["code"] for remark in told["remarks"]] == ["access-ends"]


def test_at_a_real_terminal_nothing_that_is_typed_is_shown(played: Mapping[str, Any], tmp_path: Path) -> None:
    text = CONFIG.format(data=tmp_path / "data", page=facebook.PAGE, base=played["base"], port=port(played))
    (tmp_path / "config.toml").write_text(text)
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "publisher", "connect", "x"]
    environ = {**os.environ, "LANG": "fr_FR.UTF-8"}
    with subprocess.Popen(command, cwd=tmp_path, env=environ, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True) as child:
        os.close(theirs)
        shown = b""
        for word in (*X.values(), "oui"):
            shown += _until(ours, (b": ", b"] "))
            os.write(ours, f"{word}\n".encode())
        shown += _rest(ours)
    os.close(ours)
    text = shown.decode()
    assert child.returncode == 0, text
    assert not [secret for secret in X.values() if secret in text]
    assert "valmont_tilleuls" in text
    assert read_dotenv(tmp_path / ".env") == X
    assert "\nClé d’API\u00a0: " in text


def port(played: Mapping[str, Any]) -> object:
    return played["email"].settings("")["port"]


def _until(terminal: int, ends: tuple[bytes, ...]) -> bytes:
    shown = b""
    while not shown.endswith(ends):
        shown += os.read(terminal, 1024)
    return shown


def _rest(terminal: int) -> bytes:
    shown = b""
    try:
        while part := os.read(terminal, 1024):
            shown += part
    except OSError:  # the other end is closed
        pass
    return shown
