import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from publisher.testing.simulator import Simulator
from publisher.testing.x import ACCOUNT, X

from .conftest import Clock, signature

Call = Callable[..., requests.Response]
TIMELINE = f"/2/users/{ACCOUNT}/tweets"
DUPLICATE = {
    "title": "Forbidden",
    "detail": "You are not allowed to create a Tweet with duplicate content.",
    "type": "about:blank",
    "status": 403,
}


def create(call: Call, text: str, after: str | None = None) -> str:
    reply = {"reply": {"in_reply_to_tweet_id": after}} if after else {}
    answer = call("POST", "/2/tweets", json={"text": text, **reply})
    assert answer.status_code == 201, answer.text
    return answer.json()["data"]["id"]


def test_created_post_is_kept_and_answered_with_its_id(call: Call, x: X) -> None:
    answer = call("POST", "/2/tweets", json={"text": "L’été à Valmont : c’est parti !"})
    number = answer.json()["data"]["id"]
    assert answer.status_code == 201
    assert answer.json() == {"data": {"id": number, "text": "L’été à Valmont : c’est parti !", "edit_history_tweet_ids": [number]}}
    assert [(entry["id"], entry["text"], entry["reply_to"]) for entry in x.accepted] == [(number, "L’été à Valmont : c’est parti !", None)]


def test_ids_tell_the_time_and_grow(call: Call, clock: Clock) -> None:
    first, second = create(call, "Un."), create(call, "Deux.")
    assert int(second) > int(first)
    assert datetime.fromtimestamp(((int(first) >> 22) + 1288834974657) / 1000, UTC) == clock.now


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{", "Invalid JSON in the request body"),
        (b"[]", "The request body must be a JSON object"),
        (b'{"text": 3}', "The `text` body parameter value [3] is not valid"),
        (b'{"text": "a", "texte": "b"}', "The body parameter [texte] is not one of"),
        (b'{"text": "a", "reply": {}}', "The `reply` body parameter value [{}] is not valid"),
        (b'{"text": "a", "reply": {"in_reply_to_tweet_id": 5}}', "The `reply` body parameter value"),
        (b'{"text": "a", "reply": {"in_reply_to_tweet_id": "5", "autre": 1}}', "The `reply` body parameter value"),
        (b'{"text": "a", "reply_settings": "nobody"}', "The `reply_settings` body parameter value"),
        (b'{"text": "a", "made_with_ai": "no"}', "The `made_with_ai` body parameter value"),
        (b'{"text": "  "}', "The request must include a non-empty `text`"),
        (b'{"text": "a", "media": {"media_ids": ["7"]}}', "Your media IDs are invalid."),
    ],
)
def test_what_does_not_follow_the_schema_is_refused_in_shape_b(call: Call, x: X, body: bytes, message: str) -> None:
    answer = call("POST", "/2/tweets", data=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["type"] == "https://api.twitter.com/2/problems/invalid-request"
    assert answer.json()["errors"][0]["message"].startswith(message)
    assert x.accepted == []


@pytest.mark.parametrize(
    ("body", "status", "start"),
    [
        ({"text": "a" * 281}, 400, "Your Tweet text is too long."),
        ({"text": "é" * 280}, 201, ""),
        ({"text": "$ABC et $DEF"}, 403, "A post may hold at most one cashtag."),
        ({"text": "$ABC à 5 $"}, 201, ""),
        ({"text": "a", "quote_tweet_id": "5"}, 403, "You can only reply to or quote"),
        ({"text": "a", "edit_options": {"previous_post_id": "5"}}, 403, "You are not permitted"),
        ({"text": "a", "reply": {"in_reply_to_tweet_id": "5"}}, 403, "You attempted to reply to a Tweet that is deleted"),
    ],
)
def test_rules_of_the_text_and_the_account(call: Call, x: X, body: dict[str, object], status: int, start: str) -> None:
    answer = call("POST", "/2/tweets", json=body)
    assert answer.status_code == status
    assert answer.json().get("detail", "").startswith(start)
    assert len(x.accepted) == (status == 201)


def test_too_long_may_also_be_a_403(call: Call, x: X) -> None:
    x.switch(too_long=403)
    assert call("POST", "/2/tweets", json={"text": "a" * 281}).status_code == 403


def test_same_text_twice_is_a_duplicate_even_once_deleted(call: Call, x: X, clock: Clock) -> None:
    number = create(call, "Une fois.")
    assert call("POST", "/2/tweets", json={"text": "Une fois."}).json() == DUPLICATE
    call("DELETE", f"/2/tweets/{number}")
    assert call("POST", "/2/tweets", json={"text": "Une fois."}).status_code == 403
    clock.pass_by(hours=13)
    create(call, "Une fois.")
    assert len(x.accepted) == 2


def test_reply_to_own_post_makes_a_thread_and_to_a_deleted_one_is_refused(call: Call) -> None:
    first = create(call, "Un.")
    second = create(call, "Deux.", after=first)
    assert call("DELETE", f"/2/tweets/{second}").json() == {"data": {"deleted": True}}
    answer = call("POST", "/2/tweets", json={"text": "Trois.", "reply": {"in_reply_to_tweet_id": second}})
    assert (answer.status_code, answer.json()["title"]) == (403, "Forbidden")


def test_reply_to_others_needs_their_mention(call: Call, x: X, clock: Clock) -> None:
    silent = x.seed("Bonjour.", clock.now, author="77")
    calling = x.seed("Bonjour @valmont_tilleuls !", clock.now, author="77")
    refused = call("POST", "/2/tweets", json={"text": "Merci.", "reply": {"in_reply_to_tweet_id": silent}})
    assert refused.json()["detail"].startswith("Reply to this conversation is not allowed because you have not been mentioned")
    create(call, "Merci.", after=calling)


def test_reply_policy_may_refuse_own_threads(call: Call, x: X) -> None:
    first = create(call, "Un.")
    x.switch(replies="refused")
    answer = call("POST", "/2/tweets", json={"text": "Deux.", "reply": {"in_reply_to_tweet_id": first}})
    assert answer.json()["detail"] == "You can only reply to or quote posts where you are mentioned or are the author."


def test_credits_run_out(call: Call, x: X) -> None:
    x.switch(credits=1)
    create(call, "Un.")
    answer = call("POST", "/2/tweets", json={"text": "Deux."})
    assert (answer.status_code, answer.json()["title"]) == (402, "CreditsDepleted")


def test_every_answer_tells_the_quota_and_the_last_is_429(call: Call, x: X, clock: Clock) -> None:
    x.switch(limits={"POST /2/tweets": 2})
    answers = [call("POST", "/2/tweets", json={"text": text}) for text in ("Un.", "Deux.", "Trois.")]
    reset = str((int(clock.now.timestamp()) // 900 + 1) * 900)
    assert [(answer.status_code, answer.headers["x-rate-limit-remaining"]) for answer in answers] == [(201, "1"), (201, "0"), (429, "0")]
    assert {answer.headers["x-rate-limit-reset"] for answer in answers} == {reset}
    assert answers[2].json() == {"title": "Too Many Requests", "detail": "Too Many Requests", "type": "about:blank", "status": 429}
    clock.pass_by(minutes=15)
    create(call, "Trois.")


def test_daily_quota_has_its_own_headers(call: Call, x: X, clock: Clock) -> None:
    x.switch(daily=1)
    create(call, "Un.")
    answer = call("POST", "/2/tweets", json={"text": "Deux."})
    told = {name: value for name, value in answer.headers.items() if name.startswith("x-app-limit-24hour")}
    assert answer.status_code == 429
    assert answer.headers["x-rate-limit-remaining"] == "98"
    assert told == {
        "x-app-limit-24hour-limit": "1",
        "x-app-limit-24hour-remaining": "0",
        "x-app-limit-24hour-reset": str((int(clock.now.timestamp()) // 86400 + 1) * 86400),
    }


def test_only_a_true_signature_is_accepted(call: Call, x: X, clock: Clock) -> None:
    early = str(int(clock.now.timestamp()) - 400)
    wrong = [
        signature(clock, client_key="autre"),
        signature(clock, client_secret="autre"),
        signature(clock, resource_owner_key="autre"),
        signature(clock, resource_owner_secret="autre"),
        signature(clock, timestamp=early),
        signature(clock, signature_method="PLAINTEXT"),
        None,
    ]
    answers = [call("POST", "/2/tweets", auth=auth, json={"text": "Faux."}) for auth in wrong]
    expected = {"title": "Unauthorized", "detail": "Unauthorized", "type": "about:blank", "status": 401}
    assert [answer.json() for answer in answers] == [expected] * len(wrong)
    assert x.accepted == []


def test_signature_covers_address_and_parameters(call: Call, base: str, clock: Clock) -> None:
    signed = requests.Request("GET", f"{base}/2/users/me", auth=signature(clock)).prepare()
    headers = {"Authorization": signed.headers["Authorization"]}
    assert requests.get(f"{base}/2/users/me", headers=headers, timeout=5).status_code == 200
    assert requests.get(f"{base}/2/users/me?expansions=x", headers=headers, timeout=5).status_code == 401
    assert requests.get(f"{base}{TIMELINE}", headers=headers, timeout=5).status_code == 401
    assert requests.post(f"{base}/2/users/me", headers=headers, timeout=5).status_code == 404
    assert call("GET", TIMELINE, params={"tweet.fields": "created_at,entities", "start_time": "2026-01-01T00:00:00Z"}).status_code == 200


def test_expired_and_read_only_tokens(call: Call, x: X) -> None:
    x.switch(access="read-only")
    refused = call("POST", "/2/tweets", json={"text": "Un."})
    assert (refused.status_code, refused.json()["type"]) == (403, "https://api.twitter.com/2/problems/oauth1-permissions")
    me = call("GET", "/2/users/me")
    assert (me.status_code, me.headers["x-access-level"]) == (200, "read")
    x.switch(access="valid")
    assert call("GET", "/2/users/me").headers["x-access-level"] == "read-write"
    x.switch(access="expired")
    assert call("GET", "/2/users/me").status_code == 401


def test_account_is_told(call: Call) -> None:
    assert call("GET", "/2/users/me").json() == {"data": {"id": ACCOUNT, "name": "Valmont Tilleuls", "username": "valmont_tilleuls"}}


def test_read_back_rewrites_links_and_escapes(call: Call, clock: Clock) -> None:
    text = "Lire <ici> & là : https://www.example.org/a?b=1&c=2, ou mairie.fr."
    number = create(call, text)
    answer = call("GET", TIMELINE, params={"tweet.fields": "created_at,entities"}).json()
    (post,) = answer["data"]
    urls = post["entities"]["urls"]
    assert re.fullmatch(r"Lire &lt;ici&gt; &amp; là : https://t\.co/\w{10}, ou https://t\.co/\w{10}\.", post["text"])
    assert [url["expanded_url"] for url in urls] == ["https://www.example.org/a?b=1&c=2", "http://mairie.fr"]
    assert [post["text"].count(url["url"]) for url in urls] == [1, 1]
    assert post["created_at"] == clock.now.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    assert answer["meta"] == {"result_count": 1, "newest_id": number, "oldest_id": number}


def test_timeline_is_newest_first_in_pages_and_filtered(call: Call, x: X, clock: Clock) -> None:
    numbers = [create(call, f"Message {n}.") for n in range(7)]
    clock.pass_by(minutes=1)
    reply = create(call, "Suite.", after=numbers[0])
    first = call("GET", TIMELINE, params={"max_results": 5}).json()
    second = call("GET", TIMELINE, params={"max_results": 5, "pagination_token": first["meta"]["next_token"]}).json()
    listed = [post["id"] for page in (first, second) for post in page["data"]]
    assert listed == [reply, *reversed(numbers)]
    assert "next_token" not in second["meta"]

    def ids(**params: object) -> list[str]:
        return [post["id"] for post in call("GET", TIMELINE, params={"max_results": 100, **params}).json().get("data", [])]

    start = clock.now.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert ids(start_time=start) == [reply]
    assert ids(end_time=start) == numbers[::-1]
    assert ids(since_id=numbers[5]) == [reply, numbers[6]]
    assert ids(until_id=numbers[1]) == [numbers[0]]
    assert ids(exclude="replies") == numbers[::-1]
    assert call("GET", "/2/users/5/tweets").json() == {"meta": {"result_count": 0}}


@pytest.mark.parametrize(
    "params",
    [
        {"max_results": "4"},
        {"max_results": "101"},
        {"max_results": "x"},
        {"inconnu": "1"},
        {"exclude": "tout"},
        {"since_id": "x"},
        {"start_time": "2026-01-01"},
        {"pagination_token": "zzz"},
        {"tweet.fields": "tout"},
    ],
)
def test_unknown_parameters_of_a_read_are_refused(call: Call, params: dict[str, str]) -> None:
    assert call("GET", TIMELINE, params=params).status_code == 400


def test_thread_parts_name_their_parent_and_conversation(call: Call) -> None:
    first = create(call, "Un.")
    second = create(call, "Deux.", after=first)
    third = create(call, "Trois.", after=second)
    fields = {"tweet.fields": "conversation_id,referenced_tweets,in_reply_to_user_id"}
    assert call("GET", f"/2/tweets/{third}", params=fields).json() == {
        "data": {
            "id": third,
            "text": "Trois.",
            "edit_history_tweet_ids": [third],
            "conversation_id": first,
            "referenced_tweets": [{"type": "replied_to", "id": second}],
            "in_reply_to_user_id": ACCOUNT,
        }
    }


def test_missing_posts_are_errors_beside_what_was_found(call: Call) -> None:
    first = create(call, "Un.")
    answer = call("GET", "/2/tweets", params={"ids": f"{first},5"}).json()
    assert [post["id"] for post in answer["data"]] == [first]
    assert [error["detail"] for error in answer["errors"]] == ["Could not find tweet with id: [5]."]
    assert call("GET", "/2/tweets/5").json().keys() == {"errors"}
    assert call("GET", "/2/tweets", params={"ids": "x"}).status_code == 400


def test_deletion_of_what_is_gone_or_not_ours(call: Call, x: X, clock: Clock) -> None:
    other = x.seed("Bonjour.", clock.now, author="77")
    first = create(call, "Un.")
    assert call("DELETE", f"/2/tweets/{first}").json() == {"data": {"deleted": True}}
    assert call("DELETE", f"/2/tweets/{first}").status_code == 404
    assert call("DELETE", f"/2/tweets/{other}").status_code == 403
    assert call("DELETE", "/2/tweets/5").status_code == 404


def test_read_back_lags(call: Call, x: X, clock: Clock) -> None:
    x.switch(lag=5)
    create(call, "Un.")
    clock.pass_by(seconds=4)
    assert call("GET", TIMELINE).json() == {"meta": {"result_count": 0}}
    clock.pass_by(seconds=1)
    assert call("GET", TIMELINE).json()["meta"]["result_count"] == 1


def test_date_header_follows_the_skew(call: Call, x: X, clock: Clock) -> None:
    x.switch(skew=-90)
    told = call("GET", "/2/users/me").headers["Date"]
    assert told == (clock.now - timedelta(seconds=90)).strftime("%a, %d %b %Y %H:%M:%S GMT")


def test_unknown_endpoint_is_not_found(call: Call) -> None:
    assert call("POST", "/2/users/me").status_code == 404
    assert call("PUT", "/1.1/statuses").status_code == 404


def test_reopened_platform_remembers_everything(call: Call, x: X, clock: Clock, tmp_path: Path) -> None:
    x.switch(limits={"POST /2/tweets": 3}, credits=5)
    first = create(call, "Un.")
    second = create(call, "Deux.", after=first)
    call("DELETE", f"/2/tweets/{second}")
    again = X(clock, tmp_path / "x.jsonl")
    assert again.timeline() == x.timeline()
    assert again.switches == x.switches
    assert again.switches["credits"] == 3
    assert len(again.requests) == 3
    with Simulator([again]) as simulator:
        url = simulator.url_of("x") + "/2/tweets"
        assert requests.post(url, auth=signature(clock), json={"text": "Deux."}, timeout=5).json() == DUPLICATE
        assert requests.post(url, auth=signature(clock), json={"text": "Trois."}, timeout=5).status_code == 429
