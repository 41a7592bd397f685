import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from publisher import checks
from publisher.checks import Circumstances
from publisher.config import load
from publisher.testing.facebook import PAGE, Facebook
from publisher.testing.simulator import Simulator
from publisher.text import moments
from tests.provider import CLIENT, SECRET, Provider

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
CONFIG = """
[town]
name = "Ville de Valmont"
site_url = "https://www.valmont.test"
[channels.website]
adapter = "static-site"
"""


@pytest.fixture
def town(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir(mode=0o700)
    return tmp_path


@dataclass(frozen=True)
class Hands:
    """A clock that shows one instant."""

    shown: datetime = NOW
    right: bool = True

    def now(self) -> datetime:
        return self.shown

    def boottime(self) -> float:
        return 0.0

    def boot_id(self) -> str:
        return "start"

    def synchronised(self) -> bool:
        return self.right


RIGHT = Hands()


def found(check, config: str | None = CONFIG, clock: Hands = RIGHT) -> list[tuple[str, str, str]]:
    if config is not None:
        Path("config.toml").write_text(config)
        os.utime("config.toml", (NOW.timestamp(), NOW.timestamp()))
    at = Circumstances(load(environ={}), clock)
    return [(problem.severity, problem.code, problem.message) for problem in check(at)]


@pytest.mark.parametrize("check", [checks.configuration, checks.rights, checks.space, checks.clock, checks.channels])
def test_a_town_in_order_has_no_problem(check, town):
    assert found(check) == []


class TestConfiguration:
    def test_none_at_all_is_told(self, town):
        expected = "There is no config.toml: these are the settings of the example; “publisher init” writes one."
        assert found(checks.configuration, None) == [("warning", "no-config", expected)]

    @pytest.mark.parametrize("host", ["www.valmont.example", "www.example.org/", "valmont.example.com"])
    def test_the_examples_address_is_noticed(self, town, host):
        expected = "config.toml, [town] site_url: this address is still the example's; write that of the town's website."
        assert found(checks.configuration, CONFIG.replace("www.valmont.test", host)) == [("warning", "example-value", expected)]

    def test_a_town_without_address_is_no_example(self, town):
        assert found(checks.configuration, CONFIG.replace('site_url = "https://www.valmont.test"', "")) == []

    def test_no_channel_means_nothing_can_be_published(self, town):
        expected = "config.toml has no channel: nothing can be published; add a [channels.NAME] section."
        assert found(checks.configuration, '[town]\nname = "Ville"') == [("error", "no-channel", expected)]

    def test_a_webhook_without_its_secret_is_told_since_nothing_is_told_to_it(self, town):
        hooked = CONFIG + '[[webhooks]]\nname = "intranet"\nurl = "https://intranet.test/"'
        file = town / ".env"
        expected = f"[[webhooks]] intranet: put a secret of at least 32 characters in {file}, as WEBHOOK_INTRANET_SECRET."
        assert found(checks.configuration, hooked) == [("error", "webhook-secret", expected)]
        file.write_text(f"WEBHOOK_INTRANET_SECRET={'s' * 32}")
        assert found(checks.configuration, hooked) == []


def test_who_may_act_as_anybody_on_the_command_line_is_said(town):
    ((severity, code, sentence),) = found(checks.agreement, CONFIG)
    assert (severity, code) == ("notice", "command-line-acts")
    assert "approvers included" in sentence
    assert found(checks.agreement, CONFIG + "[approval]\ncommand_line = false\n") == []


class TestRights:
    @pytest.mark.parametrize(("mode", "codes"), [(0o600, []), (0o400, []), (0o640, ["open-secrets"]), (0o644, ["open-secrets"])])
    def test_secrets_are_for_one_account(self, town, mode, codes):
        (town / ".env").touch()
        (town / ".env").chmod(mode)
        assert [code for _, code, _ in found(checks.rights)] == codes

    def test_open_secrets_come_with_the_remedy(self, town):
        (town / ".env").touch(0o644)
        expected = f"{town}/.env can be read by others: run “chmod 600 {town}/.env”."
        assert found(checks.rights) == [("error", "open-secrets", expected)]

    def test_without_configuration_a_stray_env_file_is_not_ours(self, town):
        (town / ".env").touch(0o644)
        assert found(checks.rights, None) == []

    def test_a_data_directory_open_to_all_is_an_error(self, town):
        (town / "data").chmod(0o755)
        expected = (
            f"The data directory {town}/data is open to everyone on this machine, embargoed texts included: run “chmod o= {town}/data”."
        )
        assert found(checks.rights) == [("error", "open-data-dir", expected)]

    def test_a_group_may_enter_so_that_the_web_server_can_show_the_site(self, town):
        (town / "data").chmod(0o750)
        assert found(checks.rights) == []

    def test_a_data_directory_yet_to_be_made_is_told(self, town):
        (town / "data").rmdir()
        expected = f"The data directory {town}/data does not exist yet: “publisher init” or the first start creates it."
        assert found(checks.rights) == [("notice", "no-data-dir", expected)]

    def test_a_data_directory_that_is_no_folder_is_an_error(self, town):
        (town / "data").rmdir()
        (town / "data").touch()
        expected = f"The data directory {town}/data cannot be used: it must be a folder in which you may write."
        assert found(checks.rights) == [("error", "unusable-data-dir", expected)]


class TestSpace:
    @pytest.mark.parametrize(
        ("free", "severity"), [(2**30 - 1, "warning"), (100 * 2**20, "warning"), (100 * 2**20 - 1, "error"), (0, "error")]
    )
    def test_little_is_told_and_hardly_any_is_an_error(self, town, monkeypatch, free, severity):
        monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=free))
        sentence = f"Only {free // 10**6} MB are free for {town}/data: make room, or the service will stop publishing."
        assert found(checks.space) == [(severity, "little-space", sentence)]

    def test_is_that_of_the_disk_where_the_data_directory_will_be(self, town, monkeypatch):
        asked = []
        monkeypatch.setattr("shutil.disk_usage", lambda path: asked.append(path) or SimpleNamespace(free=2**30))
        assert found(checks.space, CONFIG + '[storage]\ndata_dir = "a/b/c"') == []
        assert asked == [town]


class TestClock:
    def test_earlier_than_the_configuration_is_an_error(self, town):
        expected = (
            "The clock says Tuesday 24 November 2026 at 8:58, but config.toml was written later: "
            "set the clock, and let the network keep it right (NTP)."
        )
        assert found(checks.clock, clock=Hands(NOW - timedelta(hours=1, minutes=2))) == [("error", "clock-early", expected)]

    def test_a_minute_is_forgiven(self, town):
        assert found(checks.clock, clock=Hands(NOW - timedelta(minutes=1))) == []

    def test_without_configuration_the_programs_own_date_counts(self, town):
        [(severity, code, _)] = found(checks.clock, None, Hands(datetime(2001, 1, 1, tzinfo=UTC)))
        assert (severity, code) == ("error", "clock-early")

    def test_that_nothing_keeps_right_is_told(self, town):
        expected = "Nothing keeps the clock right: let the network set it (NTP), or an embargoed announcement may have to wait."
        assert found(checks.clock, clock=Hands(right=False)) == [("warning", "clock-unsynchronised", expected)]


class TestDatabase:
    def test_an_old_sqlite_is_told(self, town, monkeypatch):
        monkeypatch.setattr("sqlite3.sqlite_version_info", (3, 51, 2))
        monkeypatch.setattr("sqlite3.sqlite_version", "3.51.2")
        expected = "SQLite 3.51.2: its write-ahead log is left off because this version can lose it; records are safe, and a little slower."
        assert found(checks.database) == [("notice", "sqlite-without-wal", expected)]

    def test_one_too_old_to_write_with_is_an_error(self, town, monkeypatch):
        monkeypatch.setattr("sqlite3.sqlite_version_info", (3, 34, 1))
        assert [problem[:2] for problem in found(checks.database)] == [("error", "sqlite-too-old")]

    @pytest.mark.parametrize(("version", "url"), [((3, 51, 3), "sqlite"), ((3, 40, 1), "postgresql://127.0.0.1/publisher")])
    def test_a_good_one_is_not(self, town, monkeypatch, version, url):
        monkeypatch.setattr("sqlite3.sqlite_version_info", version)
        assert found(checks.database, CONFIG + f'[storage]\ndatabase = "{url}"') == []


class TestChannels:
    def test_each_mistake_is_told_under_its_channel(self, town):
        Path("config.toml").write_text(CONFIG + 'max_posts = 3\n[channels.site]\nadapter = "static-sight"\n')
        problems = list(checks.channels(Circumstances(load(environ={}), RIGHT)))
        assert [(problem.channel, problem.code) for problem in problems] == [("website", "unknown-key"), ("site", "unknown-kind")]

    def test_secrets_of_a_channel_that_is_switched_off_are_not_missed(self, town):
        assert found(checks.channels, CONFIG + '[channels.page]\nadapter = "facebook"\naccount = "1"\nenabled = false') == []

    def test_a_channel_whose_account_nothing_will_verify_is_told(self, town):
        (town / ".env").write_text("X_API_KEY=1\nX_API_SECRET=1\nX_ACCESS_TOKEN=1\nX_ACCESS_TOKEN_SECRET=1\n")
        sentence = "config.toml, [channels.x] account is missing: nothing will verify that the right account publishes; write its name."
        assert found(checks.channels, CONFIG + '[channels.x]\nadapter = "x"') == [("warning", "no-account", sentence)]
        assert found(checks.channels, CONFIG + '[channels.x]\nadapter = "x"\nenabled = false') == []

    def test_channels_that_wait_for_each_other_are_told(self, town):
        [(severity, code, _)] = found(checks.channels, CONFIG + 'after = ["website"]')
        assert (severity, code) == ("error", "circular-after")


@pytest.fixture
def page():
    """A simulated page, at the hour of the checks."""
    return Facebook(lambda: NOW)


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider() as known:
        yield known


class TestAccess:
    def found(self, page: Facebook, account: str = PAGE, clock: Hands = RIGHT) -> list[tuple[str, str, str]]:
        with Simulator([page]) as simulator:
            base = simulator.url_of("facebook")
            Path("config.toml").write_text(CONFIG + f'[channels.page]\nadapter = "facebook"\naccount = "{account}"\napi_base = "{base}"\n')
            problems = list(checks.access(Circumstances(load(environ=dict(page.secrets)), clock)))
        assert {problem.channel for problem in problems} <= {"page"}
        return [(problem.severity, problem.code, problem.message) for problem in problems]

    def test_an_access_in_order_has_no_problem(self, town, page):
        assert self.found(page) == []

    def test_another_account_and_another_hour_are_errors(self, town, page):
        page.switch(skew=120)
        assert [code for _, code, _ in self.found(page, account="1")] == ["account-differs", "clock-differs"]

    def test_an_access_that_is_lost_is_an_error_in_the_adapters_words(self, town, page):
        page.switch(access="expired")
        sentence = "The page's token has expired: make a new one, then reopen the channel."
        assert self.found(page) == [("error", "token-expired", sentence)]

    def test_what_the_platform_told_is_passed_on_under_its_channel(self, town, page):
        page.switch(permissions=["pages_read_engagement"])
        sentence = "The token lacks these permissions for this page: pages_manage_posts. Make a new token that has them."
        assert self.found(page) == [("error", "permissions-missing", sentence)]

    @pytest.mark.parametrize(
        ("days", "severity", "code"),
        [(60, "notice", "access-ends"), (14, "notice", "access-ends"), (13, "warning", "access-ends"), (-1, "error", "access-ended")],
    )
    def test_the_end_of_an_access_is_told_and_warned_of(self, town, page, days, severity, code):
        end = NOW + timedelta(days=days)
        page.switch(expires_at=int(end.timestamp()))
        [(told, name, message)] = self.found(page)
        assert (told, name) == (severity, code)
        assert moments.day(end) in message


class TestProvider:
    """[web.oidc], asked over the wire."""

    def found(self, provider: Provider, issuer: str = "", **more: str) -> list[tuple[str, str]]:
        lines = "".join(f"{key} = {value}\n" for key, value in more.items())
        told = f'{CONFIG}[web.oidc]\nissuer = "{issuer or provider.issuer}"\nclient_id = "{CLIENT}"\n{lines}'
        Path("config.toml").write_text(told)
        problems = list(checks.access(Circumstances(load(environ={"OIDC_CLIENT_SECRET": SECRET}), RIGHT)))
        return [(problem.code, problem.message.replace(provider.issuer, "IT")) for problem in problems]

    def test_a_provider_in_order_has_no_problem_and_signs_nobody_in(self, town, provider):
        assert (self.found(provider), provider.asked) == ([], [])

    def test_one_that_calls_itself_otherwise_is_told(self, town, provider):
        provider.description = {"issuer": "https://other.example"}
        sentence = "[web.oidc] IT calls itself otherwise: write “issuer” to the letter as its own description does."
        assert self.found(provider) == [("oidc-distrusted", sentence)]

    @pytest.mark.parametrize(
        ("description", "words"),
        [
            ({"jwks_uri": "http://keys.example/keys"}, "leads us to a host that config.toml does not name"),
            ({"token_endpoint": "http://tokens.example/token"}, "leads us to a host that config.toml does not name"),
            ({"token_endpoint": None}, "does not say where “token_endpoint” is"),
            ({"authorization_endpoint": "ftp://127.0.0.1/"}, "does not say where “authorization_endpoint” is"),
        ],
    )
    def test_a_page_that_is_missing_or_elsewhere_is_told(self, town, provider, description, words):
        provider.description = description
        [(code, message)] = self.found(provider)
        assert (code, words in message) == ("oidc-distrusted", True)

    def test_keys_that_sign_nothing_are_told(self, town, provider):
        provider.description = {"jwks_uri": f"{provider.issuer}/.well-known/openid-configuration"}
        [(code, message)] = self.found(provider)
        assert (code, "shows keys that cannot be read" in message) == ("oidc-distrusted", True)

    def test_one_that_is_not_there_is_told(self, town, provider):
        [(code, message)] = self.found(provider, issuer="http://127.0.0.1:9/realm")
        assert (code, "check “issuer”" in message) == ("oidc-silent", True)


LIST = (
    CONFIG
    + """
[channels.email]
adapter = "email"
host = "smtp.valmont.test"
account = "presse@valmont.test"
recipients = "journalistes.csv"
auth = "none"
"""
)


def test_the_list_of_recipients_is_looked_at_even_while_passwords_are_missing(town: Path) -> None:
    told = [problem[:2] for problem in found(checks.channels, LIST.replace('auth = "none"\n', ""))]
    assert told == [("error", "missing-secret"), ("warning", "no-recipients")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, ("warning", "no-recipients")),
        ("email,name\n", ("warning", "no-recipients")),
        ("adresse\nada@presse.example\n", ("error", "recipients-header")),
        ("email,name\nada@presse.example,Ada\n", None),
    ],
    ids=["missing", "nobody", "another first line", "complete"],
)
def test_the_list_of_recipients_is_looked_at(town: Path, content: str | None, said: tuple[str, str] | None) -> None:
    if content is not None:
        (town / "journalistes.csv").write_text(content, "utf-8")
    assert [problem[:2] for problem in found(checks.channels, LIST)] == ([said] if said else [])
