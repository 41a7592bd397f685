"""The Facebook page: one post, unpublished, then published; what sets it right or takes it back; the addresses of posts."""

from copy import deepcopy
from datetime import UTC, datetime

import pytest

from publisher.adapters.base import Call, Message, Payload, Receipt, Recognises, Step, Versioned
from publisher.adapters.facebook import Config, Facebook
from publisher.adapters.facebook_posts import FOLD, LIMIT, utf16_length
from publisher.config import Secret
from publisher.errors import Problem, Unsupported

POST = "1000_77"
SINCE = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ADDRESS = "https://www.facebook.com/1000/posts/77"
FORMER = [Receipt("post", POST), Receipt("publish", POST, ADDRESS)]


def adapter_for(**settings) -> Facebook:
    return Facebook(Config(**{"adapter": "facebook", "account": "1000", "page_token": Secret("")} | settings))


@pytest.fixture
def adapter() -> Facebook:
    return adapter_for()


def message(text: str) -> Message:
    return Message("page", "communique", "Fête", parts={"text": text})


def test_prepare_builds_the_whole_payload(adapter):
    steps = (Step("post", "post", {"text": "Fête\n\nDemain.", "media": []}), Step("publish", "publish", {}, "post"))
    assert adapter.prepare(message("Fête\n\nDemain.")) == Payload(steps)


def test_people_agree_to_the_version_of_the_interface_too():
    adapter = adapter_for(api_version="v27.0")
    assert isinstance(adapter, Versioned)
    assert adapter.interface == "v27.0"


def test_the_page_to_which_the_text_leads_is_its_card(adapter):
    text = "Fête\n\nTout : {permalink}"
    assert adapter.prepare(message(text)).steps[0].content == {"text": text, "media": [], "link": "{permalink}"}


def test_a_text_at_the_limit_fits_and_one_more_is_an_error(adapter):
    assert adapter.prepare(message("a" * LIMIT)).problems == ()
    (problem,) = adapter.prepare(message("a" * (LIMIT - 1) + "🎉")).problems
    assert isinstance(problem, Problem)
    assert (problem.severity, problem.code, problem.step, dict(problem.params)) == (
        "error",
        "too-long",
        "post",
        {"count": LIMIT + 1, "limit": LIMIT},
    )


def test_the_counter_is_never_below_the_characters(adapter):
    assert [adapter.limits.count(text) for text in ("été", "🎉", "👩‍🚒")] == [3, 2, 5]
    assert (adapter.limits.count, adapter.limits.text, adapter.limits.fold) == (utf16_length, LIMIT, FOLD)


# --- Setting right and taking back


def test_a_correction_is_the_new_text_under_the_same_id(adapter):
    assert adapter.correction(message("Fête\n\nSamedi."), FORMER) == Payload(
        (Step("correct", "correct", {"text": "Fête\n\nSamedi.", "post": POST}),)
    )
    assert [problem.code for problem in adapter.correction(message("a" * (LIMIT + 1)), FORMER).problems] == ["too-long"]


def test_a_withdrawal_names_the_post_by_the_id_that_facebook_gave(adapter):
    content = {"step": "publish", "remote_id": POST, "url": ADDRESS}
    assert adapter.withdrawal(message("Fête"), FORMER) == Payload((Step("withdraw-publish", "withdraw", content),))


def test_the_id_of_the_first_phase_counts_when_a_person_gave_an_address_for_the_second(adapter):
    former = [FORMER[0], Receipt("publish", "pfbid02aBcDeFgHiJk", "https://www.facebook.com/valmont/posts/pfbid02aBcDeFgHiJk")]
    assert adapter.correction(message("Fête"), former).steps[0].content["post"] == POST
    assert adapter.withdrawal(message("Fête"), former).steps[0].content["remote_id"] == POST


@pytest.mark.parametrize("power", ["correction", "withdrawal"])
def test_a_post_whose_id_nobody_knows_is_for_a_person(adapter, power):
    with pytest.raises(Unsupported) as refusal:
        getattr(adapter, power)(message("Fête"), [Receipt("publish", "pfbid02aBcDeFgHiJk", ADDRESS)])
    assert refusal.value.code == "post-unknown"
    assert ADDRESS in str(refusal.value)


# --- A dry run


API = "https://graph.facebook.com/v26.0"


@pytest.mark.parametrize(
    ("step", "call"),
    [
        (
            Step("post", "post", {"text": "Fête", "media": [], "link": "{permalink}"}),
            Call("POST", f"{API}/1000/feed", {"message": "Fête", "link": "{permalink}", "published": "false"}),
        ),
        (Step("post", "post", {"text": "Fête", "media": []}), Call("POST", f"{API}/1000/feed", {"message": "Fête", "published": "false"})),
        (Step("publish", "publish", {}, "post"), Call("POST", f"{API}/‹id of post›", {"is_published": "true"})),
        (Step("correct", "correct", {"text": "Fête", "post": POST}), Call("POST", f"{API}/{POST}", {"message": "Fête"})),
        (Step("withdraw-publish", "withdraw", {"step": "publish", "remote_id": POST}), Call("DELETE", f"{API}/{POST}")),
    ],
)
def test_a_dry_run_shows_the_exact_call_and_no_secret(step, call):
    adapter = adapter_for(page_token=Secret("jeton"), app_secret=Secret("secret"))
    assert adapter.describe(step) == call


def test_without_an_account_the_page_is_that_of_the_token():
    assert adapter_for(account="").describe(Step("post", "post", {"text": "Fête"})).address == f"{API}/me/feed"


# --- Addresses

PFBID = "pfbid02aBcDeFgHiJkLmNoPqRsT"


@pytest.mark.parametrize(
    ("address", "number"),
    [
        (ADDRESS, POST),
        (f"{ADDRESS}/?__cft__[0]=AZX&__tn__=%2CO", POST),
        ("https://facebook.com/1000/posts/77", POST),
        ("http://m.facebook.com/1000/posts/77", POST),
        ("https://mbasic.facebook.com/1000/posts/77", POST),
        ("https://fr-fr.facebook.com/valmont.ville/posts/77", POST),
        ("https://www.facebook.com/valmont/posts/la-fete-du-samedi/77/", POST),
        ("https://www.facebook.com/1000_77", POST),
        ("https://www.facebook.com/permalink.php?story_fbid=77&id=1000", POST),
        ("https://m.facebook.com/story.php?story_fbid=77&id=61550000000000&mibextid=x", POST),
        (f"https://www.facebook.com/permalink.php?story_fbid={PFBID}&id=61550000000000", PFBID),
        (f"https://www.facebook.com/valmont/posts/{PFBID}?locale=fr_FR", PFBID),
        ("https://www.facebook.com/valmont", None),
        ("https://www.facebook.com/permalink.php?id=1000", None),
        ("https://www.facebook.com/share/p/1AbCdEfGhI/", None),
        ("https://www.facebook.com/valmont/photos/77", None),
        ("https://www.facebook.com/valmont/posts/77x", None),
        ("https://www.facebook.com.evil.example/1000/posts/77", None),
        ("https://evilfacebook.com/1000/posts/77", None),
        ("https://evil.example/https://www.facebook.com/1000/posts/77", None),
        ("ftp://www.facebook.com/1000/posts/77", None),
        ("https://[facebook.com/1000/posts/77", None),
        ("", None),
    ],
)
def test_every_usual_address_of_a_post_is_recognised(adapter, address, number):
    assert isinstance(adapter, Recognises)
    assert adapter.recognise(address, SINCE) == number


def test_the_address_of_a_rehearsal_is_recognised_too():
    adapter = adapter_for(api_base="http://127.0.0.1:8990/facebook")
    assert adapter.recognise("http://127.0.0.1:8990/facebook/1000/posts/77", SINCE) == POST
    assert adapter.recognise("http://127.0.0.1:8990/x/1000/posts/77", SINCE) is None
    assert adapter.recognise(ADDRESS, SINCE) == POST


def test_preparing_leaves_the_message_as_it_is(adapter):
    given = message("Fête : {permalink}")
    before = deepcopy(given)
    adapter.prepare(given)
    assert given == before


def test_it_leads_to_the_page_of_its_number() -> None:
    assert adapter_for().account_page() == "https://www.facebook.com/1000"
    assert adapter_for(account="").account_page() == ""
