"""Every key of config.example.toml, mistyped: one sentence names the file, the key and what to write."""

import re

import pytest

from publisher import shipped
from publisher.adapters import registry
from publisher.config import load
from publisher.errors import ConfigError
from tests.config.test_example import CLASSES, SHOWN, fields, table

A_TEXT = "a text between quotation marks is needed."
ONE_LINE = "write one line, without “{” or “}”."
NOT_EMPTY = "this cannot be empty: write it out."
A_PATH = "the path of a file or a folder is needed, between quotation marks."
TEXTS = 'a list of texts is needed, such as ["one", "two"].'
TRUE_OR_FALSE = "write true or false."
WHOLE = "a whole number is needed."
A_NUMBER = "a number is needed."
COMPLETE = "a complete address is needed, such as https://www.example.org."
BARE = "write the address without password, “?” or “#”."
ZONE = "there is no such time zone; write its name, such as Europe/Paris."
COLOUR = "a colour is written “#” and six hexadecimal digits, such as #1f4e79."
MAIL = "write an e-mail address, such as presse@example.org."
DATABASE = "write sqlite, or an address that starts with postgresql://."
NETWORKS = "write IP addresses or networks, such as 10.0.0.0/8."
PAGE_ID = "write the number of the page, not its name; facebook.com shows it under “About”, “Page transparency”."
VERSION = "write a version of Facebook's interface, such as v26.0."
FULL_NAME = "write the full name of this machine, such as publisher.example.org."
HANDLE = "write the account's name without “@” and without its address, such as ville_de_valmont."
PROGRAM = 'name the program first, such as ["rsync", "-a", "./", "site.example:presse/"].'
KINDS = "the kinds are static-site, facebook, x, email, by-hand."
CHANNELS = "the channels are website, facebook, x, email, application."


def between(low: object, high: object) -> str:
    return f"the number must lie between {low} and {high}."


def language(value: str) -> str:
    return f"there is no language “{value}”; write its code in small letters, such as fr."


def hashtag(value: str) -> str:
    return f"“{value}” cannot be a hashtag; write letters and digits only, at least one letter, such as FeteDesLanternes."


def pale(value: str, darker: str) -> str:
    return f"{value} is too pale to be read on white; take a darker shade, such as {darker}."


def host(value: str) -> str:
    return f"“{value}” is no host name; write it alone, without “https://” or port, such as www.example.org."


def telephone(value: str) -> str:
    return f"“{value}” is no telephone number; write one such as 01 99 00 12 34."


def no_file(name: str) -> str:
    return f"there is no file FOLDER/{name}; correct the path, or remove this line."


def no_folder(name: str) -> str:
    return f"there is no folder FOLDER/{name}; correct the path, or remove this line."


def word(value: str) -> str:
    return f"“{value}” is no such word; write it without spaces, quotation marks or accents, as the provider documents it."


WORDS = [('["openid email"]', word("openid email")), ('[""]', word("")), ('"openid"', TEXTS)]
LINES = [("3", A_TEXT), ('"Ville\\nde Valmont"', ONE_LINE), ('"{permalink}"', ONE_LINE)]
ADDRESSES = [('"www.valmont.example"', COMPLETE), ('""', COMPLETE), ('"https://press:secret@valmont.example"', BARE)]
HOSTS = [
    ('""', host("")),
    ('"https://valmont.example"', host("https://valmont.example")),
    ('"valmont.example:25"', host("valmont.example:25")),
]
HOSTS_OF = [(f"[{text}]", sentence) for text, sentence in HOSTS]
SWITCH = [('"oui"', TRUE_OR_FALSE), ("1", TRUE_OR_FALSE), ("[]", TRUE_OR_FALSE)]
SECONDS = [("0", between(0.1, 60)), ('"dix"', A_NUMBER), ("true", A_NUMBER)]
FOLDERS = [('""', A_PATH), ('"config.toml"', "FOLDER/config.toml is a file; name a folder."), ("5", A_PATH)]
COMMON = {
    "adapter": [
        ('"statik-site"', "there is no kind of channel “statik-site”; did you mean “static-site”?"),
        ('"journal"', f"there is no kind of channel “journal”; {KINDS}"),
        ('""', f"say which kind of channel it is; {KINDS}"),
    ],
    "account": LINES,
    "enabled": SWITCH,
    "after": [('"website"', TEXTS), ("[1]", TEXTS), ('["site"]', f"there is no channel “site”; {CHANNELS}")],
    "before_embargo": SWITCH,
    "not_after": [("0", between(1, 10080)), ("1.5", WHOLE), ('"demain"', WHOLE)],
    "templates": [('"absent"', no_folder("absent")), ('"config.toml"', no_folder("config.toml")), ('""', A_PATH)],
}
MISTAKES = {
    "town": {
        "name": [('""', NOT_EMPTY), ('"  "', NOT_EMPTY), *LINES],
        "zone": [('"Europe/Valmont"', ZONE), ('""', ZONE), ('"+01:00"', ZONE)],
        "language": [('"xx"', language("xx")), ('"français"', language("français")), ('"FR"', language("FR")), ('""', language(""))],
        "site_url": [*ADDRESSES, ('"https://valmont.example/?page=3"', BARE), ('"https://valmont.example/#presse"', BARE)],
        "hashtags": [
            ('["Valmont", "Fête des lanternes"]', hashtag("Fête des lanternes")),
            ('["L’été"]', hashtag("L’été")),
            ('["Valmont-les-Tilleuls"]', hashtag("Valmont-les-Tilleuls")),
            ('["2026"]', hashtag("2026")),
            ('[""]', hashtag("")),
            ('"Valmont"', TEXTS),
        ],
        "legal_notice": [("4", A_TEXT), ('"{unsubscribe}"', "write it without “{” or “}”."), ("[]", A_TEXT)],
        "logo": [
            ('"absent.png"', no_file("absent.png")),
            ('"folder.png"', no_file("folder.png")),
            ('"logo.bmp"', "the name of the image must end with .png or .svg."),
            ('""', A_PATH),
        ],
        "colour": [
            ('"bleu"', COLOUR),
            ('"#fff"', COLOUR),
            ('"#ffd500"', pale("#ffd500", "#8c7500")),
            ('"#ffffff"', pale("#ffffff", "#757575")),
        ],
        "link_line": LINES,
    },
    "town.contact": {
        "name": LINES,
        "role": LINES,
        "phone": [('"bonjour"', telephone("bonjour")), ('"1"', telephone("1")), ("199001234", A_TEXT)],
        "email": [('"presse"', MAIL), ('"presse@valmont"', MAIL), ('"Camille <presse@valmont.example>"', MAIL)],
    },
    "storage": {"data_dir": FOLDERS, "database": [('"mysql://valmont"', DATABASE), ('""', DATABASE), ("1", A_TEXT)]},
    "approval": {"required": [("3", between(0, 2)), ("-1", between(0, 2)), ('"1"', WHOLE)], "command_line": SWITCH},
    "web": {
        "host": HOSTS,
        "port": [("70000", between(0, 65535)), ("-1", between(0, 65535)), ('"8000"', WHOLE)],
        "public_url": ADDRESSES,
        "staff_url": ADDRESSES,
        "trusted_proxies": [('["valmont"]', NETWORKS), ('["10.0.0.1/8"]', NETWORKS), ('"10.0.0.1"', TEXTS)],
    },
    "web.oidc": {
        "issuer": ADDRESSES,
        "client_id": LINES,
        "button": [('""', NOT_EMPTY), *LINES],
        "claim": [(f'"{word}"', 'write one of "email", "sub".') for word in ("upn", "", "EMAIL")],
        "email_is_verified": SWITCH,
        "scopes": WORDS,
        "acr_values": WORDS,
        "hosts": [*HOSTS_OF, ('"valmont.example"', TEXTS)],
    },
    "notices": {
        "enabled": SWITCH,
        "host": HOSTS,
        "port": [("0", between(1, 65535)), ("70000", between(1, 65535)), ('"587"', WHOLE)],
        "security": [(value, 'write one of "starttls", "tls", "none".') for value in ('"ssl"', '""', "true")],
        "address": [('"mairie"', MAIL), ('"mairie@valmont"', MAIL), ('"Mairie <mairie@valmont.example>"', MAIL)],
        "username": LINES,
    },
    "network": {
        "https_proxy": [('"valmont.example:3128"', COMPLETE), ('""', COMPLETE), ("3128", A_TEXT)],
        "no_proxy": [('["https://valmont.example"]', host("https://valmont.example")), ('[""]', host("")), ('"valmont.example"', TEXTS)],
        "ca_file": [
            ('"absent.pem"', no_file("absent.pem")),
            ('"config.toml"', "FOLDER/config.toml holds no certificate in PEM form; ask whoever looks after the network for it."),
            ('""', A_PATH),
        ],
    },
    "engine": {
        "kind": [('"celery"', 'write one of "embedded", "procrastinate".'), ('""', 'write one of "embedded", "procrastinate".')] * 2,
        "workers": [("0", between(1, 64)), ("65", between(1, 64)), ('"quatre"', WHOLE)],
    },
    "channels.website": {
        **COMMON,
        "directory": FOLDERS,
        "url": ADDRESSES,
        "title": LINES,
        "command": [('"rsync -a"', TEXTS), ('[""]', PROGRAM), ('[" ", "-a"]', PROGRAM)],
        "command_timeout": [("0", between(1, 3600)), ("4000", between(1, 3600)), ('"120"', WHOLE)],
        "timeout": SECONDS,
    },
    "channels.facebook": {
        **COMMON,
        "account": [('"Valmont"', PAGE_ID), ('"https://facebook.com/valmont"', PAGE_ID), ("100", A_TEXT)],
        "api_base": ADDRESSES,
        "api_version": [('"26.0"', VERSION), ('"v26"', VERSION), ('""', VERSION)],
        "timeout": SECONDS,
    },
    "channels.x": {
        **COMMON,
        "account": [('"@valmont"', HANDLE), ('"https://x.com/valmont"', HANDLE), ('"Ville de Valmont"', HANDLE)],
        "api_base": ADDRESSES,
        "timeout": SECONDS,
        "max_posts": [("0", between(1, 25)), ("26", between(1, 25)), ('"5"', WHOLE)],
        "thread": [
            ('"always"', 'write one of "auto", "never".'),
            ("true", 'write one of "auto", "never".'),
            ('""', 'write one of "auto", "never".'),
        ],
        "correction": [(f'"{word}"', 'write one of "reply", "repost".') for word in ("edit", "REPLY", "")],
    },
    "channels.email": {
        **COMMON,
        "account": [('"presse"', MAIL), ('""', MAIL), ('"presse@valmont"', MAIL)],
        "name": LINES,
        "reply_to": [('"presse"', MAIL), ('""', MAIL), ('"a@valmont.example, b@valmont.example"', MAIL)],
        "host": HOSTS,
        "port": [("0", between(1, 65535)), ("70000", between(1, 65535)), ('"587"', WHOLE)],
        "security": [(f'"{word}"', 'write one of "starttls", "tls", "none".') for word in ("ssl", "STARTTLS", "")],
        "auth": [(f'"{word}"', 'write one of "password", "xoauth2", "none".') for word in ("oauth", "login", "")],
        "token_url": ADDRESSES,
        "client_id": LINES,
        "scope": LINES,
        "tokens": FOLDERS,
        "helo": [('"localhost"', FULL_NAME), ('"mairie"', FULL_NAME), ('"mairie.local"', FULL_NAME)],
        "connections": [("0", between(1, 50)), ("51", between(1, 50)), ('"2"', WHOLE)],
        "messages_per_connection": [("0", between(1, 10000)), ("10001", between(1, 10000)), ('"100"', WHOLE)],
        "messages_per_minute": [("0", between(1, 100000)), ("100001", between(1, 100000)), ('"60"', WHOLE)],
        "timeout": SECONDS,
        "recipients": [('""', A_PATH), ('"folder.png"', "FOLDER/folder.png is a folder; name a file."), ("3", A_PATH)],
    },
    "channels.application": {
        **COMMON,
        "name": LINES,
        "where": ADDRESSES,
        "how": LINES,
        "maximum": [("0", between(1, 100000)), ("100001", between(1, 100000)), ('"280"', WHOLE)],
        "carries": [(f'"{word}"', 'write one of "document", "paragraphs", "sentences".') for word in ("text", "Document", "")],
        "link": SWITCH,
        "has_address": SWITCH,
        "permalink": SWITCH,
    },
}
CASES = [(section, key, *case) for section, keys in MISTAKES.items() for key, cases in keys.items() for case in cases]


def test_every_key_is_mistyped_in_three_ways_at_least():
    assert {section: {key for key, cases in keys.items() if len(cases) > 2} for section, keys in MISTAKES.items()} == {
        section: set(fields(section)) for section in CLASSES
    }


@pytest.mark.parametrize(("section", "key", "value", "remedy"), CASES)
def test_a_mistake_is_refused_in_one_sentence(section, key, value, remedy, tmp_path):
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "logo.bmp").touch()
    file = tmp_path / "config.toml"
    file.write_text(mistyped(section, key, value), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        registry.configure(load(file, {}), secrets=False)
    place = f"FOLDER/config.toml, [{section}] {key}: "
    assert str(caught.value).replace(str(tmp_path), "FOLDER") == place + remedy


def mistyped(section: str, key: str, value: str) -> str:
    """The shipped example with one key set to another value."""
    head, body = shipped.example_config().read_text("utf-8").split(f"\n[{section}]\n")
    body, count = re.subn(rf"^(# )?{key} = .*$", lambda _: f"{key} = {value}", body, count=1, flags=re.MULTILINE)
    assert count
    return f"{head}\n[{section}]\n{body}"


def test_what_looks_odd_and_is_right_is_accepted(tmp_path):
    town = {
        "name": "L’Haÿ-les-Roses & alentours",
        "language": "fr-FR",
        "site_url": "http://127.0.0.1:8000/presse/",
        "hashtags": ["#FeteDesLanternes", "Noël2026", "l_été"],
        "legal_notice": "Ville de Valmont,\nplace de la Mairie",
        "colour": "#767676",
        "link_line": "",
    }
    assert {name: table(SHOWN, "town")[name] for name in town}.keys() == town.keys()
    lines = [f"{name} = {list(value) if isinstance(value, list) else value!r}" for name, value in town.items() if name != "legal_notice"]
    file = tmp_path / "config.toml"
    file.write_text('[town]\nlegal_notice = """Ville de Valmont,\nplace de la Mairie"""\n' + "\n".join(lines), encoding="utf-8")
    read = load(file, {}).town
    assert {name: getattr(read, name) for name in town} == {**town, "hashtags": tuple(town["hashtags"])}


@pytest.mark.parametrize("phone", ["", "15", "01 99 00 12 34", "+33 1 99 00 12 34", "01.99.00.12.34 / 06-39-98-12-34", "(0)1 99 00 12 34"])
def test_telephone_numbers_as_towns_write_them_are_accepted(phone, tmp_path):
    file = tmp_path / "config.toml"
    file.write_text(f'[town]\nname = "Valmont"\n[town.contact]\nphone = "{phone}"', encoding="utf-8")
    assert load(file, {}).town.contact.phone == phone


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1", "smtp.valmont.example", "serveur_1.intranet", "mél.valmont.example"])
def test_hosts_of_a_town_are_accepted(name, tmp_path):
    file = tmp_path / "config.toml"
    file.write_text(f'[town]\nname = "Valmont"\n[web]\nhost = "{name}"\n[network]\nno_proxy = [".intranet", "{name}"]', encoding="utf-8")
    config = load(file, {})
    assert (config.web.host, config.network.no_proxy) == (name, (".intranet", name))
