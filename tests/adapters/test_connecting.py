"""Connecting an account, over the wire, in front of the simulated platforms: what is typed becomes what is kept."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from publisher.adapters.base import Adapter, Connects, Offer
from publisher.adapters.by_hand import ByHand
from publisher.adapters.email import Config as MailConfig
from publisher.adapters.email import Email
from publisher.adapters.facebook import Config, Facebook
from publisher.adapters.static_site import Config as SiteConfig
from publisher.adapters.static_site import StaticSite
from publisher.adapters.x import X
from publisher.config import Secret
from publisher.errors import NotSent, OutcomeUnknown, SendError, Unauthorized
from publisher.testing import facebook as simulated
from publisher.testing.simulator import Simulator

from .stages import failure, now

EXCHANGE, LIST, INSPECTION = "POST .*/oauth/access_token$", "GET .*/me/accounts", "POST .*/debug_token$"
TYPED = {"user_token": Secret(simulated.SHORT_TOKEN), "app_secret": Secret(simulated.APP_SECRET)}


@pytest.fixture
def platform() -> simulated.Facebook:
    return simulated.Facebook(now)


@pytest.fixture
def facebook(platform: simulated.Facebook) -> Iterator[Facebook]:
    with Simulator([platform]) as simulator:
        yield Facebook(Config(adapter="facebook", api_base=simulator.url_of("facebook"), page_token=Secret("")))


def test_the_token_of_a_person_becomes_that_of_the_page_and_only_that_is_offered(facebook: Facebook) -> None:
    (offer,) = facebook.offers(TYPED)
    kept = {key: secret.reveal() for key, secret in offer.secrets.items()}
    assert kept == {"page_token": simulated.PAGE_TOKEN, "app_secret": simulated.APP_SECRET}
    picture = f"https://scontent.example/{simulated.PAGE}.jpg"
    assert offer == Offer(offer.secrets, simulated.PAGE, "Ville de Valmont-les-Tilleuls", picture)


def test_all_pages_of_the_person_are_offered_however_many_answers_list_them(facebook: Facebook, platform: simulated.Facebook) -> None:
    platform.switch(pages=230)
    found = facebook.offers(TYPED)
    assert [offer.account for offer in found] == [str(int(simulated.PAGE) + number) for number in range(230)]


@pytest.mark.parametrize(
    ("switches", "typed", "code", "start"),
    [
        ({"short": "expired"}, {}, "token-expired", "Facebook does not accept the token that was typed"),
        ({"short": "checkpoint"}, {}, "checkpoint", "Facebook does not accept the token that was typed"),
        ({}, {"user_token": Secret("nonsense")}, "token-refused", "Facebook does not accept the token that was typed"),
        ({}, {"app_secret": Secret("another")}, "app-secret", "This app secret is not that of the application"),
        ({}, {"user_token": Secret(simulated.PAGE_TOKEN)}, "token-refused", "Facebook does not accept the token that was typed"),
        ({"pages": 0}, {}, "no-page", "Facebook shows no page to this token"),
    ],
)
def test_what_facebook_does_not_take_is_said(
    facebook: Facebook, platform: simulated.Facebook, switches: dict[str, object], typed: dict[str, Secret], code: str, start: str
) -> None:
    platform.switch(**switches)
    error = failure(lambda: facebook.offers({**TYPED, **typed}))
    assert (type(error), error.code) == (Unauthorized, code)
    assert str(error).startswith(start)


def test_a_token_that_is_no_person_s_is_refused(facebook: Facebook, platform: simulated.Facebook) -> None:
    platform.faults.inject("html-200", on=INSPECTION, body='{"data": {"type": "APP", "scopes": []}}')
    assert failure(lambda: facebook.offers(TYPED)).code == "not-user-token"


@pytest.mark.parametrize("name", ["pages_show_list", "pages_read_engagement", "pages_manage_posts"])
def test_a_permission_that_lacks_is_named(facebook: Facebook, platform: simulated.Facebook, name: str) -> None:
    platform.switch(permissions=[each for each in platform.switches["permissions"] if each != name])
    error = failure(lambda: facebook.offers(TYPED))
    assert (error.code, error.params) == ("permissions-missing", {"names": name})


@pytest.mark.parametrize("tasks", [[], ["ADVERTISE", "ANALYZE"]])
def test_a_page_on_which_the_person_may_not_publish_says_so(facebook: Facebook, platform: simulated.Facebook, tasks: list[str]) -> None:
    platform.switch(tasks=tasks)
    (offer,) = facebook.offers(TYPED)
    assert offer.lacks
    assert offer.lacks.code == "task-missing"
    assert "“Ville de Valmont-les-Tilleuls”" in offer.lacks.message


@pytest.mark.parametrize("on", [EXCHANGE, LIST, INSPECTION])
@pytest.mark.parametrize("fault", ["html-200", "empty", "empty-object", "html-503", "reset"])
def test_an_answer_that_nobody_understands_offers_nothing(facebook: Facebook, platform: simulated.Facebook, on: str, fault: str) -> None:
    platform.faults.inject(fault, on=on)
    assert isinstance(failure(lambda: facebook.offers(TYPED)), OutcomeUnknown)


@pytest.mark.parametrize("body", ['{"data": {}}', '{"data": [1]}', '{"data": [{"name": "x"}]}', '{"data": [{"id": "../me"}]}'])
def test_a_list_of_something_else_offers_nothing(facebook: Facebook, platform: simulated.Facebook, body: str) -> None:
    platform.faults.inject("html-200", on=LIST, body=body)
    assert failure(lambda: facebook.offers(TYPED)).code == "unusable-answer"


def test_a_list_without_end_is_given_up(facebook: Facebook, platform: simulated.Facebook) -> None:
    page = {"data": [], "paging": {"next": "x", "cursors": {"after": "c0"}}}
    platform.faults.inject("html-200", on=LIST, body=json.dumps(page), times=1000)
    assert failure(lambda: facebook.offers(TYPED)).code == "unusable-answer"


def test_no_secret_travels_in_an_address_or_is_quoted_in_an_error(facebook: Facebook, platform: simulated.Facebook) -> None:
    facebook.offers(TYPED)
    told = " ".join(str(request["path"]) + str(request["query"]) for request in platform.requests)
    assert not [name for name in ("token=", "client_secret", "simulated-") if name in told]
    assert "appsecret_proof" in told
    error = failure(lambda: facebook.offers({**TYPED, "user_token": Secret("tout-autre-jeton")}))
    assert isinstance(error, SendError)
    assert "tout-autre-jeton" not in str(error) + error.evidence.body


def test_a_folder_that_can_be_written_is_offered_and_another_is_not(tmp_path: Path) -> None:
    def site(directory: Path) -> StaticSite:
        return StaticSite(SiteConfig(adapter="static-site", directory=directory))

    assert site(tmp_path / "site" / "presse").offers({}) == [Offer({}, "", str(tmp_path / "site" / "presse"))]
    (tmp_path / "file").write_text("")
    error = failure(lambda: site(tmp_path / "file" / "presse").offers({}))
    assert (type(error), error.code) == (NotSent, "press-room-unwritable")
    assert not (tmp_path / "site").exists()


def test_every_guide_names_what_the_settings_hold() -> None:
    for kind in (Facebook, X):
        keeps = adapter(kind).guide().keeps
        assert set(keeps) <= set(kind.settings_class.__dataclass_fields__)
    for auth, keeps in {"password": ("user", "password"), "xoauth2": ("user", "token"), "none": ()}.items():
        mail = Email(MailConfig(adapter="email", account="presse@valmont.example", host="localhost", auth=auth))
        assert mail.guide().keeps == mail.config.needs() == keeps
        assert [asked.key for asked in mail.guide().asks] == list(keeps)


def test_a_person_who_publishes_by_hand_connects_nothing() -> None:
    assert not isinstance(ByHand, Connects)


def adapter(kind: type[Adapter]) -> Connects:
    made = kind.__new__(kind)
    assert isinstance(made, Connects)
    return made
