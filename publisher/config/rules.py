"""What a value of config.toml must be, beyond its type: every rule with the sentence that says what is accepted."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from publisher.config.colour import WHITE, is_legible, legible
from publisher.config.tables import Check
from publisher.i18n import N_

# ISO 639-1, and the languages of France that have no code there
LANGUAGES = frozenset(
    re.findall(
        r"\w+",
        """aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es
        et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki
        kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no
        nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te
        tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu frp gcf gcr gsw pcd rcf swb wls""",
    )
)
PICTURES = {".png", ".svg"}

_MAIL = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_HOST = re.compile(r"\.?[^\W_](?:[\w-]*[^\W_])?(?:\.[^\W_](?:[\w-]*[^\W_])?)*|\[?[0-9A-Fa-f:]*:[0-9A-Fa-f:.]+\]?")
_HASHTAG = re.compile(r"#?(?=\w*[^\W\d_])\w+")
_TELEPHONE = re.compile(r"\+?(?=(?:\D*\d){2})[\d .()/+-]+")


def is_mail_address(text: str) -> bool:
    """Return whether the text is one e-mail address, without a name."""
    return _MAIL.fullmatch(text) is not None


def each(accepts: Callable[[str], bool], sentence: str) -> Check:
    """Accept a list all of whose items are accepted; `value` in the sentence is the first that is not."""
    return Check(
        lambda texts: all(map(accepts, texts)), sentence, lambda texts: {"value": next(text for text in texts if not accepts(text))}
    )


def _is_open(text: str) -> bool:
    """Whether nothing in it could be taken for a slot, which is filled when the text leaves."""
    return not {"{", "}"} & set(text)


def _is_line(text: str) -> bool:
    return _is_open(text) and (text.isprintable() or not text)


def _parts(text: str) -> SplitResult | None:
    """Return the parts of a complete http or https address, None for anything else."""
    if not text.isprintable() or " " in text:
        return None
    try:
        parts = urlsplit(text)
        complete = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return None
    return parts if complete else None


def _is_bare(text: str) -> bool:
    parts = urlsplit(text)
    return "?" not in text and "#" not in text and "@" not in parts.netloc


def _is_colour(text: str) -> bool:
    return re.fullmatch("#[0-9A-Fa-f]{6}", text) is not None


def _is_language(text: str) -> bool:
    return re.fullmatch("[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", text) is not None and text.partition("-")[0] in LANGUAGES


def _is_database(text: str) -> bool:
    return text == "sqlite" or text.startswith(("postgresql://", "postgres://"))


def _are_networks(texts: tuple[str, ...]) -> bool:
    from ipaddress import ip_network  # slow to load, and most towns write none

    try:
        return all(ip_network(text) for text in texts)
    except ValueError:
        return False


def _holds_certificates(path: Path) -> bool:
    try:
        return "-----BEGIN CERTIFICATE-----" in path.read_text("ascii", "replace")
    except OSError:
        return False


_A_WEBHOOK = N_("%(place)s: the name is made of up to 32 letters, digits, _ and -, and starts with a letter.")
_AN_EVENT = N_("%(place)s: “%(value)s” is no event; the events are delivered, held, failed and missed.")
_ONE_LINE = N_("%(place)s: write one line, without “{” or “}”.")
_NOT_EMPTY = N_("%(place)s: this cannot be empty: write it out.")
_NO_BRACES = N_("%(place)s: write it without “{” or “}”.")
_COMPLETE = N_("%(place)s: a complete address is needed, such as https://www.example.org.")
_BARE = N_("%(place)s: write the address without password, “?” or “#”.")
_A_HOST = N_("%(place)s: “%(value)s” is no host name; write it alone, without “https://” or port, such as www.example.org.")
_A_MAIL_ADDRESS = N_("%(place)s: write an e-mail address, such as presse@example.org.")
_A_TELEPHONE = N_("%(place)s: “%(value)s” is no telephone number; write one such as 01 99 00 12 34.")
_A_HASHTAG = N_("%(place)s: “%(value)s” cannot be a hashtag; write letters and digits only, at least one letter, such as FeteDesLanternes.")
_A_COLOUR = N_("%(place)s: a colour is written “#” and six hexadecimal digits, such as #1f4e79.")
_DARKER = N_("%(place)s: %(value)s is too pale to be read on white; take a darker shade, such as %(darker)s.")
_A_LANGUAGE = N_("%(place)s: there is no language “%(value)s”; write its code in small letters, such as fr.")
_A_DATABASE = N_("%(place)s: write sqlite, or an address that starts with postgresql://.")
_NETWORKS = N_("%(place)s: write IP addresses or networks, such as 10.0.0.0/8.")
_NO_FILE = N_("%(place)s: there is no file %(value)s; correct the path, or remove this line.")
_NO_FOLDER = N_("%(place)s: there is no folder %(value)s; correct the path, or remove this line.")
_IS_FILE = N_("%(place)s: %(value)s is a file; name a folder.")
_A_WORD = N_("%(place)s: “%(value)s” is no such word; write it without spaces, quotation marks or accents, as the provider documents it.")
_IS_FOLDER = N_("%(place)s: %(value)s is a folder; name a file.")
_A_PICTURE = N_("%(place)s: the name of the image must end with .png or .svg.")
_CERTIFICATES = N_("%(place)s: %(value)s holds no certificate in PEM form; ask whoever looks after the network for it.")

Name = Annotated[str, Check(lambda text: bool(text.strip()), _NOT_EMPTY), Check(_is_line, _ONE_LINE)]
Line = Annotated[str, Check(_is_line, _ONE_LINE)]
Text = Annotated[str, Check(_is_open, _NO_BRACES)]
Address = Annotated[str, Check(lambda text: _parts(text) is not None, _COMPLETE), Check(_is_bare, _BARE)]
Proxy = Annotated[str, Check(lambda text: _parts(text) is not None, _COMPLETE)]
Host = Annotated[str, Check(lambda text: _HOST.fullmatch(text) is not None, _A_HOST)]
Hosts = Annotated[tuple[str, ...], each(lambda text: _HOST.fullmatch(text) is not None, _A_HOST)]
Networks = Annotated[tuple[str, ...], Check(_are_networks, _NETWORKS)]
Words = Annotated[tuple[str, ...], each(lambda text: re.fullmatch(r"[!#-\[\]-~]+", text) is not None, _A_WORD)]
"""Without spaces, as a protocol separates by them (RFC 6749 §3.3)."""
MailAddress = Annotated[str, Check(is_mail_address, _A_MAIL_ADDRESS)]
Telephone = Annotated[str, Check(lambda text: not text or _TELEPHONE.fullmatch(text) is not None, _A_TELEPHONE)]
Hashtags = Annotated[tuple[str, ...], each(lambda text: _HASHTAG.fullmatch(text) is not None, _A_HASHTAG)]
Colour = Annotated[
    str,
    Check(_is_colour, _A_COLOUR),
    Check(lambda text: is_legible(text, WHITE), _DARKER, lambda text: {"darker": legible(text, WHITE)}),
]
Language = Annotated[str, Check(_is_language, _A_LANGUAGE)]
Database = Annotated[str, Check(_is_database, _A_DATABASE)]
Picture = Annotated[Path, Check(Path.is_file, _NO_FILE), Check(lambda path: path.suffix.lower() in PICTURES, _A_PICTURE)]
Certificates = Annotated[Path, Check(Path.is_file, _NO_FILE), Check(_holds_certificates, _CERTIFICATES)]
Folder = Annotated[Path, Check(lambda path: not path.is_file(), _IS_FILE)]
"""Made when it is not there."""
ExistingFolder = Annotated[Path, Check(Path.is_dir, _NO_FOLDER)]
File = Annotated[Path, Check(lambda path: not path.is_dir(), _IS_FOLDER)]
"""May come later."""
EVENTS = ("delivered", "held", "failed", "missed")
"""What a program can be told of a delivery: the states in which it rests."""
WebhookName = Annotated[str, Check(lambda text: re.fullmatch("[A-Za-z][A-Za-z0-9_-]{0,31}", text) is not None, _A_WEBHOOK)]
Events = Annotated[tuple[str, ...], each(lambda text: text in EVENTS, _AN_EVENT)]
