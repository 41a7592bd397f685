"""Signing in at a provider of identities, which may lie in each way; the second factor stays ours."""

import dataclasses
import re
from html import unescape
from http.client import HTTPConnection
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache
from django.test import Client

from publisher.config import Oidc, Secrets
from publisher.errors import Refused
from publisher.models import Audit, Identity, Person
from publisher.pipeline import identities, people
from publisher.web import desk
from tests.provider import CLIENT, FALSE_KEY, SECRET, Provider
from tests.web.browsing import alerts, code, next_code, text
from tests.web.conftest import SECRET as OF_THE_APPLICATION

HERE = "http://localhost"
NEVER = "What the provider answered cannot be trusted"


@pytest.fixture
def provider(town):
    with Provider(town.clock.now) as made:
        configure(town, made)
        Person.objects.filter(name="dominique").update(email="Dominique@mairie.example")
        TOTP.activate(Person.objects.get(name="dominique"), OF_THE_APPLICATION)
        yield made


def configure(town, provider: Provider, **told) -> None:
    at = town.desk.config
    web = dataclasses.replace(at.web, staff_url=HERE, oidc=Oidc(issuer=provider.issuer, client_id=CLIENT, **told))
    secrets = Secrets({"OIDC_CLIENT_SECRET": SECRET}, {}, at.folder)
    desk.open_for(dataclasses.replace(town.desk, config=dataclasses.replace(at, web=web, secrets=secrets)))


def led_to(answer) -> str:
    """Where a page leads by itself; its button leads there, too."""
    page = answer.content.decode()
    address = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page)[1]
    assert f'<a class="button" href="{address}">' in page
    return unescape(address)


def asked(address: str) -> str:
    """Where the provider sends the browser."""
    parts = urlsplit(address)
    connection = HTTPConnection(parts.netloc)
    connection.request("GET", f"{parts.path}?{parts.query}")
    answer = connection.getresponse()
    connection.close()
    assert answer.status == 302
    return answer.headers["Location"]


def gone(client: Client, **told: str) -> str:
    """Leave for the provider; return the address that it sends the browser to."""
    return asked(led_to(client.post("/connexion/fournisseur/", told)))


def returned(client: Client, **told: str):
    back = gone(client, **told)
    assert back.startswith(f"{HERE}/connexion/fournisseur/retour/?")
    return client.get(back.removeprefix(HERE))


def signed_in() -> Client:
    """Somebody who came in by the provider, and gave the code of this moment."""
    client = stranger()
    returned(client)
    answer = client.post("/connexion/code/", {"code": next_code()})
    assert answer.headers["Location"] == "/"
    return client


def stranger() -> Client:
    return Client(SERVER_NAME="localhost")


def is_in(client: Client) -> bool:
    return client.get("/").status_code == 200


def links() -> list[tuple[str, str]]:
    return list(Identity.objects.values_list("person__name", "subject"))


# ---------------------------------------------------------------- the whole way


def test_somebody_signs_in_and_the_second_factor_is_asked_for_all_the_same(town, provider) -> None:
    client = stranger()
    assert "Sign in with ProConnect" in client.get("/connexion/").content.decode()
    answer = returned(client, next="/canaux/")
    assert answer.headers["Location"] == "/connexion/code/"
    assert (is_in(client), links()) == (False, [])
    client.post("/connexion/code/", {"code": "000000"})
    assert (is_in(client), links()) == (False, [])
    answer = client.post("/connexion/code/", {"code": code()})
    assert answer.headers["Location"] == "/canaux/"
    assert is_in(client)
    assert links() == [("dominique", "sub-dominique")]
    assert list(Audit.objects.filter(action="person.identity-linked").values_list("subject", "person__name")) == [
        ("dominique", "dominique")
    ]


def test_nothing_is_asked_that_the_provider_does_not_know(town, provider) -> None:
    configure(town, provider, acr_values=("eidas1", "eidas2"))
    returned(stranger())
    (query,) = provider.asked
    assert query.keys() == {
        "response_type",
        "client_id",
        "redirect_uri",
        "scope",
        "state",
        "nonce",
        "code_challenge",
        "code_challenge_method",
        "acr_values",
    }
    assert (query["response_type"], query["code_challenge_method"], query["scope"]) == ("code", "S256", "openid email")
    assert query["redirect_uri"] == f"{HERE}/connexion/fournisseur/retour/"
    assert len({query["state"], query["nonce"]}) == 2
    assert min(len(query["state"]), len(query["nonce"])) >= 32


def test_who_refused_there_is_told_so_here(town, provider) -> None:
    client, address = stranger(), led_to(stranger().post("/connexion/fournisseur/"))
    refused = asked(f"{address}&unknown=1")
    assert "error=Y000400" in refused
    client = stranger()
    state = parse_qs(urlsplit(gone(client)).query)["state"][0]
    answer = client.get("/connexion/fournisseur/retour/", {"error": "access_denied", "state": state})
    assert alerts(answer) == ["The provider did not sign you in: begin again, or sign in with your password."]


def test_a_visa_asks_for_a_fresh_second_factor(town, provider) -> None:
    name = town.queue("Le maire")
    client = stranger()
    returned(client)
    client.post("/connexion/code/", {"code": code()})
    seen = re.search(r'name="seen" value="([^"]+)"', client.get(f"/annonces/{name}/").content.decode())[1]
    visas = Audit.objects.filter(action="manifest.visa", person__name="dominique")
    client.post(f"/annonces/{name}/", {"act": "approve", "seen": seen, "code": code()})  # it served to sign in
    assert not visas.exists()
    client.post(f"/annonces/{name}/", {"act": "approve", "seen": seen, "code": next_code()})
    assert visas.count() == 1


def test_whoever_has_no_second_factor_yet_sets_one_up_first(town, provider) -> None:
    Authenticator.objects.all().delete()
    client = stranger()
    returned(client)
    assert client.get("/").headers["Location"] == "/compte/application/"


def test_who_signs_out_here_signs_out_there_too(town, provider) -> None:
    client = stranger()
    returned(client)
    client.post("/connexion/code/", {"code": code()})
    back = asked(led_to(client.post("/deconnexion/")))
    assert not is_in(client)
    assert back == f"{HERE}/connexion/"
    (told,) = provider.farewells
    assert told["id_token_hint"].count(".") == 2
    assert len(told["state"]) >= 32


@pytest.mark.parametrize("provider_has_one", [True, False])
def test_who_signed_in_with_a_password_only_signs_out_here(town, provider, browser, provider_has_one) -> None:
    if provider_has_one:
        client = browser("camille")
    else:
        provider.description = {"end_session_endpoint": None}
        client = stranger()
        returned(client)
        client.post("/connexion/code/", {"code": code()})
    assert client.post("/deconnexion/").headers["Location"] == "/connexion/"


@pytest.mark.parametrize("is_signed", [True, False])
def test_what_the_token_does_not_say_is_asked_for(town, provider, is_signed) -> None:
    provider.in_userinfo, provider.userinfo_signed = True, is_signed
    assert returned(stranger()).headers["Location"] == "/connexion/code/"


def test_a_provider_that_vouches_without_a_word_is_believed_if_config_says_so(town, provider) -> None:
    provider.lies = {"email_verified": None}
    assert alerts(returned(stranger()))[0].startswith("ProConnect does not vouch for your address")
    configure(town, provider, email_is_verified=True)
    assert returned(stranger()).headers["Location"] == "/connexion/code/"
    provider.lies, provider.subject = {"email_verified": False}, "another"
    Identity.objects.all().delete()
    assert alerts(returned(stranger()))[0].startswith("ProConnect does not vouch for your address")


# ---------------------------------------------------------------- lies


def lying(provider: Provider, **changes: object) -> None:
    for name, value in changes.items():
        setattr(provider, name, value)


LIES = {
    "another nonce": ({"lies": {"nonce": "x" * 40}}, "nonce"),
    "no nonce": ({"lies": {"nonce": None}}, "nonce"),
    "for somebody else": ({"lies": {"aud": "another-client"}}, "aud"),
    "for us among others": ({"lies": {"aud": [CLIENT, "another-client"]}}, "aud"),
    "handed to another": ({"lies": {"azp": "another-client"}}, "azp"),
    "by somebody else": ({"lies": {"iss": "https://identite.example"}}, "iss"),
    "over": ({"lies": {"exp": 1_700_000_000}}, "exp"),
    "without an end": ({"lies": {"exp": None}}, "exp"),
    "an end that is no number": ({"lies": {"exp": "demain"}}, "exp"),
    "made in the future": ({"lies": {"iat": 4_000_000_000}}, "iat"),
    "not yet": ({"lies": {"nbf": 4_000_000_000}}, "nbf"),
    "of nobody": ({"lies": {"sub": None}}, "sub"),
    "unsigned": ({"algorithm": "none"}, "signature"),
    "signed with a secret": ({"algorithm": "HS256"}, "signature"),
    "signed with another key": ({"key": FALSE_KEY}, "signature"),
    "keys of another host": ({"description": {"jwks_uri": "http://127.0.0.2:9/keys"}}, "host"),
    "keys of a file": ({"description": {"jwks_uri": "file:///etc/passwd"}}, "host"),
    "a farewell that is no page": ({"description": {"end_session_endpoint": "javascript:alert(1)"}}, "end_session_endpoint"),
    "somebody else's address": ({"in_userinfo": True, "userinfo": {"sub": "another"}}, "userinfo"),
    "a false signature on the address": ({"in_userinfo": True, "userinfo_signed": True, "userinfo": {"aud": "another"}}, "aud"),
}


@pytest.mark.parametrize(("changes", "why"), LIES.values(), ids=LIES)
def test_a_lie_signs_nobody_in(town, provider, changes, why) -> None:
    lying(provider, **changes)
    client = stranger()
    answer = returned(client)
    assert alerts(answer) == [f"{NEVER} ({why}): nobody was signed in. Tell whoever looks after the service."]
    assert (answer.status_code, is_in(client), links()) == (403, False, [])
    assert client.get("/connexion/code/").status_code == 302  # nor is a code enough now


def test_a_description_of_another_issuer_is_not_believed(town, provider) -> None:
    provider.description = {"issuer": "https://identite.example"}
    answer = stranger().post("/connexion/fournisseur/")
    assert alerts(answer) == [f"{NEVER} (issuer): nobody was signed in. Tell whoever looks after the service."]


def test_nobody_is_led_to_what_is_no_page(town, provider) -> None:
    provider.description = {"authorization_endpoint": "javascript:alert(1)"}
    assert alerts(stranger().post("/connexion/fournisseur/"))[0].startswith(f"{NEVER} (authorization_endpoint)")


def test_an_address_is_not_asked_for_where_none_is_needed(town, provider) -> None:
    configure(town, provider, claim="sub")
    provider.in_userinfo, provider.description = True, {"userinfo_endpoint": "https://ailleurs.example/userinfo"}
    identities.link(desk.current(), town.who("lou"), "dominique", "sub-dominique")
    assert returned(stranger()).headers["Location"] == "/connexion/code/"


def test_another_host_is_called_once_config_names_it(town, provider) -> None:
    provider.description = {"jwks_uri": f"{provider.issuer.replace('127.0.0.1', 'localhost')}/keys"}
    assert alerts(returned(stranger()))[0].startswith(f"{NEVER} (host)")
    configure(town, provider, hosts=("localhost",))
    assert returned(stranger()).headers["Location"] == "/connexion/code/"


def test_too_many_attempts_call_nobody(town, provider) -> None:
    client = stranger()
    answers = [client.post("/connexion/fournisseur/") for _turn in range(31)]
    assert [answer.status_code for answer in answers[:30]] == [200] * 30
    assert alerts(answers[30]) == ["Too many attempts: wait a minute, then try again."]


def test_a_level_that_is_too_low_signs_nobody_in(town, provider) -> None:
    configure(town, provider, acr_values=("eidas2",))
    assert alerts(returned(stranger()))[0].startswith("You were not checked as strictly")
    provider.acr = "eidas2"
    assert returned(stranger()).headers["Location"] == "/connexion/code/"


def test_an_answer_that_this_browser_did_not_ask_for_signs_nobody_in(town, provider) -> None:
    back = gone(stranger()).removeprefix(HERE)
    victim = stranger()
    gone(victim)
    for client in (stranger(), victim):
        assert alerts(client.get(back)) == ["This sign-in is over, or began elsewhere: begin again."]
        assert not is_in(client)


def test_an_answer_counts_once_and_not_for_long(town, provider) -> None:
    client = stranger()
    back = gone(client).removeprefix(HERE)
    assert client.get(back).status_code == 302
    assert alerts(client.get(back)) == ["This sign-in is over, or began elsewhere: begin again."]
    back = gone(client).removeprefix(HERE)
    town.clock.move(minutes=11)
    assert alerts(client.get(back)) == ["This sign-in is over, or began elsewhere: begin again."]


def test_a_provider_that_does_not_answer_is_one_sentence(town, provider) -> None:
    provider.status = 500
    sentence = ["ProConnect does not answer as it should: try again later, or sign in with your password."]
    assert alerts(stranger().post("/connexion/fournisseur/")) == sentence


def test_the_way_in_remembers_where_one_wanted_to_go(town, provider) -> None:
    page = stranger().get("/connexion/?next=/canaux/").content.decode()
    form = re.search(r'action="/connexion/fournisseur/">(.*?)</form>', page, re.DOTALL)[1]
    assert 'name="next" value="/canaux/"' in form


def test_nobody_is_led_to_another_site_afterwards(town, provider) -> None:
    client = stranger()
    returned(client, next="https://ailleurs.example/")
    assert client.post("/connexion/code/", {"code": code()}).headers["Location"] == "/"


# ---------------------------------------------------------------- whose account it is


def test_no_account_is_ever_made(town, provider) -> None:
    before = Person.objects.count()
    provider.email = "inconnu@mairie.example"
    assert alerts(returned(stranger()))[0].startswith("No account here is yours")
    assert Person.objects.count() == before


def test_an_address_that_is_not_verified_opens_nothing(town, provider) -> None:
    provider.is_verified = False
    assert alerts(returned(stranger()))[0].startswith("ProConnect does not vouch for your address")
    assert links() == []


def test_another_identity_with_the_same_address_does_not_get_in(town, provider) -> None:
    signed_in()
    provider.subject = "somebody-else"
    assert alerts(returned(stranger()))[0].startswith("The account has another identity already")
    assert links() == [("dominique", "sub-dominique")]


def test_once_bound_the_address_no_longer_matters(town, provider) -> None:
    signed_in()
    provider.email, provider.is_verified = "autre@mairie.example", False
    assert returned(stranger()).headers["Location"] == "/connexion/code/"


def test_of_two_identities_on_their_way_the_first_to_give_the_code_is_bound(town, provider) -> None:
    first, second = stranger(), stranger()
    returned(first)
    provider.subject = "somebody-else"
    returned(second)
    assert first.post("/connexion/code/", {"code": next_code()}).headers["Location"] == "/"
    answer = second.post("/connexion/code/", {"code": next_code()})
    assert alerts(answer)[0].startswith("The account has another identity already")
    assert (is_in(first), is_in(second), links()) == (True, False, [("dominique", "sub-dominique")])


def test_an_identity_left_half_way_is_not_bound_to_who_signs_in_next(town, provider) -> None:
    client = stranger()
    returned(client)
    client.force_login(town.who("camille").person)
    assert links() == []


def test_an_address_of_two_people_is_nobody_s(town, provider) -> None:
    Person.objects.filter(name="camille").update(email="dominique@mairie.example")
    assert alerts(returned(stranger()))[0].startswith("No account here is yours")


@pytest.mark.parametrize("is_bound", [True, False])
def test_a_closed_account_stays_closed(town, provider, is_bound) -> None:
    if is_bound:
        signed_in()
    Person.objects.filter(name="dominique").update(is_active=False)
    client = stranger()
    assert alerts(returned(client))
    assert not is_in(client)


def test_after_a_reset_only_the_invitation_leads_in(town, provider) -> None:
    signed_in()
    people.reset(desk.current(), town.who("lou"), "dominique")
    client = stranger()
    assert alerts(returned(client)) == ["Your account was reset: come in by the invitation that the administrator hands you."]
    assert not is_in(client)
    people.entered(desk.current(), town.who("dominique"))
    assert returned(client).status_code == 302


def test_by_identifier_only_whom_an_administrator_linked(town, provider, browser) -> None:
    configure(town, provider, claim="sub")
    assert "sub-dominique" in alerts(returned(stranger()))[0]
    number = Person.objects.get(name="dominique").pk
    client = browser("lou")
    told = {"act": "link", "subject": "sub-dominique", "code": "000000"}
    assert alerts(client.post(f"/personnes/{number}/", told, follow=True))[0].startswith("This code is not the right one")
    client.post(f"/personnes/{number}/", told | {"code": next_code()})
    assert "as sub-dominique, and nobody else can" in text(client.get(f"/personnes/{number}/"))
    mine = stranger()
    assert returned(mine).headers["Location"] == "/connexion/code/"
    mine.post("/connexion/code/", {"code": next_code()})
    assert is_in(mine)
    cache.clear()
    client.post(f"/personnes/{number}/", {"act": "unlink", "code": next_code()})
    assert (links(), is_in(mine)) == ([], False)
    acts = Audit.objects.filter(action__startswith="person.identity").values_list("action", "person__name")
    assert list(acts) == [("person.identity-linked", "lou"), ("person.identity-unlinked", "lou")]


@pytest.mark.parametrize("subject", ["", "a" * 256, "a\nb"])
def test_what_is_no_identifier_is_refused(town, provider, subject) -> None:
    with pytest.raises(Exception, match="cannot be an identifier"):
        identities.link(desk.current(), town.who("lou"), "dominique", subject)


def test_an_identity_has_one_account(town, provider) -> None:
    identities.link(desk.current(), town.who("lou"), "dominique", "one")
    for name, subject in (("camille", "one"), ("dominique", "two")):
        with pytest.raises(Refused, match="another identity already"):
            identities.link(desk.current(), town.who("lou"), name, subject)
    assert links() == [("dominique", "one")]


# ---------------------------------------------------------------- without a provider


def test_without_a_provider_there_is_no_button_and_no_way(town) -> None:
    client = stranger()
    assert "/connexion/fournisseur/" not in client.get("/connexion/").content.decode()
    assert client.post("/connexion/fournisseur/").status_code == 404
    with pytest.raises(Refused, match="There is no provider"):
        identities.link(desk.current(), town.who("lou"), "dominique", "one")
    with pytest.raises(Refused, match="No identity is linked"):
        identities.unlink(desk.current(), town.who("lou"), "dominique")
