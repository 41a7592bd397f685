"""What [web.oidc] must say before anybody can sign in elsewhere."""

import dataclasses
import sys

import pytest

from publisher import config, shipped
from publisher.adapters import oidc
from publisher.config import Oidc, Secrets
from publisher.errors import ConfigError

ISSUER = "https://identite.valmont-les-tilleuls.example"


def town(secrets: dict[str, str] | None = None, **told: object) -> config.Config:
    shown = config.load(shipped.example_config(), {})
    found = Secrets({"OIDC_CLIENT_SECRET": "s"} if secrets is None else secrets, {}, shown.folder)
    return dataclasses.replace(shown, web=dataclasses.replace(shown.web, oidc=Oidc(**told)), secrets=found)


def test_without_an_issuer_there_is_no_provider():
    assert oidc.configured(town(client_id="publisher")) is None


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"issuer": ISSUER}, "“client_id” is missing"),
        ({"issuer": "http://identite.example", "client_id": "publisher"}, "an identity must not travel in clear"),
        ({"issuer": ISSUER, "client_id": "publisher", "secrets": {}}, "The secret OIDC_CLIENT_SECRET, needed by .web.oidc., is missing"),
    ],
)
def test_what_is_missing_is_one_sentence(told, sentence):
    with pytest.raises(ConfigError, match=sentence):
        oidc.configured(town(**told))


def test_without_its_package_one_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "jwt", None)
    with pytest.raises(ConfigError, match=r"install “mairie-publisher\[oidc\]”"):
        oidc.configured(town(issuer=ISSUER, client_id="publisher"))


def test_the_secret_is_not_shown():
    assert "'s'" not in repr(oidc.configured(town(issuer=ISSUER, client_id="publisher")))
