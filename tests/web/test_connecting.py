"""Connecting an account on the pages: what is typed is shown nowhere again, and kept only after a second yes."""

import dataclasses
import logging
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session

from publisher import config
from publisher.adapters.live import LiveChannels
from publisher.config.secrets import read_dotenv
from publisher.models import Audit, ChannelState
from publisher.pipeline import renewal
from publisher.pipeline.desk import Desk
from publisher.testing import facebook, x
from publisher.testing.simulator import Simulator
from publisher.web import desk as place
from publisher.web import pending
from tests.web.browsing import alerts, code, next_code, text

CONFIG = """
[town]
name = "Ville de Valmont-les-Tilleuls"
[channels.website]
adapter = "static-site"
[channels.facebook]
adapter = "facebook"
{account}
api_base = "{base}/facebook"
[channels.x]
adapter = "x"
account = "valmont_tilleuls"
api_base = "{base}/x"
[channels.panneaux]
adapter = "by-hand"
where = "https://panneaux.valmont.test"
"""
SECRETS = {key.removeprefix("X_").lower(): value for key, value in x.X.secrets.items()}
OLD = {**{name: f"old-{name}" for name in x.X.secrets}, "FACEBOOK_PAGE_TOKEN": "old"}
TYPED = {"user_token": facebook.SHORT_TOKEN, "app_secret": facebook.APP_SECRET}
WORDS = [*SECRETS.values(), *TYPED.values(), facebook.PAGE_TOKEN, facebook.USER_TOKEN]
X, FACEBOOK = "/canaux/x/connecter/", "/canaux/facebook/connecter/"
NOT_KEPT = "Nothing is kept yet. What you typed is forgotten in ten minutes."


class Hall:
    """A town whose service follows `.env`, in front of the simulated platforms; everything that its pages have answered."""

    def __init__(self, town: Any, browser: Any, folder: Path, base: str, played: Mapping[str, Any]) -> None:
        self.town, self.folder, self.played, self._base, self._browser = town, folder, played, base, browser
        self.answers: list[str] = []
        (folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in OLD.items()))
        self.open(f'account = "{facebook.PAGE}"')

    def open(self, account: str, more: str = "") -> None:
        file = self.folder / "config.toml"
        file.write_text(CONFIG.format(base=self._base, account=account).replace("api_base", f"{more}\napi_base"))
        loaded = config.load(file, {})
        settings = dataclasses.replace(loaded, storage=self.town.desk.config.storage)
        self.desk = Desk(settings, LiveChannels(settings), self.town.clock)
        place.open_for(self.desk)

    @property
    def env(self) -> dict[str, str]:
        return read_dotenv(self.folder / ".env")

    def get(self, address: str, who: str = "lou") -> Any:
        return self._kept(self._browser(who).get(address))

    def post(self, address: str, who: str = "lou", **told: str) -> Any:
        return self._kept(self._browser(who).post(address, told, follow=True))

    def seen(self, address: str = X, who: str = "lou") -> str:
        return re.search(r'name="seen" value="([^"]+)"', self.get(address, who).content.decode())[1]

    def _kept(self, answer: Any) -> Any:
        self.answers.append(
            answer.content.decode() + str(answer.headers) + str(answer.redirect_chain if hasattr(answer, "redirect_chain") else "")
        )
        return answer


@pytest.fixture
def hall(town, browser, tmp_path: Path) -> Iterator[Hall]:
    town.clock.wall = datetime.now(UTC)
    platforms = [facebook.Facebook(town.clock.now), x.X(lambda: datetime.now(UTC))]
    with Simulator(platforms) as simulator:
        yield Hall(town, browser, tmp_path, simulator.url, simulator.platforms)


def test_from_the_card_to_the_account_to_the_file(hall: Hall, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    assert f'href="{X}">Connect again</a>' in hall.get("/canaux/").content.decode()
    form = hall.get(X).content.decode()
    assert form.count('type="password"') == 4
    assert text_of(form, "ol").startswith("On the developer portal of X")
    shown = text(hall.post(X, act="try", code=code(), **SECRETS))
    assert "Is this the right account?" in shown
    assert "Valmont Tilleuls" in shown
    assert "valmont_tilleuls (@valmont_tilleuls)" in shown
    assert f"https://pbs.twimg.com/profile_images/{x.ACCOUNT}/normal.png" in shown
    assert NOT_KEPT in shown
    assert hall.env == OLD
    assert not Audit.objects.filter(action="channel.connected").exists()
    (told,) = alerts(hall.post(X, act="keep", seen=hall.seen()))
    assert told.startswith("x is connected to @valmont_tilleuls; the service uses it within a second.")
    assert hall.env == {**OLD, **x.X.secrets}
    row = Audit.objects.get(action="channel.connected")
    assert (row.person.name, row.subject, row.detail) == ("lou", "x", {"account": "valmont_tilleuls", "name": "Valmont Tilleuls"})
    assert "Account connected" in text(hall.get("/journal/"))
    assert renewal.renew(hall.desk)
    assert alerts(hall.post("/canaux/agir/", act="verify", channel="x"))[0].startswith("x answers and takes us for its account")
    everywhere = "\n".join([*hall.answers, caplog.text, str(list(Audit.objects.values())), sessions()])
    assert not [word for word in WORDS if word in everywhere]


def sessions() -> str:
    return str([session.get_decoded() for session in Session.objects.all()])


def text_of(page: str, tag: str) -> str:
    found = re.search(rf"<{tag}[^>]*>(.*?)</{tag}>", page, re.DOTALL)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", found).split())


def test_a_page_of_the_person_is_found_and_only_its_token_is_kept(hall: Hall) -> None:
    hall.played["facebook"].switch(pages=3)
    assert "Ville de Valmont-les-Tilleuls" in text(hall.post(FACEBOOK, act="try", code=code(), **TYPED))
    hall.post(FACEBOOK, act="keep", seen=hall.seen(FACEBOOK))
    assert hall.env == {**OLD, **facebook.Facebook.secrets}
    assert not [word for word in WORDS if word in "\n".join(hall.answers)]


def test_when_the_access_ends_is_shown_before_and_kept_after(hall: Hall) -> None:
    end = hall.town.clock.now().replace(microsecond=0) + timedelta(days=10)
    hall.played["facebook"].switch(data_access_expires_at=int(end.timestamp()))
    shown = text(hall.post(FACEBOOK, act="try", code=code(), **TYPED))
    assert "Access ends" in shown
    assert "renew it before, or the channel will stop" in shown
    hall.post(FACEBOOK, act="keep", seen=hall.seen(FACEBOOK))
    assert ChannelState.objects.get(name="facebook").ends_at == end


@pytest.mark.parametrize(
    ("typed", "start"),
    [
        ({"api_key": ""}, "“API key” is empty"),
        ({"api_key": "a\nb"}, "“API key” has characters that no secret has"),
        ({"code": "000000"}, "This code is not the right one"),
        ({"access_token": "wrong"}, "127.0.0.1 no longer accepts our access"),
        ({"act": "nonsense"}, "Nothing was done: choose one of the buttons of the page."),
        ({"act": ""}, "Nothing was done"),
        ({"act": "keep"}, "What was found is kept for ten minutes only"),
        ({"act": "keep", "seen": "é"}, "What was found is kept for ten minutes only"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_nothing_typed_stands_again(hall: Hall, typed: Mapping[str, str], start: str) -> None:
    answer = hall.post(X, **{"act": "try", "code": code(), **SECRETS, **typed})
    (told,) = alerts(answer)
    assert told.startswith(start)
    assert 'type="password"' in answer.content.decode()
    assert not [word for word in WORDS if word in answer.content.decode()]
    assert hall.env == OLD
    assert pending.of(hall.desk, hall.town.who("lou").person, "x") is None


def test_without_the_code_of_this_moment_nobody_is_asked(hall: Hall) -> None:
    hall.post(X, act="try", code="000000", **SECRETS)
    assert hall.played["x"].requests == []


def test_what_was_typed_is_forgotten_in_ten_minutes_or_at_once(hall: Hall) -> None:
    hall.post(X, act="try", code=code(), **SECRETS)
    name = hall.seen()
    hall.town.clock.move(minutes=10)
    assert alerts(hall.post(X, act="keep", seen=name))[0].startswith("What was found is kept for ten minutes only")
    hall.town.clock.wall = datetime.now(UTC)
    hall.post(X, act="try", code=next_code(), **SECRETS)
    name = hall.seen()
    assert alerts(hall.post(X, act="forget")) == ["Nothing was kept."]
    assert alerts(hall.post(X, act="keep", seen=name))[0].startswith("What was found is kept for ten minutes only")
    assert hall.env == OLD


def test_what_was_shown_is_what_is_kept_and_by_whom_it_was_found(hall: Hall) -> None:
    hall.town.people["sam"] = type(hall.town.people["lou"]).objects.create(
        name="sam", role="administrator", created_at=hall.town.clock.now()
    )
    hall.post(X, act="try", code=code(), **SECRETS)
    first = hall.seen()
    hall.post(X, act="try", code=next_code(), **SECRETS)
    assert alerts(hall.post(X, act="keep", seen=first))[0].startswith("What was found is kept for ten minutes only")
    second = hall.seen()
    assert alerts(hall.post(X, who="sam", act="keep", seen=second))[0].startswith("What was found is kept for ten minutes only")
    assert alerts(hall.post(FACEBOOK, act="keep", seen=second))[0].startswith("What was found is kept for ten minutes only")
    assert hall.env == OLD
    hall.post(X, act="keep", seen=second)
    assert hall.env == {**OLD, **x.X.secrets}


def test_several_pages_and_none_in_config_are_named(hall: Hall) -> None:
    hall.open("")
    hall.played["facebook"].switch(pages=2)
    (told,) = alerts(hall.post(FACEBOOK, act="try", code=code(), **TYPED))
    assert told.startswith(
        f"These secrets open several accounts: Ville de Valmont-les-Tilleuls (account = “{facebook.PAGE}”), Association n° 1 ("
    )


def test_where_the_file_cannot_be_written_the_command_is_named_and_nothing_can_be_typed(hall: Hall) -> None:
    (hall.folder / ".env").unlink()
    (hall.folder / ".env").symlink_to(hall.folder / "none" / "secrets")
    for answer in (hall.get(X), hall.post(X, act="try", code=code(), **SECRETS)):
        assert "on its server, run “publisher connect x”." in text(answer)
        assert 'type="password"' not in answer.content.decode()
    assert hall.played["x"].requests == []


def test_a_secret_that_stands_elsewhere_is_changed_there(hall: Hall) -> None:
    (hall.folder / ".env").write_text("X_API_KEY_FILE=/run/secrets/key\n")
    answer = hall.get(X)
    assert "by X_API_KEY_FILE that this secret has a file of its own" in text(answer)
    assert 'type="password"' not in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "status", "told"), [("panneaux", 200, "there is nothing to connect"), ("none", 404, "There is no channel “none”")]
)
def test_there_is_nothing_to_connect(hall: Hall, name: str, status: int, told: str) -> None:
    for answer in (hall.get(f"/canaux/{name}/connecter/"), hall.post(f"/canaux/{name}/connecter/", act="try", code=code())):
        assert answer.status_code == status
        assert told in text(answer)
    assert f"/canaux/{name}/connecter/" not in hall.get("/canaux/").content.decode()


def test_a_folder_is_tried_and_nothing_is_kept(hall: Hall) -> None:
    assert alerts(hall.post("/canaux/website/connecter/", act="try", code=code())) == ["website answers, and has no secret to keep."]


@pytest.mark.parametrize("who", ["camille", "dominique", "eden"])
def test_only_administrators_connect(hall: Hall, who: str) -> None:
    assert "connecter" not in hall.get("/canaux/", who).content.decode()
    assert hall.get(X, who).status_code == 403
    assert hall.post(X, who, act="try", code=code(), **SECRETS).status_code == 403
    assert hall.played["x"].requests == []


def test_a_channel_without_its_secrets_is_connected_and_not_again(hall: Hall) -> None:
    (hall.folder / ".env").write_text("")
    hall.open(f'account = "{facebook.PAGE}"', "enabled = false")
    assert f'href="{X}">Connect</a>' in hall.get("/canaux/").content.decode()
    hall.post(X, act="try", code=code(), **SECRETS)
    hall.post(X, act="keep", seen=hall.seen())
    assert hall.env == x.X.secrets
