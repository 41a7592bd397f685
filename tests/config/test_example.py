"""config.example.toml says everything that can be configured, with its default; env.example names every secret."""

import dataclasses
import re
import tomllib
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from publisher import shipped
from publisher.adapters import registry
from publisher.config import SECTIONS, Oidc, Secret, TownContact, Where, load, read

TEXT = shipped.example_config().read_text(encoding="utf-8")
TABLES = tomllib.loads(TEXT)
# every optional key with the value that its comment shows
SHOWN = tomllib.loads(re.sub(r'^# (?=[a-z_]+ = ["\[\d])', "", TEXT, flags=re.MULTILINE))
CLASSES = {
    **SECTIONS,
    "town.contact": TownContact,
    "web.oidc": Oidc,
    **{f"channels.{name}": registry.load(table["adapter"]).settings_class for name, table in TABLES["channels"].items()},
}
# what only a town can fill in: the example shows an invented one
THE_TOWNS_OWN = {
    "town.site_url",
    "channels.facebook.account",
    "channels.facebook.after",
    "channels.x.account",
    "channels.x.after",
    "channels.email.after",
    "channels.email.recipients",
    "channels.application.enabled",
}


def table(tables: dict, section: str) -> dict:
    for name in section.split("."):
        tables = tables[name]
    return tables


def fields(section: str) -> dict[str, dataclasses.Field]:
    """Return the keys of a section by name, without its sub-sections and its secrets."""
    hints = get_type_hints(CLASSES[section])
    elsewhere = {name for name, hint in hints.items() if dataclasses.is_dataclass(hint) or hint is Secret or Secret in get_args(hint)}
    return {field.name: field for field in dataclasses.fields(CLASSES[section]) if field.name not in elsewhere}


def default(field: dataclasses.Field) -> object:
    """Return the default of a key, MISSING if it has none."""
    return field.default if field.default_factory is dataclasses.MISSING else field.default_factory()


def test_every_kind_of_channel_is_shown():
    assert {table["adapter"] for table in TABLES["channels"].values()} == set(registry.KINDS)


@pytest.mark.parametrize("section", CLASSES)
def test_every_key_is_shown_and_no_other(section):
    shown = {name for name in table(SHOWN, section) if f"{section}.{name}" not in CLASSES}
    assert shown == set(fields(section))


@pytest.mark.parametrize("section", CLASSES)
def test_every_value_in_force_is_the_default_and_every_value_in_a_comment_a_good_one(section, tmp_path):
    for folder in ("site", "facebook", "x", "courriel", "application"):
        (tmp_path / "modeles" / folder).mkdir(parents=True)
    (tmp_path / "logo.png").touch()
    (tmp_path / "autorite.pem").write_text("-----BEGIN CERTIFICATE-----")
    where = Where("config.example.toml", section, tmp_path)
    shown, in_force = read(CLASSES[section], table(SHOWN, section), where), table(TABLES, section)
    for name, field in fields(section).items():
        if name not in in_force:
            assert default(field) in {None, "", (), dataclasses.MISSING}, name
        elif default(field) is not dataclasses.MISSING and f"{section}.{name}" not in THE_TOWNS_OWN:
            expected = where.folder / default(field) if isinstance(default(field), Path) else default(field)
            assert (name, getattr(shown, name)) == (name, expected)


def test_the_channels_of_the_example_can_be_configured():
    config = load(environ={})
    assert list(registry.configure(config, secrets=False)) == ["website", "facebook", "x", "email", "application"]


def test_every_secret_is_named():
    named = re.findall(r"^#([A-Z_]+)=$", shipped.example_env().read_text(encoding="utf-8"), flags=re.MULTILINE)
    expected = ["NOTICES_PASSWORD", "OIDC_CLIENT_SECRET"]
    for kind in registry.KINDS:
        adapter = registry.load(kind)
        prefix = getattr(adapter, "secret_prefix", kind).upper()
        hints = get_type_hints(adapter.settings_class)
        expected += [f"{prefix}_{name}".upper() for name, hint in hints.items() if hint is Secret or Secret in get_args(hint)]
    assert sorted(named) == sorted(expected)
