"""One's own account: second factor, passkeys, recovery codes, password; whatever changes them ends the other sessions."""

import json
import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from publisher.models import Audit, Person
from publisher.pipeline import people
from tests.web.browsing import alerts, code, text
from tests.web.conftest import SECRET
from tests.web.passkey import Passkey

PASSWORD = "un mot de passe bien long"


@pytest.fixture
def dominique(town) -> Person:
    person = Person.objects.get(name="dominique")
    person.set_password(PASSWORD)
    person.save()
    TOTP.activate(person, SECRET)
    return person


def half_way() -> Client:
    """A browser in which the password was given, and the second factor is asked for."""
    cache.clear()  # a code counts once; here several sessions begin in one half minute
    client = Client(SERVER_NAME="localhost")
    client.post(reverse("account_login"), {"login": "dominique", "password": PASSWORD})
    return client


def signed_in() -> Client:
    client = half_way()
    answer = client.post(reverse("mfa_authenticate"), {"code": code()})
    assert answer.headers["Location"] == "/"
    return client


def test_signing_in_is_not_announced_and_signing_out_is(town, dominique) -> None:
    client = signed_in()
    assert "dominique." not in text(client.get("/"))
    assert alerts(client.post(reverse("account_logout"), follow=True)) == ["You are signed out."]


def sure(client: Client) -> Client:
    """Give a code once more, as is asked before the protection of an account changes."""
    cache.clear()  # the code of this moment served to sign in
    client.post(reverse("mfa_reauthenticate"), {"code": code(), "next": "/"})
    return client


def is_in(client: Client) -> bool:
    return client.get("/").status_code == 200


def acts() -> list[tuple[str, dict[str, Any]]]:
    return list(Audit.objects.filter(action__startswith="person.").order_by("sequence").values_list("action", "detail"))


def options(client: Client, name: str) -> dict[str, Any]:
    """What the page hands to the browser's script."""
    page = client.get(reverse(name)).content.decode()
    return json.loads(re.search(r'<script id="js-data" type="application/json">(.*?)</script>', page)[1])


def with_passkey(client: Client) -> Passkey:
    passkey = Passkey()
    told = options(client, "mfa_add_webauthn")["creation_options"]
    answer = client.post(reverse("mfa_add_webauthn"), {"name": "Téléphone", "credential": json.dumps(passkey.create(told))})
    assert answer.status_code == 302
    return passkey


# -------------------------------------------------------------------- passkeys


def test_a_passkey_is_added_and_signs_in_as_the_second_factor(town, dominique) -> None:
    passkey = with_passkey(sure(signed_in()))
    other = half_way()
    told = options(other, "mfa_authenticate")["request_options"]
    answer = other.post(reverse("mfa_authenticate"), {"credential": json.dumps(passkey.get(told))})
    assert answer.headers["Location"] == "/"
    assert is_in(other)
    assert ("person.second-factor-added", {"kind": "webauthn"}) in acts()


def test_a_passkey_of_another_site_or_of_somebody_else_does_not(town, dominique) -> None:
    passkey = with_passkey(sure(signed_in()))
    other = half_way()
    told = options(other, "mfa_authenticate")["request_options"]
    stranger, elsewhere = Passkey(), Passkey("publisher.example")
    elsewhere._key = passkey._key
    for wrong in (stranger, elsewhere):
        answer = other.post(reverse("mfa_authenticate"), {"credential": json.dumps(wrong.get(told))})
        assert answer.status_code == 200
        assert not is_in(other)


def test_without_a_passkey_none_is_offered_when_signing_in(town, dominique) -> None:
    page = half_way().get(reverse("mfa_authenticate")).content.decode()
    assert 'name="code"' in page
    assert "<script" not in page


def test_a_passkey_is_renamed_and_removed(town, dominique) -> None:
    client = sure(signed_in())
    with_passkey(client)
    (key,) = Authenticator.objects.filter(type="webauthn")
    client.post(reverse("mfa_edit_webauthn", args=[key.pk]), {"name": "Clé <bleue>"})
    assert "<strong>Clé &lt;bleue&gt;</strong>" in client.get(reverse("mfa_list_webauthn")).content.decode()
    assert "Clé &lt;bleue&gt;" in client.get(reverse("mfa_remove_webauthn", args=[key.pk])).content.decode()
    client.post(reverse("mfa_remove_webauthn", args=[key.pk]))
    assert not Authenticator.objects.filter(type="webauthn").exists()
    assert ("person.second-factor-removed", {"kind": "webauthn"}) in acts()


def test_nobody_touches_the_passkey_of_somebody_else(town, dominique, browser) -> None:
    with_passkey(sure(signed_in()))
    (key,) = Authenticator.objects.filter(type="webauthn")
    other = browser("camille")
    person = Person.objects.get(name="camille")
    person.set_password(PASSWORD)
    person.save()
    other.force_login(person)
    sure(other)
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        assert other.post(reverse(name, args=[key.pk]), {"name": "x"}).status_code == 404
    assert Authenticator.objects.filter(pk=key.pk, user=dominique).exists()


def test_the_scripts_are_our_own_files(town, dominique) -> None:
    client = sure(signed_in())
    answer = client.get(reverse("mfa_add_webauthn"))
    scripts = re.findall(r'<script src="([^"]+)"', answer.content.decode())
    assert len(scripts) == 4
    for address in scripts:
        assert address.startswith("/static/")
        assert client.get(address).headers["Content-Type"].startswith("text/javascript")
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert not re.search(r"<script(?![^>]*(src=|type=\"application/json\"))", answer.content.decode())


# -------------------------------------------------------------------- what ends the other sessions


def test_a_passkey_ends_the_other_sessions(town, dominique) -> None:
    other, mine = signed_in(), sure(signed_in())
    with_passkey(mine)
    assert (is_in(mine), is_in(other)) == (True, False)


def test_another_password_ends_the_other_sessions(town, dominique) -> None:
    other, mine = signed_in(), signed_in()
    told = {"oldpassword": PASSWORD, "password1": "un tout autre mot de passe", "password2": "un tout autre mot de passe"}
    answer = mine.post(reverse("account_change_password"), told, follow=True)
    assert alerts(answer)[-1] == "Your password is changed; your other sessions have ended."
    assert (is_in(mine), is_in(other)) == (True, False)
    assert acts() == [("person.password-changed", {})]


def test_a_password_is_kept_by_argon2_and_one_of_before_opens_and_is_kept_anew(town, client) -> None:
    person = Person.objects.get(name="dominique")
    person.set_password(PASSWORD)
    assert person.password.startswith("argon2$argon2id$")
    Person.objects.filter(name="dominique").update(password=make_password(PASSWORD, hasher="pbkdf2_sha256"))
    answer = client.post(reverse("account_login"), {"login": "dominique", "password": PASSWORD}, SERVER_NAME="localhost")
    assert answer.status_code == 302
    renewed = Person.objects.get(name="dominique")
    assert (renewed.password.startswith("argon2$argon2id$"), renewed.check_password(PASSWORD)) == (True, True)


def test_a_password_like_the_name_is_refused_in_a_sentence(town, dominique) -> None:
    told = {"oldpassword": PASSWORD, "password1": "dominique-1234", "password2": "dominique-1234"}
    answer = sure(signed_in()).post(reverse("account_change_password"), told)
    assert "This password is too much like your name or your address." in text(answer)


def test_a_password_that_is_too_short_changes_nothing(town, dominique) -> None:
    client = signed_in()
    told = {"oldpassword": PASSWORD, "password1": "court", "password2": "court"}
    assert 'class="problem"' in client.post(reverse("account_change_password"), told).content.decode()
    assert Person.objects.get(name="dominique").check_password(PASSWORD)


def test_new_recovery_codes_end_the_other_sessions(town, dominique) -> None:
    other, mine = signed_in(), sure(signed_in())
    mine.post(reverse("mfa_generate_recovery_codes"))
    assert (is_in(mine), is_in(other)) == (True, False)
    shown = re.findall(r"<li><code>(\d+)</code></li>", mine.get(reverse("mfa_view_recovery_codes")).content.decode())
    assert len(shown) == 10
    assert shown[0] in mine.get(reverse("mfa_download_recovery_codes")).content.decode()


def test_another_application_ends_the_other_sessions_and_is_set_up_at_once(town, dominique) -> None:
    other, mine = signed_in(), sure(signed_in())
    assert mine.get(reverse("mfa_activate_totp")).headers["Location"] == reverse("mfa_deactivate_totp")
    answer = mine.post(reverse("mfa_deactivate_totp"), follow=True)
    assert answer.redirect_chain[-1][0] == reverse("mfa_activate_totp")
    secret = re.search(r"<code>(\w+)</code>", answer.content.decode())[1]
    cache.clear()
    mine.post(reverse("mfa_activate_totp"), {"code": code(secret)})
    assert (is_in(mine), is_in(other)) == (True, False)


def test_a_closed_account_has_no_session_left_when_it_is_opened_again(town, dominique) -> None:
    client = signed_in()
    people.disable(town.desk, town.who("lou"), "dominique")
    people.enable(town.desk, town.who("lou"), "dominique")
    assert not is_in(client)


# -------------------------------------------------------------------- the rest


@pytest.mark.parametrize("name", ["mfa_add_webauthn", "mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_view_recovery_codes"])
def test_what_protects_the_account_is_reached_with_the_password_only(town, dominique, name) -> None:
    client = signed_in()
    RecoveryCodes.activate(dominique)
    answer = client.get(reverse(name), follow=True)
    assert answer.redirect_chain[0][0].startswith(reverse("account_reauthenticate"))
    assert "Is it you?" in answer.content.decode()


def test_who_is_sure_may_say_so_by_the_code_or_by_the_passkey(town, dominique) -> None:
    client = sure(signed_in())
    passkey = with_passkey(client)
    fresh = signed_in()
    for name in ("mfa_reauthenticate", "mfa_reauthenticate_webauthn"):
        assert "Is it you?" in fresh.get(reverse(name)).content.decode()
    fresh.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": "/"})
    assert fresh.get(reverse("mfa_add_webauthn")).status_code == 302  # a password that was stolen is not enough
    told = options(fresh, "mfa_reauthenticate_webauthn")["request_options"]
    fresh.post(reverse("mfa_reauthenticate_webauthn"), {"credential": json.dumps(passkey.get(told)), "next": "/"})
    assert fresh.get(reverse("mfa_add_webauthn")).status_code == 200


def test_the_second_factor_at_a_glance(town, dominique) -> None:
    client = sure(signed_in())
    with_passkey(client)
    told = " ".join(re.sub(r"<[^>]+>", " ", client.get(reverse("mfa_index")).content.decode()).split())
    assert "Change telephone or application" in told
    assert "Téléphone" in told
    assert "Left: 10." in told


def test_a_passkey_alone_gives_no_visa_and_says_why(town, dominique) -> None:
    name, client = town.queue(), sure(signed_in())
    with_passkey(client)
    Authenticator.objects.filter(type="totp").delete()
    answer = client.post(f"/annonces/{name}/", {"act": "approve", "seen": "x", "code": "123456"}, follow=True)
    assert alerts(answer)[-1].startswith("Your account has no application that shows codes")


# -------------------------------------------------------------------- a passkey in the place of a code


def confirmed(client: Client, passkey: Passkey, path: str) -> None:
    """Use the passkey from a page that asks for a code; lead back there."""
    told = options(client, "mfa_reauthenticate_webauthn")["request_options"]
    address = reverse("mfa_reauthenticate_webauthn")
    answer = client.post(address, {"credential": json.dumps(passkey.get(told)), "next": path})
    assert answer.headers["Location"] == path


def visa(client: Client, name: str) -> dict[str, str]:
    page = client.get(f"/annonces/{name}/").content.decode()
    return {"act": "approve", "seen": re.search(r'name="seen" value="([^"]+)"', page)[1]}


def test_a_passkey_used_just_now_gives_one_visa_and_no_second_one(town, dominique) -> None:
    town.channel()
    first, second = (town.queue(name, memory=town.part("memory", name)) for name in ("Un", "Deux"))
    client = sure(signed_in())
    passkey = with_passkey(client)
    page = client.get(f"/annonces/{first}/").content.decode()
    assert f'href="/compte/confirmer/cle/?next=/annonces/{first}/"' in page
    assert town.announcement_state(first) == "awaiting_approval"
    client.post(f"/annonces/{first}/", visa(client, first))
    assert town.announcement_state(first) == "awaiting_approval"
    confirmed(client, passkey, f"/annonces/{first}/")
    page = client.get(f"/annonces/{first}/").content.decode()
    assert ("Your passkey has just confirmed" in page, 'name="code"' in page) == (True, False)
    client.post(f"/annonces/{first}/", visa(client, first))
    assert town.announcement_state(first) == "planned"
    client.post(f"/annonces/{second}/", visa(client, second))
    assert town.announcement_state(second) == "awaiting_approval"


def test_of_two_acts_at_the_same_time_a_passkey_confirms_one(town, dominique) -> None:
    """Both requests read the session before either has written that the passkey served."""
    town.channel()
    first, second = (town.queue(name, memory=town.part("memory", name)) for name in ("Un", "Deux"))
    client = sure(signed_in())
    confirmed(client, with_passkey(client), "/")
    client.post(f"/annonces/{first}/", visa(client, first))
    session = client.session
    del session["passkey_served"]
    session.save()
    answer = client.post(f"/annonces/{second}/", visa(client, second), follow=True)
    assert alerts(answer)[-1].startswith("Your passkey has confirmed another act already")
    assert [town.announcement_state(name) for name in (first, second)] == ["planned", "awaiting_approval"]


def test_a_passkey_that_was_used_long_ago_or_to_sign_in_gives_no_visa(town, dominique) -> None:
    town.channel()
    name = town.queue()
    client = sure(signed_in())
    passkey = with_passkey(client)
    confirmed(client, passkey, "/")
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 301
    session.save()
    client.post(f"/annonces/{name}/", visa(client, name))
    other = half_way()
    told = options(other, "mfa_authenticate")["request_options"]
    other.post(reverse("mfa_authenticate"), {"credential": json.dumps(passkey.get(told))})
    other.post(f"/annonces/{name}/", visa(other, name))
    assert town.announcement_state(name) == "awaiting_approval"


def test_whoever_types_a_code_keeps_the_passkey_for_the_next_act(town, dominique) -> None:
    town.channel()
    first, second = (town.queue(name, memory=town.part("memory", name)) for name in ("Un", "Deux"))
    client = sure(signed_in())
    passkey = with_passkey(client)
    confirmed(client, passkey, "/")
    cache.clear()
    client.post(f"/annonces/{first}/", visa(client, first) | {"code": code()})
    client.post(f"/annonces/{second}/", visa(client, second))
    assert [town.announcement_state(name) for name in (first, second)] == ["planned", "planned"]


def test_a_passkey_leads_to_no_other_site(town, dominique) -> None:
    client = sure(signed_in())
    passkey = with_passkey(client)
    told = options(client, "mfa_reauthenticate_webauthn")["request_options"]
    told = {"credential": json.dumps(passkey.get(told)), "next": "https://evil.example/"}
    assert not client.post(reverse("mfa_reauthenticate_webauthn"), told).headers["Location"].startswith("https://evil")
