"""The simulated Facebook answers as the contract of the Graph API says, and shows its readers only what is published."""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from publisher.testing.facebook import APP, APP_SECRET, PAGE, PAGE_TOKEN, USER, USER_TOKEN, Facebook
from publisher.testing.simulator import Simulator

from .conftest import Clock

Call = Callable[..., requests.Response]
FEED = f"/v26.0/{PAGE}/feed"
PUBLISHED = f"/v26.0/{PAGE}/published_posts"


@pytest.fixture
def facebook(clock: Clock, tmp_path: Path) -> Facebook:
    return Facebook(clock, tmp_path / "facebook.jsonl")


@pytest.fixture
def address(facebook: Facebook) -> Iterator[str]:
    with Simulator([facebook]) as simulator:
        yield simulator.url_of("facebook")


@pytest.fixture
def call(address: str) -> Call:
    def made(method: str, path: str, token: str = PAGE_TOKEN, **options: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return requests.request(method, address + path, **{"headers": headers, "timeout": 5, **options})

    return made


def create(call: Call, message: str, **more: object) -> str:
    answer = call("POST", FEED, data={"message": message, "published": "false", **more})
    assert answer.status_code == 200, answer.text
    return answer.json()["id"]


def publish(call: Call, number: str) -> requests.Response:
    return call("POST", f"/v26.0/{number}", data={"is_published": "true"})


def refused(answer: requests.Response) -> tuple[int, int | None]:
    """The code and the subcode of a refusal, which has Graph's shape."""
    error = answer.json()["error"]
    assert {"message", "type", "code", "fbtrace_id"} <= error.keys()
    return error["code"], error.get("error_subcode")


def test_hidden_post_is_seen_by_nobody_until_it_is_published(call: Call, facebook: Facebook, address: str) -> None:
    number = create(call, "La fête est samedi.", link="https://www.valmont.example/fete/")
    assert facebook.timeline() == []
    assert "samedi" not in requests.get(f"{address}/", timeout=5).text
    assert call("GET", PUBLISHED).json() == {"data": []}
    assert publish(call, number).json() == {"success": True}
    page = requests.get(f"{address}/", timeout=5).text
    assert "Ville de Valmont-les-Tilleuls" in page
    assert "@Ville" not in page
    assert '<p class="card"><a href="https://www.valmont.example/fete/"' in page
    assert "samedi" in requests.get(f"{address}/{number.replace('_', '/posts/')}", timeout=5).text


def test_publishing_twice_is_success_and_one_publication(call: Call, facebook: Facebook) -> None:
    number = create(call, "Une fois.")
    assert [publish(call, number).json() for _ in range(2)] == [{"success": True}] * 2
    assert (len(facebook.entries("published")), len(facebook.accepted), len(facebook.timeline())) == (1, 1, 1)


def test_post_may_be_published_at_once(call: Call, facebook: Facebook) -> None:
    assert call("POST", FEED, data={"message": "Tout de suite."}).status_code == 200
    assert [shown.text for shown in facebook.timeline()] == ["Tout de suite."]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({}, (100, None)),
        ({"message": " \n"}, (100, None)),
        ({"message": "a" * 63_207}, (100, None)),
        ({"message": "a", "published": "peut-être"}, (100, None)),
        ({"message": "a", "link": "valmont"}, (100, 1500)),
        ({"message": "a", "scheduled_publish_time": "1"}, (100, None)),
        ({"message": "a", "attached_media[0]": "{}"}, (100, None)),
    ],
)
def test_creation_that_cannot_be_is_refused(call: Call, facebook: Facebook, data: dict[str, str], code: tuple[int, int | None]) -> None:
    assert (refused(call("POST", FEED, data=data)), facebook.accepted) == (code, [])


def test_post_is_read_with_the_fields_asked_for(call: Call, clock: Clock) -> None:
    number = create(call, "Un.", link="https://www.valmont.example/")
    asked = "message,created_time,updated_time,permalink_url,is_published,link"
    at = clock.now.strftime("%Y-%m-%dT%H:%M:%S+0000")
    assert call("GET", f"/v26.0/{number}", params={"fields": asked}).json() == {
        "message": "Un.",
        "created_time": at,
        "updated_time": at,
        "permalink_url": f"https://www.facebook.com/{number.replace('_', '/posts/')}",
        "is_published": False,
        "link": "https://www.valmont.example/",
        "id": number,
    }
    assert call("GET", f"/v26.0/{number}").json().keys() == {"id", "message", "created_time"}
    assert refused(call("GET", f"/v26.0/{number}", params={"fields": "page_story_id"})) == (100, None)


def test_edited_post_shows_its_new_text_at_the_same_address(call: Call, facebook: Facebook) -> None:
    number = create(call, "Dimanche.")
    publish(call, number)
    assert call("POST", f"/v26.0/{number}", data={"message": "Samedi."}).json() == {"success": True}
    assert [(shown.id, shown.text) for shown in facebook.timeline()] == [(number, "Samedi.")]


def test_deleted_post_is_gone_for_everybody(call: Call, facebook: Facebook) -> None:
    number = create(call, "Un.")
    publish(call, number)
    assert call("DELETE", f"/v26.0/{number}").json() == {"success": True}
    answers = [
        call("DELETE", f"/v26.0/{number}"),
        call("GET", f"/v26.0/{number}"),
        publish(call, number),
        call("POST", f"/v26.0/{number}", data={"message": "Autre."}),
    ]
    assert [refused(answer) for answer in answers] == [(100, 33)] * 4
    assert [shown.deleted for shown in facebook.timeline()] == [True]


def test_post_of_another_hand_may_be_neither_changed_nor_deleted(call: Call, facebook: Facebook, clock: Clock) -> None:
    number = facebook.seed("À la main.", clock.now)
    assert refused(call("POST", f"/v26.0/{number}", data={"message": "Autre."})) == (200, None)
    assert refused(call("DELETE", f"/v26.0/{number}")) == (200, None)
    assert [shown.text for shown in facebook.timeline()] == ["À la main."]
    facebook.remove(number)
    assert [shown.deleted for shown in facebook.timeline()] == [True]


def test_lists_are_newest_first_in_pages(call: Call) -> None:
    numbers = [create(call, f"Message {n}.") for n in range(5)]
    for number in numbers[:4]:
        publish(call, number)
    first = call("GET", PUBLISHED, params={"limit": 3}).json()
    second = call("GET", PUBLISHED, params={"limit": 3, "after": first["paging"]["cursors"]["after"]}).json()
    assert [post["id"] for page in (first, second) for post in page["data"]] == numbers[3::-1]
    assert ("next" in first["paging"], "next" in second["paging"]) == (True, False)
    hidden = call("GET", f"/v26.0/{PAGE}/promotable_posts", params={"is_published": "false"}).json()
    assert [post["id"] for post in hidden["data"]] == numbers[4:]
    assert call("GET", f"/v26.0/{PAGE}/scheduled_posts").json() == {"data": []}
    assert call("GET", FEED).json()["data"] == call("GET", PUBLISHED).json()["data"]


@pytest.mark.parametrize("params", [{"limit": "0"}, {"limit": "101"}, {"limit": "x"}, {"after": "zzz"}, {"fields": "tout"}])
def test_list_refuses_what_it_does_not_know(call: Call, params: dict[str, str]) -> None:
    assert refused(call("GET", PUBLISHED, params=params)) == (100, None)


def test_read_back_lags(call: Call, facebook: Facebook, clock: Clock) -> None:
    number = create(call, "Un.")
    facebook.switch(lag=5)
    assert refused(call("GET", f"/v26.0/{number}")) == (100, 33)
    clock.pass_by(seconds=5)
    publish(call, number)
    assert call("GET", f"/v26.0/{number}", params={"fields": "is_published"}).json()["is_published"] is False
    assert call("GET", PUBLISHED).json() == {"data": []}
    clock.pass_by(seconds=5)
    assert call("GET", f"/v26.0/{number}", params={"fields": "is_published"}).json()["is_published"] is True


# --- refusals of the text


def test_last_post_may_not_be_said_again(call: Call, facebook: Facebook, clock: Clock) -> None:
    publish(call, create(call, "Une fois."))
    again = create(call, "Une fois.")
    clock.pass_by(minutes=1)
    assert refused(publish(call, again)) == (506, None)
    assert refused(call("POST", FEED, data={"message": "Une fois."})) == (506, None)
    publish(call, create(call, "Autre chose."))
    clock.pass_by(minutes=1)
    assert publish(call, again).json() == {"success": True}
    assert refused(call("POST", FEED, data={"message": "Une fois."})) == (506, None)
    assert [shown.text for shown in facebook.timeline()] == ["Une fois.", "Autre chose.", "Une fois."]


def test_other_link_makes_another_post(call: Call) -> None:
    publish(call, create(call, "Une fois."))
    assert publish(call, create(call, "Une fois.", link="https://www.valmont.example/")).json() == {"success": True}


def test_hidden_posts_may_count_as_said_or_nothing_at_all(call: Call, facebook: Facebook) -> None:
    number = create(call, "Une fois.")
    facebook.switch(duplicates="all")
    assert refused(call("POST", FEED, data={"message": "Une fois.", "published": "false"})) == (506, None)
    assert publish(call, number).json() == {"success": True}
    facebook.switch(duplicates="off")
    assert publish(call, create(call, "Une fois.")).json() == {"success": True}


def test_abuse_and_unreadable_links(call: Call, facebook: Facebook) -> None:
    facebook.switch(scraped=False)
    assert refused(call("POST", FEED, data={"message": "a", "link": "https://www.valmont.example/"})) == (1609005, None)
    facebook.switch(blocked=True)
    assert refused(call("POST", FEED, data={"message": "a"})) == (368, 1390008)


# --- access


@pytest.mark.parametrize(
    ("access", "subcode"),
    [("expired", 463), ("password-changed", 460), ("app-removed", 458), ("checkpoint", 459), ("unconfirmed", 464), ("invalid", 467)],
)
def test_token_is_lost_in_many_ways(call: Call, facebook: Facebook, access: str, subcode: int) -> None:
    facebook.switch(access=access)
    assert refused(call("POST", FEED, data={"message": "a"})) == (190, subcode)
    assert refused(call("GET", "/v26.0/me")) == (190, subcode)


def test_what_is_no_token_is_quoted(call: Call) -> None:
    answer = call("GET", "/v26.0/me", token="autre")
    assert (refused(answer), answer.json()["error"]["message"]) == ((190, None), "Malformed access token autre")


def test_token_may_stand_in_the_form_too(call: Call) -> None:
    answer = call("POST", FEED, headers={}, data={"message": "a", "access_token": PAGE_TOKEN})
    assert answer.status_code == 200


def test_posting_needs_its_permission_and_the_page_s_own_token(call: Call, facebook: Facebook) -> None:
    assert refused(call("POST", FEED, token=USER_TOKEN, data={"message": "a"})) == (200, None)
    facebook.switch(permissions=["pages_show_list"])
    assert refused(call("POST", FEED, data={"message": "a"})) == (200, None)
    assert refused(call("GET", PUBLISHED)) == (10, None)


def test_proof_is_checked_when_given_and_asked_for_when_wanted(call: Call, facebook: Facebook) -> None:
    right = hmac.new(APP_SECRET.encode(), PAGE_TOKEN.encode(), hashlib.sha256).hexdigest()
    assert call("GET", "/v26.0/me", params={"appsecret_proof": right}).status_code == 200
    assert refused(call("GET", "/v26.0/me", params={"appsecret_proof": "faux"})) == (100, None)
    facebook.switch(proof=True)
    assert refused(call("GET", "/v26.0/me")) == (100, None)
    assert call("GET", "/v26.0/me", params={"appsecret_proof": right}).status_code == 200


def test_throttling_tells_how_long_if_it_is_asked_to(call: Call, facebook: Facebook) -> None:
    facebook.switch(throttled=12)
    answer = call("POST", FEED, data={"message": "a"})
    assert (refused(answer), facebook.accepted) == ((80001, None), [])
    assert '"estimated_time_to_regain_access": 12' in answer.headers["X-Business-Use-Case-Usage"]
    facebook.switch(throttled=None)
    assert call("POST", FEED, data={"message": "a"}).status_code == 200


def test_page_and_person_are_told(call: Call) -> None:
    page = {"id": PAGE, "name": "Ville de Valmont-les-Tilleuls"}
    assert call("GET", "/v26.0/me").json() == page
    assert call("GET", f"/v26.0/{PAGE}", params={"fields": "id,name"}).json() == page
    assert call("GET", "/v26.0/me", token=USER_TOKEN).json()["id"] == USER
    assert call("GET", f"/v26.0/{PAGE}", token=USER_TOKEN, params={"fields": "access_token"}).json()["access_token"] == PAGE_TOKEN
    (account,) = call("GET", "/v26.0/me/accounts", token=USER_TOKEN).json()["data"]
    assert (account["id"], account["access_token"], account["tasks"]) == (PAGE, PAGE_TOKEN, ["CREATE_CONTENT", "MODERATE"])
    assert refused(call("GET", f"/v26.0/{PAGE}", params={"fields": "tasks"})) == (100, None)
    assert refused(call("GET", "/v26.0/me/accounts")) == (100, None)


def test_token_is_inspected_by_the_application_or_by_itself(call: Call, facebook: Facebook) -> None:
    facebook.switch(expires_at=2_000_000_000)
    given = {"input_token": PAGE_TOKEN}
    by_app = call("GET", "/v26.0/debug_token", token=f"{APP}|{APP_SECRET}", params=given).json()["data"]
    assert (by_app["type"], by_app["profile_id"], by_app["expires_at"], by_app["is_valid"]) == ("PAGE", PAGE, 2_000_000_000, True)
    assert by_app["granular_scopes"][0] == {"scope": "pages_show_list", "target_ids": [PAGE]}
    hidden = call("POST", "/v26.0/debug_token", token=f"{APP}|{APP_SECRET}", data={**given, "method": "get"})
    assert hidden.json()["data"] == by_app
    assert call("GET", "/v26.0/debug_token", params=given).json()["data"] == by_app
    assert refused(call("GET", "/v26.0/debug_token", token=USER_TOKEN, params=given)) == (100, None)
    assert call("GET", "/v26.0/app").json()["id"] == APP


@pytest.mark.parametrize(
    ("path", "served"),
    [("/v26.0/me", "v26.0"), ("/v23.0/me", "v23.0"), ("/v20.0/me", "v21.0"), ("/me", "v21.0")],
)
def test_version_that_is_over_is_served_by_the_oldest_alive(call: Call, path: str, served: str) -> None:
    answer = call("GET", path)
    assert (answer.status_code, answer.headers["facebook-api-version"]) == (200, served)


@pytest.mark.parametrize(("method", "path"), [("GET", "/v99.0/me"), ("PUT", "/v26.0/1_2"), ("POST", "/v26.0/me"), ("GET", "/v26.0/5")])
def test_what_is_not_there_is_not_found(call: Call, method: str, path: str) -> None:
    assert refused(call(method, path)) == (100, 33)


def test_application_that_is_not_live_shows_nothing_to_readers(call: Call, facebook: Facebook, clock: Clock) -> None:
    publish(call, create(call, "Un."))
    facebook.seed("À la main.", clock.now)
    facebook.switch(mode="development")
    assert [shown.text for shown in facebook.timeline()] == ["À la main."]


def test_date_header_follows_the_skew(call: Call, facebook: Facebook, clock: Clock) -> None:
    facebook.switch(skew=-90)
    told = call("GET", "/v26.0/me").headers["Date"]
    assert told == (clock.now - timedelta(seconds=90)).strftime("%a, %d %b %Y %H:%M:%S GMT")


def test_secrets_are_not_written_down(call: Call, facebook: Facebook, tmp_path: Path) -> None:
    call("POST", "/v26.0/debug_token", data={"method": "get", "input_token": PAGE_TOKEN})
    call("GET", "/v26.0/me", params={"access_token": PAGE_TOKEN})
    assert [(entry["query"], entry["body"]) for entry in facebook.requests] == [("", "method=get&input_token=…"), ("access_token=…", "")]
    assert "simulated-" not in (tmp_path / "facebook.jsonl").read_text("utf-8")


def test_reopened_platform_remembers_everything(call: Call, facebook: Facebook, clock: Clock, tmp_path: Path) -> None:
    facebook.switch(duplicates="off", name="Valmont")
    first, second, third = (create(call, text) for text in ("Un.", "Deux.", "Trois."))
    publish(call, first)
    publish(call, second)
    call("POST", f"/v26.0/{first}", data={"message": "Premier."})
    call("DELETE", f"/v26.0/{second}")
    again = Facebook(clock, tmp_path / "facebook.jsonl")
    assert again.timeline() == facebook.timeline()
    assert [(shown.text, shown.deleted) for shown in again.timeline()] == [("Premier.", False), ("Deux.", True)]
    assert (again.switches, len(again.accepted)) == (facebook.switches, 3)
    with Simulator([again]) as simulator:
        headers = {"Authorization": f"Bearer {PAGE_TOKEN}"}
        answer = requests.get(f"{simulator.url_of('facebook')}/v26.0/{third}", headers=headers, timeout=5)
    assert answer.json()["message"] == "Trois."


@pytest.mark.parametrize(
    ("fault", "status", "taken_in"),
    [
        ("commit-then-unknown", 400, 1),
        ("commit-then-service", 500, 1),
        ("commit-then-503", 503, 1),
        ("unknown", 500, 0),
        ("service", 503, 0),
        ("unknown-400", 400, 0),
        ("html-502", 502, 0),
        ("empty", 200, 1),
        ("throttled-minutes", 400, 0),
        ("token-expired", 401, 0),
        ("permission-revoked", 403, 0),
        ("duplicate", 400, 0),
        ("abusive", 400, 0),
    ],
)
def test_named_fault_answers_once_and_the_platform_acts_or_not(
    call: Call, facebook: Facebook, fault: str, status: int, taken_in: int
) -> None:
    facebook.faults.inject(fault)
    answer = call("POST", FEED, data={"message": "a", "published": "false"})
    assert (answer.status_code, len(facebook.accepted)) == (status, taken_in)
    assert call("GET", "/v26.0/me").status_code == 200
