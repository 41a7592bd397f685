"""The sending half of the facebook adapter, over real sockets, in front of the simulated platform."""

import hashlib
import hmac
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import parse_qsl

import pytest

from publisher.adapters.base import Message, Probe, Receipt, Step
from publisher.adapters.facebook import Config, Facebook
from publisher.config import Secret
from publisher.errors import NotSent, OutcomeUnknown, RateLimited, Rejected, SendError, Severity, Unauthorized
from publisher.testing import AdapterContract, Failure, Stage
from publisher.testing import facebook as simulated
from publisher.testing import facebook_words as words
from publisher.testing.faults import Fault
from publisher.testing.simulator import Simulator

from .sockets import answering, serving, whole
from .stages import failing, failure, now

PATIENCE, HASTE = 5.0, 0.4  # seconds before a call is given up
PAGE, TOKEN, APP_SECRET = simulated.PAGE, simulated.PAGE_TOKEN, simulated.APP_SECRET
CREATION = "POST .*/feed$"
CHANGE = "POST .*/[0-9]+_[0-9]+$"
PROOF = hmac.new(APP_SECRET.encode(), TOKEN.encode(), hashlib.sha256).hexdigest()
POST = Step("post", "post", {"text": "La piscine rouvre.", "media": []})
PUBLISH = Step("publish", "publish", {}, "post")
WAITING = {"slow", "late", "silent", "drip"}


def adapter_for(base: str, timeout: float = PATIENCE, **settings: object) -> Facebook:
    secrets = {"page_token": Secret(TOKEN), "app_secret": Secret(APP_SECRET)}
    return Facebook(Config(**{"adapter": "facebook", "account": PAGE, "api_base": base, "timeout": timeout} | secrets | settings))


@pytest.fixture
def platform() -> simulated.Facebook:
    return simulated.Facebook(now)


@pytest.fixture
def base(platform: simulated.Facebook) -> Iterator[str]:
    with Simulator([platform]) as simulator:
        yield simulator.url_of("facebook")


@pytest.fixture
def facebook(base: str) -> Facebook:
    return adapter_for(base)


def form(request: dict[str, str]) -> dict[str, str]:
    return dict(parse_qsl(request["body"]))


def published(facebook: Facebook, post: Step = POST) -> list[Receipt]:
    receipts = {"post": facebook.send(post, {})}
    return [receipts["post"], facebook.send(PUBLISH, receipts)]


# --- the contract ---

FAULTS = {
    Failure.THROTTLED: "throttled-80001",
    Failure.UNAUTHORIZED: "token-expired",
    Failure.REFUSED: "parameter",
    Failure.BROKEN: "html-503",
    Failure.BROKEN_AFTER: "commit-then-500",
    Failure.CUT_AFTER: "commit-then-reset",
    Failure.SILENT_AFTER: "slow",
    Failure.UNREADABLE_AFTER: "html-200",
}


class TestContract(AdapterContract):
    @contextmanager
    def stage(self) -> Iterator[Stage]:
        platform = simulated.Facebook(now)
        with Simulator([platform]) as simulator:
            yield Stage(
                adapter=adapter_for(simulator.url_of("facebook"), timeout=HASTE),
                message=Message("facebook", "communique", "La piscine", parts={"text": "La piscine rouvre."}),
                fail=failing(simulator, platform, FAULTS, on=CREATION),
                accepted=lambda: [str(entry["id"]) for entry in platform.accepted],
                calls=lambda: len([entry for entry in platform.requests if str(entry["path"]).endswith("/feed")]),
                now=now,
                account=PAGE,
                secrets=(TOKEN, APP_SECRET),
            )


# --- sending ---


def test_post_leaves_byte_for_byte_unseen_and_the_receipt_names_it(facebook: Facebook, platform: simulated.Facebook) -> None:
    text = "L’été à Valmont\u00a0: c’est parti\u202f!\n\n«\u00a0Venez\u00a0» & <riez> 👨‍👩‍👧 https://www.valmont.example/a?b=1&c=2"
    link = "https://www.valmont.example/a/"
    receipt = facebook.send(Step("post", "post", {"text": text, "media": [], "link": link}), {})
    (request,) = platform.requests
    (accepted,) = platform.accepted
    assert form(request) == {"message": text, "link": link, "published": "false", "appsecret_proof": PROOF}
    assert (request["path"], request["query"], request["headers"]["connection"]) == (f"/v26.0/{PAGE}/feed", "", "close")
    assert request["headers"]["authorization"] == "Bearer …"
    assert (accepted["text"], accepted["link"], accepted["published"]) == (text, link, False)
    assert (receipt.step, receipt.remote_id, receipt.url) == ("post", accepted["id"], None)
    assert abs(receipt.at - now()) < timedelta(seconds=3)
    assert platform.timeline() == []


def test_publishing_shows_it_once_however_often_it_is_asked_for(facebook: Facebook, platform: simulated.Facebook, base: str) -> None:
    receipts = {"post": facebook.send(POST, {})}
    first, second = facebook.send(PUBLISH, receipts), facebook.send(PUBLISH, receipts)
    number = receipts["post"].remote_id
    assert [form(request) for request in platform.requests[1:]] == [{"is_published": "true", "appsecret_proof": PROOF}] * 2
    assert (first.step, first.remote_id, first.url) == ("publish", number, f"{base}/{PAGE}/posts/{number.partition('_')[2]}")
    assert second._replace(at=first.at) == first
    assert [(shown.id, shown.text) for shown in platform.timeline()] == [(number, "La piscine rouvre.")]


def test_a_link_that_the_visa_leaves_out_is_not_sent(facebook: Facebook, platform: simulated.Facebook) -> None:
    facebook.send(Step("post", "post", {"text": "Fête", "media": [], "link": ""}), {})
    assert "link" not in form(platform.requests[0])


def test_without_an_app_secret_there_is_no_proof(base: str, platform: simulated.Facebook) -> None:
    adapter_for(base, app_secret=None).send(POST, {})
    assert "appsecret_proof" not in form(platform.requests[0])


def test_the_address_is_that_of_facebook_beside_its_interface() -> None:
    real = adapter_for("https://graph.facebook.com")
    assert real._receipt(PUBLISH, "1000_77", None).url == "https://www.facebook.com/1000/posts/77"


@pytest.mark.parametrize("remote_id", [None, "pfbid02aBcDeFgHiJk", "77", "1_2/../3", "me"])
def test_nothing_leaves_when_the_post_has_no_id_of_facebook_s(
    facebook: Facebook, platform: simulated.Facebook, remote_id: str | None
) -> None:
    vouched = Receipt("post", remote_id, "https://www.facebook.com/valmont")
    for action in (lambda: facebook.send(PUBLISH, {"post": vouched}), lambda: facebook.withdraw(vouched)):
        error = failure(action)
        assert (type(error), error.code, platform.requests) == (Rejected, "post-unknown", [])


# --- outcomes, by social contract §2.4 and delivery table ---

COMMON = [
    ("400", Rejected, "parameter-refused", 0),
    ("401", Unauthorized, "token-refused", 0),
    ("403", Unauthorized, "permission-missing", 0),
    ("404", Rejected, "http-404", 0),
    ("413", Rejected, "parameter-refused", 0),
    ("422", Rejected, "parameter-refused", 0),
    ("commit-then-422", Rejected, "parameter-refused", 1),
    ("429", RateLimited, "rate-limited", 0),
    ("429-seconds", RateLimited, "rate-limited", 0),
    *((status, OutcomeUnknown, "platform-error", 0) for status in ("301", "302", "307", "408", "409", "500", "502", "503", "504")),
    ("html-502", OutcomeUnknown, "http-502", 0),
    ("html-503", OutcomeUnknown, "http-503", 0),
    ("commit-then-500", OutcomeUnknown, "platform-error", 1),
    ("commit-then-503", OutcomeUnknown, "platform-error", 1),
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
]
OWN = [
    ("unknown", OutcomeUnknown, "platform-error", 0),
    ("unknown-400", OutcomeUnknown, "platform-error", 0),
    ("service", OutcomeUnknown, "platform-error", 0),
    ("commit-then-unknown", OutcomeUnknown, "platform-error", 1),
    ("commit-then-service", OutcomeUnknown, "platform-error", 1),
    *((f"throttled-{code}", RateLimited, "rate-limited", 0) for code in (4, 17, 32, 341, 613, 80001)),
    ("permission-revoked", Unauthorized, "permission-missing", 0),
    ("permission-denied", Unauthorized, "permission-missing", 0),
    ("capability", Unauthorized, "permission-missing", 0),
    ("token-expired", Unauthorized, "token-expired", 0),
    ("token-password-changed", Unauthorized, "password-changed", 0),
    ("token-app-removed", Unauthorized, "app-removed", 0),
    ("token-checkpoint", Unauthorized, "checkpoint", 0),
    ("token-unconfirmed", Unauthorized, "unconfirmed", 0),
    ("token-invalid", Unauthorized, "token-refused", 0),
    ("token-role-lost", Unauthorized, "role-lost", 0),
    ("session-102", Unauthorized, "token-refused", 0),
    ("proof-missing", Unauthorized, "app-secret", 0),
    ("parameter", Rejected, "parameter-refused", 0),
    ("object-missing", Rejected, "object-unknown", 0),
    ("object-outage", OutcomeUnknown, "platform-error", 0),
    ("abusive", Rejected, "blocked", 0),
    ("duplicate", OutcomeUnknown, "duplicate", 0),
    ("unscraped", Rejected, "link-unreadable", 0),
    ("no-success", OutcomeUnknown, "unusable-answer", 1),
]


def test_every_named_fault_is_in_the_table() -> None:
    assert {name for name, *_ in COMMON + OWN} == words.NAMED.keys() - {"429-absurd", "throttled-minutes"}


@pytest.mark.parametrize(("fault", "kind", "code", "accepted"), COMMON + OWN)
def test_every_fault_has_its_outcome_after_one_call(
    base: str, platform: simulated.Facebook, fault: str, kind: type[SendError], code: str, accepted: int
) -> None:
    facebook = adapter_for(base, timeout=HASTE if fault in WAITING else PATIENCE)
    platform.faults.inject(fault, pace=0.1)
    error = failure(lambda: facebook.send(POST, {}))
    assert (type(error), error.code) == (kind, code)
    assert (len(platform.requests), len(platform.accepted)) == (1, accepted)
    assert "simulated-" not in f"{error}{error.evidence}{error.params}"


@pytest.mark.parametrize(("fault", "kind", "code", "accepted"), OWN)
def test_the_second_phase_is_judged_alike(
    facebook: Facebook, platform: simulated.Facebook, fault: str, kind: type[SendError], code: str, accepted: int
) -> None:
    receipts = {"post": facebook.send(POST, {})}
    platform.faults.inject(fault)
    error = failure(lambda: facebook.send(PUBLISH, receipts))
    assert (type(error), error.code, len(platform.timeline())) == (kind, code, accepted)


GRAPH = {"message": "…", "type": "OAuthException"}


@pytest.mark.parametrize(
    ("error", "status", "kind", "code"),
    [
        ({"code": 190}, 500, Unauthorized, "token-refused"),
        ({"code": 190, "error_subcode": 999}, 400, Unauthorized, "token-refused"),
        ({"code": 102, "error_subcode": 460}, 400, Unauthorized, "password-changed"),
        ({"code": 200}, 500, Unauthorized, "permission-missing"),
        ({"code": 299}, 400, Unauthorized, "permission-missing"),
        ({"code": 300}, 400, Rejected, "http-400"),
        ({"code": 4}, 500, RateLimited, "rate-limited"),
        ({"code": 368}, 503, Rejected, "blocked"),
        ({"code": 368, "is_transient": True}, 400, OutcomeUnknown, "platform-error"),
        ({"code": 506}, 500, OutcomeUnknown, "duplicate"),
        ({"code": 324}, 400, Rejected, "http-400"),
        ({"code": 324, "is_transient": True}, 400, OutcomeUnknown, "platform-error"),
        ({"code": 99_999}, 500, OutcomeUnknown, "http-500"),
        ({"code": 100, "message": "Invalid appsecret_proof provided in the API argument"}, 400, Unauthorized, "app-secret"),
        ({"code": "190"}, 400, Rejected, "http-400"),
        ({"code": True}, 400, Rejected, "http-400"),
        ({}, 401, Unauthorized, "unauthorized"),
        ("text", 403, Rejected, "http-403"),
        (None, 429, RateLimited, "rate-limited"),
    ],
)
def test_what_counts_is_facebook_s_code_whatever_the_status(
    facebook: Facebook, platform: simulated.Facebook, error: object, status: int, kind: type[SendError], code: str
) -> None:
    body = {"error": {**GRAPH, **error} if isinstance(error, dict) else error}
    platform.faults.inject(Fault(status=status, body=json.dumps(body)))
    found = failure(lambda: facebook.send(POST, {}))
    assert (type(found), found.code) == (kind, code)


def test_each_way_to_lose_access_has_a_sentence_of_its_own(facebook: Facebook, platform: simulated.Facebook) -> None:
    names = [*(f"token-{name}" for name in words.TOKENS), "permission-revoked", "proof-missing"]
    for name in names:
        platform.faults.inject(name)
    assert len({str(failure(lambda: facebook.send(POST, {}))) for _ in names}) == len(names)


@pytest.mark.parametrize("body", ["3", "null", '{"id": 5}', '{"id": "5"}', '{"id": "5_x"}', '{"id": ["1_2"]}', '{"error": {"code": 1}}'])
def test_success_without_a_usable_id_is_unknown(facebook: Facebook, platform: simulated.Facebook, body: str) -> None:
    platform.faults.inject("empty", body=body)
    error = failure(lambda: facebook.send(POST, {}))
    assert (type(error), error.code, error.evidence.body) == (OutcomeUnknown, "unusable-answer", body)


@pytest.mark.parametrize("body", ["", "{}", '{"success": false}', '{"success": "true"}', "true", "<html>"])
def test_change_without_its_success_is_unknown(facebook: Facebook, platform: simulated.Facebook, body: str) -> None:
    receipts = {"post": facebook.send(POST, {})}
    platform.faults.inject("empty", body=body)
    error = failure(lambda: facebook.send(PUBLISH, receipts))
    assert (type(error), error.code) == (OutcomeUnknown, "unusable-answer")


def test_a_token_that_facebook_quotes_is_not_kept(base: str, platform: simulated.Facebook) -> None:
    error = failure(lambda: adapter_for(base, page_token=Secret("EAAB-faux")).send(POST, {}))
    assert type(error) is Unauthorized
    assert "Malformed access token ***" in error.evidence.body


def test_what_an_operator_needs_is_kept_as_evidence(facebook: Facebook, platform: simulated.Facebook) -> None:
    platform.switch(throttled=7)
    evidence = failure(lambda: facebook.send(POST, {})).evidence
    assert evidence.status == 400
    assert "fbtrace_id" in evidence.body
    assert {"x-business-use-case-usage", "facebook-api-version"} <= evidence.headers.keys()


def test_real_refusals_of_the_platform(facebook: Facebook, platform: simulated.Facebook) -> None:
    linked = Step("post", "post", {"text": "Fête", "media": [], "link": "https://www.valmont.example/fete/"})
    published(facebook)
    again = {"post": facebook.send(POST, {})}
    error = failure(lambda: facebook.send(PUBLISH, again))
    assert (type(error), error.code) == (OutcomeUnknown, "duplicate")
    platform.switch(scraped=False)
    assert failure(lambda: facebook.send(linked, {})).code == "link-unreadable"
    platform.switch(scraped=True, blocked=True)
    assert failure(lambda: facebook.send(linked, {})).code == "blocked"
    platform.switch(blocked=False, permissions=["pages_read_engagement"])
    assert failure(lambda: facebook.send(linked, {})).code == "permission-missing"
    platform.switch(access="password-changed")
    assert failure(lambda: facebook.send(linked, {})).code == "password-changed"


def test_hidden_post_that_was_deleted_before_it_was_published_is_rejected(facebook: Facebook, platform: simulated.Facebook) -> None:
    receipts = {"post": facebook.send(POST, {})}
    platform.remove(receipts["post"].remote_id)
    error = failure(lambda: facebook.send(PUBLISH, receipts))
    assert (type(error), error.code) == (Rejected, "object-unknown")


def test_unreachable_platform_is_not_sent() -> None:
    with serving(answering()) as closed:
        pass
    error = failure(lambda: adapter_for(closed.url).send(POST, {}))
    assert (type(error), error.code) == (NotSent, "unreachable")


def test_app_that_wants_proofs_is_told_so(base: str, platform: simulated.Facebook) -> None:
    platform.switch(proof=True)
    assert failure(lambda: adapter_for(base, app_secret=None).send(POST, {})).code == "app-secret"
    assert failure(lambda: adapter_for(base, app_secret=Secret("autre")).send(POST, {})).code == "app-secret"
    adapter_for(base).send(POST, {})


# --- how long to wait ---

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def usage(*minutes: object) -> dict[str, str]:
    return {"X-Business-Use-Case-Usage": json.dumps({PAGE: [{"type": "pages", "estimated_time_to_regain_access": one} for one in minutes]})}


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        (usage(12), AT + timedelta(minutes=12)),
        (usage(0, 12, 3), AT + timedelta(minutes=12)),
        (usage(0), None),
        (usage(10**9), AT + timedelta(days=366)),
        (usage("bientôt"), None),
        (usage(), None),
        ({"X-Business-Use-Case-Usage": "[]"}, None),
        ({"X-Business-Use-Case-Usage": "{"}, None),
        ({"X-Business-Use-Case-Usage": '{"1": [3]}'}, None),
        ({"Retry-After": "60"}, AT + timedelta(minutes=1)),
        ({**usage(12), "Retry-After": "60"}, AT + timedelta(minutes=12)),
    ],
)
@pytest.mark.parametrize("status", ["400 Bad Request", "429 Too Many Requests"])
def test_wait_is_as_long_as_told(headers: dict[str, str], expected: datetime | None, status: str) -> None:
    body = json.dumps({"error": {"code": 80001}}).encode()
    told = {name.replace("-", "_"): value for name, value in headers.items()}
    with serving(answering(whole(status, body, Date=format_datetime(AT, usegmt=True), **told))) as server:
        error = failure(lambda: adapter_for(server.url).send(POST, {}))
    assert (type(error), error.retry_at) == (RateLimited, expected)


def test_wait_without_facebook_s_clock_is_of_no_known_length() -> None:
    told = {name.replace("-", "_"): value for name, value in usage(12).items()}
    with serving(answering(whole("400 Bad Request", b'{"error": {"code": 4}}', **told))) as server:
        assert failure(lambda: adapter_for(server.url).send(POST, {})).retry_at is None


# --- finding ---


def test_lost_publication_is_found_by_its_id(facebook: Facebook, platform: simulated.Facebook) -> None:
    receipts = {"post": facebook.send(POST, {})}
    assert facebook.find(PUBLISH, receipts, now()) is None
    platform.faults.inject("commit-then-drop")
    assert type(failure(lambda: facebook.send(PUBLISH, receipts))) is OutcomeUnknown
    found = facebook.find(PUBLISH, receipts, now())
    assert found == facebook.send(PUBLISH, receipts)._replace(at=None)


def test_hidden_post_is_never_looked_for(facebook: Facebook, platform: simulated.Facebook) -> None:
    facebook.send(POST, {})
    assert facebook.find(POST, {}, now()) is None
    assert len(platform.requests) == 1


def test_correction_is_found_by_its_text(facebook: Facebook, platform: simulated.Facebook) -> None:
    former = published(facebook)
    step = Step("correct", "correct", {"text": "Elle rouvre dimanche.", "post": former[0].remote_id})
    assert facebook.find(step, {}, now()) is None
    facebook.send(step, {})
    assert facebook.find(step, {}, now()).remote_id == former[0].remote_id


def test_lagging_read_back_shows_nothing_yet(facebook: Facebook, platform: simulated.Facebook) -> None:
    receipts = dict(zip(("post", "publish"), published(facebook), strict=True))
    platform.switch(lag=3600)
    assert facebook.find(PUBLISH, receipts, now()) is None


def test_deleted_post_is_not_found(facebook: Facebook, platform: simulated.Facebook) -> None:
    first, _ = published(facebook)
    platform.remove(first.remote_id)
    assert facebook.find(PUBLISH, {"post": first}, now()) is None


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("500", OutcomeUnknown),
        ("token-expired", Unauthorized),
        ("permission-denied", Unauthorized),
        ("throttled-4", RateLimited),
        ("empty-object", OutcomeUnknown),
        ("html-200", OutcomeUnknown),
        ("object-outage", OutcomeUnknown),
        ("parameter", Rejected),
    ],
)
def test_failing_look_up_is_an_error_and_never_an_absence(
    facebook: Facebook, platform: simulated.Facebook, fault: str, kind: type[SendError]
) -> None:
    first, _ = published(facebook)
    platform.faults.inject(fault)
    assert type(failure(lambda: facebook.find(PUBLISH, {"post": first}, now()))) is kind


def test_absence_is_not_believed_while_the_page_itself_cannot_be_read(facebook: Facebook, platform: simulated.Facebook) -> None:
    first, _ = published(facebook)
    for action in (lambda: facebook.find(PUBLISH, {"post": first}, now()), lambda: facebook.withdraw(first)):
        platform.faults.inject("object-missing", times=2)
        assert failure(action).code == "object-unknown"


# --- setting right and taking back ---


def test_corrected_text_replaces_the_first_and_may_be_sent_again(facebook: Facebook, platform: simulated.Facebook) -> None:
    former = published(facebook)
    (step,) = facebook.correction(Message("facebook", "communique", "La piscine", {"text": "Elle rouvre dimanche."}), former).steps
    first, second = facebook.send(step, {}), facebook.send(step, {})
    assert (first.step, first.remote_id, first.url) == ("correct", former[1].remote_id, former[1].url)
    assert second._replace(at=first.at) == first
    assert form(platform.requests[-1]) == {"message": "Elle rouvre dimanche.", "appsecret_proof": PROOF}
    assert [shown.text for shown in platform.timeline()] == ["Elle rouvre dimanche."]


def test_withdrawn_post_is_deleted_once_gone_is_success(facebook: Facebook, platform: simulated.Facebook) -> None:
    _, receipt = published(facebook)
    facebook.withdraw(receipt)
    facebook.withdraw(receipt)
    assert [shown.deleted for shown in platform.timeline()] == [True]
    assert all(TOKEN not in str(request) for request in platform.requests)


def test_post_of_another_application_is_for_a_person_and_does_not_stop_the_channel(
    facebook: Facebook, platform: simulated.Facebook
) -> None:
    number = platform.seed("Par une autre application.", now())
    step = Step("correct", "correct", {"text": "Mieux.", "post": number})
    for action in (lambda: facebook.send(step, {}), lambda: facebook.withdraw(Receipt("publish", number))):
        error = failure(action)
        assert (type(error), error.code) == (Rejected, "not-ours")
    platform.switch(access="expired")
    assert failure(lambda: facebook.send(step, {})).code == "token-expired"


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("parameter", Rejected),
        ("500", OutcomeUnknown),
        ("empty-object", OutcomeUnknown),
        ("no-success", OutcomeUnknown),
        ("429", RateLimited),
    ],
)
def test_failing_withdrawal_is_told(facebook: Facebook, platform: simulated.Facebook, fault: str, kind: type[SendError]) -> None:
    _, receipt = published(facebook)
    platform.faults.inject(fault, on="DELETE")
    assert type(failure(lambda: facebook.withdraw(receipt))) is kind


# --- the probe ---


def told(probe: Probe) -> list[tuple[str, Severity]]:
    return [(problem.code, problem.severity) for problem in probe.problems]


def test_probe_tells_the_page_its_clock_and_that_all_is_well(facebook: Facebook, platform: simulated.Facebook) -> None:
    platform.switch(skew=-90)
    probe = facebook.probe()
    assert probe == Probe(PAGE, "Ville de Valmont-les-Tilleuls", probe.clock)
    assert abs(probe.clock - (now() - timedelta(seconds=90))) < timedelta(seconds=3)
    assert platform.accepted == []


def test_the_token_is_in_no_address_even_when_it_is_inspected(facebook: Facebook, platform: simulated.Facebook) -> None:
    platform.faults.inject(Fault(accepts=True), on="debug_token")
    facebook.probe()
    last = platform.requests[-1]
    assert (last["method"], last["path"], last["query"], last["body"]) == ("POST", "/v26.0/debug_token", "", "method=get&input_token=…")


def test_token_of_another_page_is_another_account(facebook: Facebook, platform: simulated.Facebook) -> None:
    platform.switch(page="999")
    assert facebook.probe().account == "999"


def test_without_an_app_secret_only_the_page_is_asked(base: str, platform: simulated.Facebook) -> None:
    probe = adapter_for(base, app_secret=None).probe()
    assert (probe.account, probe.problems, len(platform.requests)) == (PAGE, (), 1)


@pytest.mark.parametrize(
    ("switches", "problems"),
    [
        ({"permissions": ["pages_read_engagement"]}, [("permissions-missing", Severity.ERROR)]),
        ({"permissions": []}, [("permissions-missing", Severity.ERROR)]),
        ({"token_type": "USER"}, [("not-page-token", Severity.ERROR)]),
        ({"oldest": 27, "newest": 28}, [("version-expired", Severity.WARNING)]),
    ],
)
def test_what_is_wrong_with_our_access_is_said(
    facebook: Facebook, platform: simulated.Facebook, switches: dict[str, object], problems: list[tuple[str, Severity]]
) -> None:
    platform.switch(**switches)
    assert told(facebook.probe()) == problems


def test_permission_for_another_page_is_none_for_ours(facebook: Facebook, platform: simulated.Facebook) -> None:
    scopes = ["pages_manage_posts", "pages_read_engagement"]
    granular = [{"scope": "pages_manage_posts", "target_ids": ["999"]}, {"scope": "pages_read_engagement"}, 3]
    data = {"data": {"type": "PAGE", "scopes": scopes, "granular_scopes": granular}}
    platform.faults.inject("empty", on="debug_token", body=json.dumps(data))
    (problem,) = facebook.probe().problems
    assert dict(problem.params) == {"names": "pages_manage_posts"}


@pytest.mark.parametrize(
    ("token", "data", "expected"), [(0, 0, None), (2_000_000_000, 0, 2_000_000_000), (2_000_000_000, 1_900_000_000, 1_900_000_000)]
)
def test_access_ends_with_the_first_of_its_parts(
    facebook: Facebook, platform: simulated.Facebook, token: int, data: int, expected: int | None
) -> None:
    platform.switch(expires_at=token, data_access_expires_at=data)
    assert facebook.probe().ends_at == (expected and datetime.fromtimestamp(expected, UTC))


@pytest.mark.parametrize(
    ("version", "at", "codes"),
    [
        ("v25.0", datetime(2028, 5, 29, tzinfo=UTC), []),
        ("v25.0", datetime(2028, 5, 31, tzinfo=UTC), ["version-ends"]),
        ("v26.0", datetime(2028, 5, 31, tzinfo=UTC), []),
    ],
)
def test_version_that_ends_within_sixty_days_is_said(version: str, at: datetime, codes: list[str]) -> None:
    body = json.dumps({"id": PAGE, "name": "Valmont"}).encode()
    with serving(answering(whole("200 OK", body, Date=format_datetime(at, usegmt=True), facebook_api_version=version))) as server:
        probe = adapter_for(server.url, app_secret=None, api_version=version).probe()
    assert [problem.code for problem in probe.problems] == codes


@pytest.mark.parametrize("on", ["app$", "debug_token"])
@pytest.mark.parametrize("fault", ["500", "permission-denied", "html-200", "drop"])
def test_token_that_cannot_be_inspected_is_said_and_stops_nothing(
    facebook: Facebook, platform: simulated.Facebook, on: str, fault: str
) -> None:
    platform.faults.inject(fault, on=on)
    probe = facebook.probe()
    assert (probe.account, told(probe)) == (PAGE, [("token-unread", Severity.NOTICE)])


@pytest.mark.parametrize("body", ["{}", "[]", '{"id": "5"}', '{"id": 5, "name": "Valmont"}', '{"id": "", "name": "Valmont"}'])
def test_probe_that_tells_nobody_is_an_error(facebook: Facebook, platform: simulated.Facebook, body: str) -> None:
    platform.faults.inject("empty", body=body)
    assert failure(facebook.probe).code == "unusable-answer"


# --- the way out ---


def test_nothing_secret_is_logged(facebook: Facebook, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"):
        published(facebook)
        facebook.probe()
    assert "simulated-" not in caplog.text


def test_preparing_does_not_load_what_sending_needs() -> None:
    script = "import sys, publisher.adapters.facebook; print([name for name in ('requests', 'urllib3') if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "[]\n"
