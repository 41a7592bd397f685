"""The sending half of the x adapter, over real sockets, in front of the simulated platform."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import pytest

from publisher.adapters.base import Message, Probe, Receipt, Recognises, Step
from publisher.adapters.x import Config, X
from publisher.config import Secret
from publisher.errors import NotSent, OutcomeUnknown, RateLimited, Rejected, SendError, Unauthorized
from publisher.testing import AdapterContract, Failure, Stage
from publisher.testing import x as simulated
from publisher.testing.faults import Fault
from publisher.testing.simulator import Simulator
from publisher.text.threads import Unit

from .sockets import answering, serving, whole
from .stages import failing, failure, now

PATIENCE, HASTE = 5.0, 0.4  # seconds before a call is given up
KEYS = simulated.CREDENTIALS
CREATION = "POST /2/tweets"
PARIS = ZoneInfo("Europe/Paris")


def adapter_for(base: str, account: str = "valmont_tilleuls", timeout: float = PATIENCE) -> X:
    secrets = {
        "api_key": Secret(KEYS.api_key),
        "api_secret": Secret(KEYS.api_secret),
        "access_token": Secret(KEYS.access_token),
        "access_token_secret": Secret(KEYS.access_token_secret),
    }
    return X(Config(adapter="x", account=account, api_base=base, timeout=timeout, **secrets))


@pytest.fixture
def platform() -> simulated.X:
    return simulated.X(now)


@pytest.fixture
def base(platform: simulated.X) -> Iterator[str]:
    with Simulator([platform]) as simulator:
        yield simulator.url_of("x")


@pytest.fixture
def x(base: str) -> X:
    return adapter_for(base)


def post(text: str, name: str = "post-1", after: str | None = None) -> Step:
    return Step(name, "post", {"text": text, "media": []}, after)


# --- the contract ---

FAULTS = {
    Failure.THROTTLED: "429",
    Failure.UNAUTHORIZED: "token-expired",
    Failure.REFUSED: "422",
    Failure.BROKEN: "html-503",
    Failure.BROKEN_AFTER: "commit-then-500",
    Failure.CUT_AFTER: "commit-then-reset",
    Failure.SILENT_AFTER: "slow",
    Failure.UNREADABLE_AFTER: "html-200",
}


class TestContract(AdapterContract):
    @contextmanager
    def stage(self) -> Iterator[Stage]:
        platform = simulated.X(now)
        units = tuple(Unit(text) for text in ("La piscine rouvre samedi.", "Elle ferme à 20 heures. " + "Venez nombreux ! " * 18))
        with Simulator([platform]) as simulator:
            yield Stage(
                adapter=adapter_for(simulator.url_of("x"), timeout=HASTE),
                message=Message(
                    channel="x",
                    type="communique",
                    title="La piscine",
                    parts={"single": "La piscine rouvre.", "correction": "Rectifié."},
                    units=units,
                ),
                fail=failing(simulator, platform, FAULTS, on=CREATION),
                accepted=lambda: [str(entry["id"]) for entry in platform.accepted],
                calls=lambda: len([entry for entry in platform.requests if entry["method"] == "POST"]),
                now=now,
                account="valmont_tilleuls",
                secrets=(KEYS.api_key, KEYS.api_secret, KEYS.access_token, KEYS.access_token_secret),
            )


# --- sending ---


def test_post_leaves_byte_for_byte_and_the_receipt_names_it(x: X, platform: simulated.X, base: str) -> None:
    text = "L’été à Valmont\u00a0: c’est parti\u202f!\n\n«\u00a0Venez\u00a0» & <riez> 👨‍👩‍👧 \U0001f1eb\U0001f1f7 https://www.valmont.example/a?b=1&c=2"
    receipt = x.send(post(text), {})
    (request,) = platform.requests
    (accepted,) = platform.accepted
    assert json.loads(request["body"]) == {"text": text}
    assert (request["path"], request["headers"]["connection"]) == ("/2/tweets", "close")
    assert accepted["text"] == text
    assert receipt.remote_id == accepted["id"]
    assert (receipt.step, receipt.url) == ("post-1", f"{base}/valmont_tilleuls/status/{accepted['id']}")
    assert abs(receipt.at - now()) < timedelta(seconds=3)


def test_thread_is_chained_by_the_ids_of_the_receipts(x: X, platform: simulated.X) -> None:
    receipts: dict[str, Receipt] = {}
    for step in (post("Un."), post("Deux.", "post-2", "post-1"), post("Trois.", "post-3", "post-2")):
        receipts[step.id] = x.send(step, receipts)
    ids = [entry["id"] for entry in platform.accepted]
    assert [entry["reply_to"] for entry in platform.accepted] == [None, *ids[:2]]


def test_part_whose_parent_a_person_settled_by_its_address_is_attached(x: X, platform: simulated.X) -> None:
    number = platform.seed("Un.", now())
    settled = Receipt("post-1", None, f"https://x.com/valmont_tilleuls/status/{number}?s=20")
    x.send(post("Deux.", "post-2", "post-1"), {"post-1": settled})
    assert platform.accepted[0]["reply_to"] == number


def test_correction_is_attached_to_the_post_that_it_names_and_found_there(x: X, platform: simulated.X) -> None:
    began, first = now(), x.send(post("Un."), {})
    correction = Step("correction", "post", {"text": "Rectifié.", "media": [], "reply_to": first.remote_id})
    sent = x.send(correction, {})
    assert platform.accepted[1]["reply_to"] == first.remote_id
    assert x.find(correction, {}, began).remote_id == sent.remote_id


def test_part_whose_parent_was_deleted_by_hand_is_rejected(x: X, platform: simulated.X) -> None:
    receipts = {"post-1": x.send(post("Un."), {})}
    platform.remove(receipts["post-1"].remote_id)
    error = failure(lambda: x.send(post("Deux.", "post-2", "post-1"), receipts))
    assert (type(error), error.code) == (Rejected, "parent-gone")


@pytest.mark.parametrize("url", [None, "https://x.com/valmont_tilleuls", "https://x.com/a/status/12345678901234567890123"])
def test_nothing_leaves_when_the_parent_is_no_post(x: X, platform: simulated.X, url: str | None) -> None:
    error = failure(lambda: x.send(post("Deux.", "post-2", "post-1"), {"post-1": Receipt("post-1", None, url)}))
    assert (type(error), error.code, platform.requests) == (Rejected, "post-unknown", [])


def test_address_is_that_of_the_site_beside_the_api() -> None:
    real = X(Config(**{**vars_of(adapter_for("https://api.x.com")), "account": "valmont"}))
    assert real._receipt(post("a"), "5", None).url == "https://x.com/valmont/status/5"
    nameless = adapter_for("https://api.x.com/", account="")
    assert nameless._receipt(post("a"), "5", None).url == "https://x.com/i/status/5"


def vars_of(x: X) -> dict[str, object]:
    names = ("adapter", "api_base", "api_key", "api_secret", "access_token", "access_token_secret")
    return {name: getattr(x.config, name) for name in names}


# --- outcomes, by social contract and delivery table ---


WAITING = {"slow", "late", "silent", "drip"}


@pytest.mark.parametrize(
    ("fault", "kind", "code", "accepted"),
    [
        ("400", Rejected, "http-400", 0),
        ("403", Rejected, "http-403", 0),
        ("404", Rejected, "http-404", 0),
        ("413", Rejected, "http-413", 0),
        ("422", Rejected, "http-422", 0),
        ("commit-then-422", Rejected, "http-422", 1),
        ("not-permitted", Rejected, "http-403", 0),
        ("reply-refused", Rejected, "reply-refused", 0),
        ("401", Unauthorized, "unauthorized", 0),
        ("token-expired", Unauthorized, "unauthorized", 0),
        ("permission-revoked", Unauthorized, "oauth1-permissions", 0),
        ("not-enrolled", Unauthorized, "client-not-enrolled", 0),
        ("credits-depleted", Unauthorized, "credits-depleted", 0),
        ("credits-depleted-403", Unauthorized, "credits-depleted", 0),
        ("spend-cap", Unauthorized, "spend-cap-reached", 0),
        ("duplicate", OutcomeUnknown, "duplicate", 0),
        ("429", RateLimited, "rate-limited", 0),
        ("old-shape-429", RateLimited, "rate-limited", 0),
        ("usage-capped", RateLimited, "rate-limited", 0),
        *((status, OutcomeUnknown, f"http-{status}", 0) for status in ("301", "302", "307", "408", "409", "500", "502", "503", "504")),
        ("html-502", OutcomeUnknown, "http-502", 0),
        ("html-503", OutcomeUnknown, "http-503", 0),
        ("commit-then-500", OutcomeUnknown, "http-500", 1),
        ("commit-then-503", OutcomeUnknown, "http-503", 1),
        ("commit-then-drop", OutcomeUnknown, "no-answer", 1),
        ("commit-then-reset", OutcomeUnknown, "no-answer", 1),
        ("drop", OutcomeUnknown, "no-answer", 0),
        ("reset", OutcomeUnknown, "no-answer", 0),
        ("slow", OutcomeUnknown, "no-answer", 1),
        ("late", OutcomeUnknown, "no-answer", 0),
        ("silent", OutcomeUnknown, "no-answer", 0),
        ("drip", OutcomeUnknown, "deadline", 1),
        ("endless", OutcomeUnknown, "answer-too-large", 1),
        ("bomb", OutcomeUnknown, "answer-too-large", 1),
        ("truncated", OutcomeUnknown, "no-answer", 1),
        ("html-200", OutcomeUnknown, "unusable-answer", 1),
        ("empty", OutcomeUnknown, "unusable-answer", 1),
        ("invalid-json", OutcomeUnknown, "unusable-answer", 1),
        ("empty-object", OutcomeUnknown, "unusable-answer", 1),
        ("list", OutcomeUnknown, "unusable-answer", 1),
        ("no-id", OutcomeUnknown, "unusable-answer", 1),
    ],
)
def test_every_fault_has_its_outcome_after_one_call(
    base: str, platform: simulated.X, fault: str, kind: type[SendError], code: str, accepted: int
) -> None:
    x = adapter_for(base, timeout=HASTE if fault in WAITING else PATIENCE)
    platform.faults.inject(fault, pace=0.1)
    error = failure(lambda: x.send(post("Un."), {}))
    assert (type(error), error.code) == (kind, code)
    assert (len(platform.requests), len(platform.accepted)) == (1, accepted)
    assert "simulated-" not in f"{error}{error.evidence}{error.params}"


@pytest.mark.parametrize("body", ["3", "null", '{"data": 3}', '{"data": {"id": 5}}', '{"data": {"id": "x5"}}', '{"data": [{"id": "5"}]}'])
def test_success_without_an_id_is_unknown(x: X, platform: simulated.X, body: str) -> None:
    platform.faults.inject("empty", body=body)
    error = failure(lambda: x.send(post("Un."), {}))
    assert (type(error), error.code, error.evidence.body) == (OutcomeUnknown, "unusable-answer", body)


@pytest.mark.parametrize("body", ["[]", "3", '{"errors": 3}', '{"errors": [3]}', '{"detail": 3}', '{"errors": {"a": 1}}'])
def test_refusal_in_no_known_shape_is_judged_by_its_status(x: X, platform: simulated.X, body: str) -> None:
    platform.faults.inject("403", body=body)
    assert failure(lambda: x.send(post("Un."), {})).code == "http-403"


def test_refusal_that_is_a_page_does_not_come_from_x(x: X, platform: simulated.X) -> None:
    platform.faults.inject("html-502", status=403)
    error = failure(lambda: x.send(post("Un."), {}))
    assert (type(error), error.code) == (OutcomeUnknown, "http-403")


def test_real_refusals_of_the_platform(x: X, platform: simulated.X) -> None:
    x.send(post("Un."), {})
    gone = Receipt("post-1", "5")
    cases = {
        "too-long": post("a" * 281),
        "duplicate": post("Un."),
        "parent-gone": post("Deux.", "post-2", "post-1"),
    }
    assert {code: failure(lambda step=step: x.send(step, {"post-1": gone})).code for code, step in cases.items()} == {
        code: code for code in cases
    }
    platform.switch(replies="refused")
    parent = {"post-1": Receipt("post-1", str(platform.accepted[0]["id"]))}
    error = failure(lambda: x.send(post("Deux.", "post-2", "post-1"), parent))
    assert (type(error), error.code) == (Rejected, "reply-refused")
    platform.switch(credits=0)
    assert failure(lambda: x.send(post("Trois."), {})).code == "credits-depleted"


def test_unreachable_platform_is_not_sent(base: str, x: X) -> None:
    with serving(answering()) as closed:
        pass
    error = failure(lambda: adapter_for(closed.url).send(post("Un."), {}))
    assert (type(error), error.code) == (NotSent, "unreachable")


def test_wrong_keys_are_unauthorized(base: str, platform: simulated.X) -> None:
    config = adapter_for(base).config
    wrong = X(Config(**{**vars_of(X(config)), "api_secret": Secret("autre")}))
    assert type(failure(lambda: wrong.send(post("Un."), {}))) is Unauthorized
    assert platform.accepted == []


# --- how long to wait ---


def test_quota_of_the_quarter_of_an_hour_tells_its_end(x: X, platform: simulated.X) -> None:
    platform.switch(limits={CREATION: 0})
    error = failure(lambda: x.send(post("Un."), {}))
    expected = (int(now().timestamp()) // 900 + 1) * 900
    assert error.retry_at == datetime.fromtimestamp(expected, UTC)


def test_daily_quota_counts_before_that_of_the_quarter(x: X, platform: simulated.X) -> None:
    platform.switch(daily=0)
    error = failure(lambda: x.send(post("Un."), {}))
    expected = (int(now().timestamp()) // 86400 + 1) * 86400
    assert error.retry_at == datetime.fromtimestamp(expected, UTC)


AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
EPOCH = int(AT.timestamp())


def user_quota(remaining: int) -> dict[str, int]:
    return {"x-user-limit-24hour-remaining": remaining, "x-user-limit-24hour-reset": EPOCH + 9}


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"x-rate-limit-reset": EPOCH}, AT),
        (
            {"x-rate-limit-reset": EPOCH, "x-user-limit-24hour-remaining": 0, "x-user-limit-24hour-reset": EPOCH + 9},
            AT + timedelta(seconds=9),
        ),
        ({"x-rate-limit-reset": EPOCH, **user_quota(0)}, AT + timedelta(seconds=9)),
        ({"x-rate-limit-reset": EPOCH, **user_quota(4)}, AT),
        ({"x-app-limit-24hour-remaining": 0, "x-app-limit-24hour-reset": EPOCH + 20, **user_quota(0)}, AT + timedelta(seconds=20)),
        ({"x-app-limit-24hour-remaining": 0, "x-rate-limit-reset": EPOCH}, None),
        ({"x-rate-limit-reset": "soon"}, None),
        ({"x-rate-limit-reset": "99999999999999"}, None),
        ({"x-rate-limit-reset": "9999999999"}, datetime.fromtimestamp(9999999999, UTC)),
        ({"Retry-After": "60", "Date": format_datetime(AT, usegmt=True)}, AT + timedelta(minutes=1)),
    ],
)
def test_wait_is_told_by_the_right_header(headers: dict[str, object], expected: datetime | None) -> None:
    with serving(answering(whole("429 Too Many Requests", b"{}", **headers))) as server:
        error = failure(lambda: adapter_for(server.url).send(post("Un."), {}))
    assert (type(error), error.retry_at) == (RateLimited, expected)
    assert len(server.received) == 1


# --- finding again ---

LINKED = "Lire & <voir> : https://www.example.org/a?b=1&c=2 ou valmont.fr\u202f! «\u00a0Bien\u00a0»"


@pytest.mark.parametrize(
    "text",
    [
        "Un.",
        LINKED,
        "cafe\u0301 du marché",
        "M.Dupont parle.",
        "&amp; &lt;b&gt; & <",
        "A\n\nB",
        "👨\u200d👩\u200d👧 🇫🇷 1\ufe0f\u20e3",
        "HTTPS://WWW.EXAMPLE.ORG/À",
        "\u00a0: fin\u202f!",
    ],
)
def test_what_was_accepted_is_found_whatever_x_did_to_its_text(x: X, platform: simulated.X, text: str) -> None:
    platform.faults.inject("commit-then-drop")
    began = now()
    assert type(failure(lambda: x.send(post(text), {}))) is OutcomeUnknown
    found = x.find(post(text), {}, began)
    assert (found.step, found.remote_id) == ("post-1", platform.accepted[0]["id"])
    assert found.url.endswith(f"/valmont_tilleuls/status/{found.remote_id}")
    assert abs(found.at - began) < timedelta(seconds=3)


def test_other_text_other_parent_or_other_author_is_not_found(x: X, platform: simulated.X) -> None:
    began = now()
    receipts = {"post-1": x.send(post("Un."), {})}
    receipts["post-2"] = x.send(post("Deux.", "post-2", "post-1"), receipts)
    platform.seed("Trois.", now(), author="77")
    assert x.find(post("un."), {}, began) is None
    assert x.find(post("Deux."), {}, began) is None
    assert x.find(post("Un.", "post-2", "post-1"), receipts, began) is None
    assert x.find(post("Deux.", "post-3", "post-2"), receipts, began) is None
    assert x.find(post("Trois."), {}, began) is None
    assert x.find(post("Deux.", "post-2", "post-1"), receipts, began).remote_id == receipts["post-2"].remote_id


def test_older_look_alike_is_not_taken_for_it_but_a_slow_clock_is_allowed_for(x: X, platform: simulated.X) -> None:
    began = now()
    old = platform.seed("Un.", began - timedelta(seconds=62))
    assert x.find(post("Un."), {}, began) is None
    assert x.find(post("Un."), {}, began - timedelta(seconds=5)).remote_id == old
    recent = platform.seed("Un.", began - timedelta(seconds=50))
    assert x.find(post("Un."), {}, began).remote_id == recent


def test_first_of_several_is_adopted(x: X, platform: simulated.X) -> None:
    began = now() - timedelta(seconds=9)
    first = platform.seed("Un.", began)
    platform.seed("Un.", began + timedelta(seconds=1))
    assert x.find(post("Un."), {}, began).remote_id == first


def test_only_the_time_since_the_intent_is_asked_for_and_believed(x: X, platform: simulated.X) -> None:
    began = datetime(2026, 11, 24, 9, 0, 30, tzinfo=UTC)
    older = {"id": "5", "text": "Un.", "created_at": "2026-11-24T08:59:29.000Z"}
    platform.faults.inject("empty", on="tweets", body=json.dumps({"data": [older], "meta": {"result_count": 1}}))
    assert x.find(post("Un."), {}, began.astimezone(PARIS)) is None
    asked = dict(parse_qsl(platform.requests[-1]["query"]))
    assert (asked["start_time"], asked["max_results"]) == ("2026-11-24T08:59:30Z", "100")
    assert "exclude" not in asked


def test_every_page_is_read_before_absence_is_believed(x: X, platform: simulated.X) -> None:
    began = now()
    wanted = platform.seed("Cherché.", began)
    for number in range(230):
        platform.seed(f"{number}.", began + timedelta(milliseconds=10))
    assert x.find(post("Cherché."), {}, began).remote_id == wanted
    assert x.find(post("Absent."), {}, began) is None
    assert len([entry for entry in platform.requests if "tweets" in entry["path"]]) == 6


def test_lagging_read_back_shows_nothing_yet(x: X, platform: simulated.X) -> None:
    platform.switch(lag=3600)
    began = now()
    x.send(post("Un."), {})
    assert x.find(post("Un."), {}, began) is None


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("500", OutcomeUnknown),
        ("token-expired", Unauthorized),
        ("429", RateLimited),
        ("slow", OutcomeUnknown),
        ("empty-object", OutcomeUnknown),
        ("html-200", OutcomeUnknown),
        ("list", OutcomeUnknown),
        ("truncated", OutcomeUnknown),
    ],
)
@pytest.mark.parametrize("on", ["users/me", "tweets"])
def test_failing_look_up_is_an_error_and_never_an_absence(
    base: str, platform: simulated.X, fault: str, kind: type[SendError], on: str
) -> None:
    x = adapter_for(base, timeout=HASTE if fault in WAITING else PATIENCE)
    platform.faults.inject(fault, on=on)
    assert type(failure(lambda: x.find(post("Un."), {}, now()))) is kind


POST = {"id": "5", "text": "Un.", "created_at": "2026-11-24T09:00:00.000Z"}


@pytest.mark.parametrize(
    "body",
    [
        {"data": [POST]},
        {"data": [POST], "meta": {}},
        {"data": [POST], "meta": {"result_count": 2}},
        {"data": POST, "meta": {"result_count": 1}},
        {"data": [3], "meta": {"result_count": 1}},
        {"data": [{**POST, "created_at": "hier"}], "meta": {"result_count": 1}},
        {"data": [{**POST, "created_at": "2026-11-24T09:00:00"}], "meta": {"result_count": 1}},
        {"data": [{**POST, "id": 5}], "meta": {"result_count": 1}},
        {"data": [{**POST, "id": "../5"}], "meta": {"result_count": 1}},
        {"data": [{**POST, "entities": {"urls": [{}]}}], "meta": {"result_count": 1}},
        {"data": [{**POST, "entities": 3}], "meta": {"result_count": 1}},
        {"data": [{**POST, "referenced_tweets": [{}]}], "meta": {"result_count": 1}},
        {"data": [{"id": "5"}], "meta": {"result_count": 1}},
        {"errors": [{"title": "Not Found Error"}]},
        {"data": [POST], "meta": {"result_count": 1, "next_token": "encore"}},
    ],
)
def test_timeline_that_cannot_be_trusted_proves_nothing(x: X, platform: simulated.X, body: object) -> None:
    platform.faults.inject("empty", on="tweets", body=json.dumps(body), times=40)
    error = failure(lambda: x.find(post("Autre."), {}, now()))
    assert (type(error), error.code) == (OutcomeUnknown, "unusable-answer")


def test_media_link_is_dropped_and_long_text_taken_from_its_note(x: X, platform: simulated.X) -> None:
    at = now().strftime("%Y-%m-%dT%H:%M:%S.000Z")
    photo = {"url": "https://t.co/p", "expanded_url": "https://x.com/v/status/5/photo/1", "media_key": "3_5"}
    link = {"url": "https://t.co/l", "expanded_url": "https://valmont.example/a"}
    video = {"url": "https://t.co/v", "expanded_url": "https://x.com/v/status/5/video/1"}
    pictured = {"id": "5", "text": "Voir https://t.co/l https://t.co/p", "entities": {"urls": [link, photo]}, "created_at": at}
    filmed = {"id": "6", "text": "Film https://t.co/v", "entities": {"urls": [video]}, "created_at": at}
    long = {
        "id": "7",
        "text": "Long… https://t.co/n",
        "note_tweet": {"text": "Long &amp; entier https://t.co/l", "entities": {"urls": [link]}},
        "created_at": at,
    }
    body = json.dumps({"data": [long, filmed, pictured], "meta": {"result_count": 3}})
    platform.faults.inject("empty", on="tweets", body=body, times=3)
    began = now()
    texts = ("Voir https://valmont.example/a", "Film", "Long & entier https://valmont.example/a")
    assert [x.find(post(text), {}, began).remote_id for text in texts] == ["5", "6", "7"]


# --- withdrawal and probe ---


def test_withdrawn_post_is_deleted_once_gone_is_success(x: X, platform: simulated.X) -> None:
    receipt = x.send(post("Un."), {})
    x.withdraw(receipt)
    x.withdraw(Receipt("post-1", None, receipt.url))
    assert [shown.deleted for shown in platform.timeline()] == [True]


@pytest.mark.parametrize(
    ("fault", "kind"),
    [("403", Rejected), ("500", OutcomeUnknown), ("empty-object", OutcomeUnknown), ("no-id", OutcomeUnknown), ("429", RateLimited)],
)
def test_failing_withdrawal_is_told(x: X, platform: simulated.X, fault: str, kind: type[SendError]) -> None:
    receipt = x.send(post("Un."), {})
    platform.faults.inject(fault, on="DELETE")
    assert type(failure(lambda: x.withdraw(receipt))) is kind


def test_probe_tells_the_account_as_configured_and_the_platforms_clock(base: str, platform: simulated.X) -> None:
    platform.switch(skew=-90)
    told = adapter_for(base, account="Valmont_Tilleuls").probe()
    picture = f"https://pbs.twimg.com/profile_images/{simulated.ACCOUNT}/normal.png"
    assert told == Probe("Valmont_Tilleuls", "Valmont Tilleuls", told.clock, picture=picture)
    assert abs(told.clock - (now() - timedelta(seconds=90))) < timedelta(seconds=3)
    platform.switch(username="autre_ville")
    assert adapter_for(base).probe().account == "autre_ville"
    assert platform.accepted == []


def test_probe_sees_that_the_tokens_may_only_read(x: X, platform: simulated.X) -> None:
    platform.switch(access="read-only")
    told = failure(x.probe)
    sentence = "The X application may only read: give it Read and Write, make new tokens, then connect the account again."
    assert (type(told), told.code, str(told), told.evidence.headers["x-access-level"]) == (
        Unauthorized,
        "oauth1-permissions",
        sentence,
        "read",
    )


def test_tokens_that_may_only_read_still_settle_a_doubt(x: X, platform: simulated.X) -> None:
    receipt = x.send(post("Un."), {})
    platform.switch(access="read-only")
    found = x.find(post("Un."), {}, now() - timedelta(minutes=1))
    assert found is not None
    assert found.remote_id == receipt.remote_id


def test_probe_of_a_platform_that_tells_no_level_goes_by_the_account(x: X, platform: simulated.X) -> None:
    platform.faults.inject(Fault(accepts=True, headers={"x-access-level": ""}))
    assert x.probe().account == "valmont_tilleuls"


@pytest.mark.parametrize("body", ["{}", '{"data": {}}', '{"data": {"id": "5", "username": 3}}', '{"errors": []}'])
def test_probe_that_tells_nobody_is_an_error(x: X, platform: simulated.X, body: str) -> None:
    platform.faults.inject("empty", body=body)
    assert failure(x.probe).code == "unusable-answer"


# --- the way out ---


def test_calls_of_several_threads_do_not_meet(x: X, platform: simulated.X) -> None:
    receipts: list[Receipt] = []
    threads = [threading.Thread(target=lambda n=n: receipts.append(x.send(post(f"{n}.", f"post-{n}"), {}))) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    by_id = {entry["id"]: entry["text"] for entry in platform.accepted}
    assert {receipt.step: by_id[receipt.remote_id] for receipt in receipts} == {f"post-{n}": f"{n}." for n in range(8)}


def test_nothing_secret_is_logged(x: X, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"):
        x.send(post("Un."), {})
    assert "simulated-" not in caplog.text
    assert "oauth_signature" not in caplog.text


def test_preparing_does_not_load_what_sending_needs() -> None:
    script = "import sys, publisher.adapters.x; print([name for name in ('requests', 'tweepy', 'urllib3') if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize(
    ("address", "number"),
    [
        ("https://x.com/valmont_tilleuls/status/1900000000000000000", "1900000000000000000"),
        ("https://x.com/Valmont_Tilleuls/status/1900000000000000000?s=20", "1900000000000000000"),
        ("https://www.twitter.com/valmont_tilleuls/status/1900000000000000000/photo/1", "1900000000000000000"),
        ("https://mobile.twitter.com/i/status/1900000000000000000", "1900000000000000000"),
        ("http://127.0.0.1:9/x/valmont_tilleuls/status/1900000000000000000", "1900000000000000000"),
        ("https://x.com/somebody_else/status/1900000000000000000", None),
        ("https://x.com/valmont_tilleuls", None),
        ("https://x.com/valmont_tilleuls/status/", None),
        ("https://x.com.evil.example/valmont_tilleuls/status/1900000000000000000", None),
        ("https://evil.example/https://x.com/valmont_tilleuls/status/1900000000000000000", None),
        ("", None),
    ],
)
def test_an_address_of_this_account_s_post_is_recognised(address: str, number: str | None) -> None:
    adapter = adapter_for("http://127.0.0.1:9/x")
    assert isinstance(adapter, Recognises)
    assert adapter.recognise(address, datetime(2025, 3, 12, tzinfo=UTC)) == number


@pytest.mark.parametrize(("seconds", "recognised"), [(-61, False), (-59, True), (0, True), (3600, True)])
def test_a_post_older_than_what_was_sent_is_not_it(seconds: int, *, recognised: bool) -> None:
    """As for the look-up, X's clock may be a minute behind ours."""
    sent, x = datetime(2026, 11, 24, 12, tzinfo=UTC), simulated.X(lambda: datetime(2026, 11, 24, 13, tzinfo=UTC))
    number = x.seed("Un.", sent + timedelta(seconds=seconds))
    found = adapter_for("http://127.0.0.1:9/x").recognise(f"https://x.com/valmont_tilleuls/status/{number}", sent)
    assert found == (number if recognised else None)
