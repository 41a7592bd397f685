"""Who sees what: every address, every role, every method."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from publisher.models import Audit, Delivery, Draft, Notice, Person, Role, Scope
from publisher.pipeline import notices, tokens
from publisher.web.gate import OPEN, OWN_ACCOUNT, SETTING_UP
from tests.pipeline.town import ROLES

CANARY = "Le maire annonce un grand projet secret"
DRAFT = "t-22222222"
LEAVES = {"leaf", "draft_leaf"}
"""Addresses of markup: here there is none."""

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
NAMES = {role: name for name, role in reversed(ROLES.items())}
PATTERNS = {pattern.name: pattern for pattern in get_resolver().url_patterns if isinstance(pattern, URLPattern)}


def address(name: str, announcement: str) -> str:
    filled = {
        "draft": [DRAFT],
        "draft_leaf": [DRAFT, "memory", "page"],
        **{view: [announcement] for view in ("announcement", "correct", "draft_again", "report", "withdraw")},
        "confirm": [Person.objects.get(name="eden").pk],
        "delivery": [announcement, Delivery.objects.get(announcement=announcement).pk],
        "channel_connect": ["memory"],
        "help_page": ["paused"],
        "invitation": ["MQ", "wrong-token"],
        "leaf": [announcement, "d-22222222", "page"],
        "mfa_edit_webauthn": [1],
        "mfa_remove_webauthn": [1],
        "person": [Person.objects.get(name="eden").pk],
        "static": ["base.css"],
        "api_announcement": [announcement],
        "calendar_feed": ["pub_wrong"],
    }
    return reverse(name, args=filled.get(name, []))


@pytest.fixture(autouse=True)
def draft(town) -> None:
    """Something that is being written."""
    now = town.clock.now()
    fields = {"title": CANARY, "body": CANARY}
    Draft.objects.create(id=DRAFT, fields=fields, editor=town.who("camille").person, created_at=now, changed_at=now)


def own() -> list[str]:
    return [name for name in PATTERNS if name not in OPEN | OWN_ACCOUNT and not hasattr(PATTERNS[name].callback, "scopes")]


PAGES = [name for name in PATTERNS if not hasattr(PATTERNS[name].callback, "scopes")]
FOR_PROGRAMS = [name for name in PATTERNS if name not in PAGES]
"""Views where a token counts and no session."""


def test_every_address_has_a_name_and_says_for_whom_it_is() -> None:
    assert len(PATTERNS) == len(get_resolver().url_patterns)
    assert all(name.startswith(("api_", "calendar_feed")) for name in FOR_PROGRAMS)
    for name in own():
        assert PATTERNS[name].callback.roles <= set(Role)
        assert PATTERNS[name].callback.methods <= {"GET", "HEAD", "POST"}


@pytest.mark.parametrize("name", PAGES)
def test_a_stranger_is_led_to_the_way_in_and_learns_nothing(town, name) -> None:
    announcement = town.planned(CANARY)
    for method in METHODS:
        answer = Client(SERVER_NAME="localhost").generic(method, address(name, announcement))
        assert CANARY.encode() not in b"".join(answer)
        if name not in OPEN:
            assert (answer.status_code, answer.headers.get("Location", "").split("?")[0]) == (302, "/connexion/"), method


@pytest.mark.parametrize("name", PAGES)
def test_without_a_second_factor_there_is_nothing_but_its_setting_up(town, name) -> None:
    announcement = town.planned(CANARY)
    client = Client(SERVER_NAME="localhost")
    client.force_login(town.who("dominique").person)
    answer = client.get(address(name, announcement))
    assert CANARY.encode() not in b"".join(answer)
    if name not in OPEN | SETTING_UP:
        assert (answer.status_code, answer.headers["Location"]) == (302, reverse("mfa_activate_totp"))


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("name", own())
def test_each_view_is_for_the_roles_and_methods_that_it_names(town, browser, role, name) -> None:
    announcement, view = town.planned(CANARY), PATTERNS[name].callback
    client = browser(NAMES[role])
    for method in METHODS:
        answer = client.generic(method, address(name, announcement))
        if role not in view.roles:
            assert answer.status_code == 403, method
        elif method not in view.methods:
            assert answer.status_code == 405, method
        else:
            assert answer.status_code in {200, 302, 404 if name in LEAVES else 200}, method


def kept() -> tuple[int, list[dict], list[dict]]:
    return Audit.objects.count(), list(Draft.objects.values()), list(Notice.objects.values())


@pytest.mark.parametrize("name", [name for name in PAGES if name != "account_logout"])
def test_reading_changes_nothing(town, browser, name) -> None:
    announcement = town.planned(CANARY)
    notices.look(town.desk)
    client, before = browser("camille"), kept()
    client.get(address(name, announcement))
    assert kept() == before
    assert Authenticator.objects.count() == 1


def secrets(town) -> dict[str, str]:
    """A token of each scope, and one that was revoked."""
    made = {}
    for scope in [[Scope.READ], [Scope.QUEUE], [Scope.CALENDAR], [Scope.READ, Scope.QUEUE]]:
        made["+".join(scope)] = tokens.create(town.desk, town.who("lou"), "+".join(scope), "camille", scope)[1]
    made["revoked"] = tokens.create(town.desk, town.who("lou"), "revoked", "camille", [Scope.READ])[1]
    tokens.revoke(town.desk, town.who("lou"), "revoked")
    return made


@pytest.mark.parametrize("name", FOR_PROGRAMS)
def test_without_a_token_that_counts_a_program_learns_nothing(town, browser, name) -> None:
    announcement, revoked = town.planned(CANARY), secrets(town)["revoked"]
    clients = {"nobody": Client(SERVER_NAME="localhost"), **{role: browser(NAMES[role]) for role in Role}}
    for method in METHODS:
        for headers in ({}, {"Authorization": "Bearer pub_wrong"}, {"Authorization": f"Bearer {revoked}"}):
            for client in clients.values():
                answer = client.generic(method, address(name, announcement), headers=headers)
                assert CANARY.encode() not in b"".join(answer)
                assert answer.status_code == (404 if name == "calendar_feed" else 401), (method, headers)


@pytest.mark.parametrize("name", [name for name in FOR_PROGRAMS if name.startswith("api_")])
def test_each_view_for_programs_is_for_the_scopes_and_methods_that_it_names(town, name) -> None:
    announcement, view, client = town.planned(CANARY), PATTERNS[name].callback, Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    assert set(view.scopes) <= {"GET", "HEAD", "POST"}
    for held, secret in secrets(town).items():
        for method in METHODS:
            answer = client.generic(method, address(name, announcement), headers={"Authorization": f"Bearer {secret}"})
            if held == "revoked":
                assert answer.status_code == 401
            elif method not in view.scopes:
                assert answer.status_code == 405, (held, method)
            elif view.scopes[method] not in held.split("+"):
                assert answer.status_code == 403, (held, method)
            else:
                refused = 404 if name == "api_absent" else 415 if method == "POST" else 200
                assert answer.status_code == refused, (held, method)


@pytest.mark.parametrize("name", PAGES)
def test_a_token_opens_no_page(town, name) -> None:
    announcement = town.planned(CANARY)
    for secret in secrets(town).values():
        answer = Client(SERVER_NAME="localhost").get(address(name, announcement), headers={"Authorization": f"Bearer {secret}"})
        assert CANARY.encode() not in b"".join(answer)
        assert name in OPEN or answer.status_code == 302


def test_only_views_for_programs_take_forms_without_the_form_s_token() -> None:
    exempt = {name for name in PATTERNS if getattr(PATTERNS[name].callback, "csrf_exempt", False)}
    assert exempt == set(FOR_PROGRAMS)


def test_a_closed_account_is_signed_out_at_once(town, browser) -> None:
    client = browser("camille")
    assert client.get("/").status_code == 200
    person = town.who("camille").person
    type(person).objects.filter(pk=person.pk).update(is_active=False)
    assert client.get("/").headers["Location"].startswith("/connexion/")


def test_no_form_is_taken_from_elsewhere(town) -> None:
    client = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    client.force_login(town.who("dominique").person)
    assert client.post("/reprendre/", {"channel": ""}).status_code == 403
