"""`publisher token`: made and shown once, listed without secret, revoked at once."""

import hashlib

import pytest

from publisher.models import Audit, Token
from tests.office import Office

CREATE = ("token", "create", "website", "--for", "camille", "--as", "lou")


def test_a_token_is_shown_once_kept_as_a_hash_listed_and_revoked(office: Office) -> None:
    sentence, secret = office.says(*CREATE, "--scope", "read", "--scope", "queue").splitlines()
    assert sentence == "This is shown once only; whoever has it acts as camille, as far as it goes:"
    assert (secret[:4], len(secret)) == ("pub_", 47)
    assert Token.objects.get().sha256 == hashlib.sha256(secret.encode()).hexdigest()
    assert office.says("token", "list") == "website\tcamille\tqueue read\t(never used)\n"
    assert secret not in str(list(Audit.objects.values()))
    assert office.refuses(*CREATE, "--scope", "read") == "There is already a token “website”: revoke it first."
    assert office.says("token", "revoke", "website", "--as", "lou") == "The token “website” is worth nothing any more.\n"
    assert office.says("token", "list").endswith("\t(revoked)\n")
    assert office.refuses("token", "revoke", "website", "--as", "lou").startswith("There is no token “website”")
    told = list(Audit.objects.order_by("sequence").values_list("action", "subject", "detail", "person__name"))
    assert told == [
        ("token.created", "website", {"person": "camille", "scopes": ["queue", "read"]}, "lou"),
        ("token.revoked", "website", {}, "lou"),
    ]


def test_as_json(office: Office) -> None:
    made = office.json(*CREATE, "--scope", "read")
    assert (made["format"], made["name"], set(made)) == ("publisher.token/1", "website", {"format", "name", "secret"})
    (row,) = office.json("token", "revoke", "website", "--as", "lou")["tokens"]
    assert (row["person"], row["scopes"], row["used_at"]) == ("camille", ["read"], None)
    assert row["revoked_at"]


def test_the_address_of_a_calendar(office: Office) -> None:
    address = office.says("token", "create", "phone", "--for", "eden", "--scope", "calendar", "--as", "lou").splitlines()[1]
    assert address.startswith("http://127.0.0.1:8000/calendrier/pub_")
    assert address.endswith(".ics")
    made = office.json("token", "create", "tablet", "--for", "eden", "--scope", "calendar", "--as", "lou")
    assert made["address"] == f"http://127.0.0.1:8000/calendrier/{made['secret']}.ics"


@pytest.mark.parametrize(
    ("arguments", "code", "start"),
    [
        (["create", "x", "--for", "dominique", "--scope", "queue", "--as", "lou"], 1, "Only a token of an author queues"),
        (["create", "x", "--for", "eden", "--scope", "queue", "--as", "lou"], 1, "Only a token of an author queues"),
        (["create", "x", "--for", "nobody", "--scope", "read", "--as", "lou"], 1, "There is no account “nobody”"),
        (["create", "x", "--for", "camille", "--scope", "read", "--as", "camille"], 1, "“camille” has the role author"),
        (["create", " x", "--for", "camille", "--scope", "read", "--as", "lou"], 2, "“ x” cannot be the name of a token"),
        (["create", "x" * 49, "--for", "camille", "--scope", "read", "--as", "lou"], 2, "“xxx"),
        (["create", "x", "--for", "camille", "--scope", "calendar", "--scope", "read", "--as", "lou"], 2, "The address of a calendar"),
        (["create", "x", "--for", "camille", "--as", "lou"], 2, "the following arguments are required"),
        (["create", "x", "--for", "camille", "--scope", "approve", "--as", "lou"], 2, "argument --scope: invalid choice"),
    ],
)
def test_refused_in_one_sentence(office: Office, arguments: list[str], code: int, start: str) -> None:
    assert office.refuses("token", *arguments, code=code).startswith(start)
    assert not Token.objects.exists()


def test_the_tokens_of_a_closed_account_die_with_it_for_good(office: Office) -> None:
    office.says(*CREATE, "--scope", "read")
    office.says("user", "disable", "camille", "--as", "lou")
    assert Token.objects.get().revoked_at
    assert office.refuses(*CREATE, "--scope", "read").startswith("The account “camille” is disabled")
    office.says("user", "enable", "camille", "--as", "lou")
    assert Token.objects.get().revoked_at
