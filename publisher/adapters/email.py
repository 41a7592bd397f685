"""Channel kind "email": one message for each journalist, complete in text and in HTML (SMTP)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from publisher.adapters.base import Form, Idempotency, Limits, Message, Payload, Readback, Step, Traits
from publisher.adapters.settings import ChannelSettings
from publisher.config import Check, Secret, between
from publisher.config import Config as Configuration
from publisher.errors import ConfigError, Problem, Severity
from publisher.i18n import N_
from publisher.text.titles import beginning, names, shorten

SUBJECT_LIMIT = 70
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_SPECIAL = re.compile(r"[()<>\[\]:;@\\,.\"]")


def _is_address(text: str) -> bool:
    return _ADDRESS.fullmatch(text) is not None


MailAddress = Annotated[str, Check(_is_address, N_("%(place)s: write an e-mail address, such as presse@example.org."))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Config(ChannelSettings):
    """The keys of [channels.NAME] with adapter = "email"; `account` is the From address."""

    account: MailAddress
    name: str = ""
    """The name shown beside the From address."""
    reply_to: MailAddress | None = None
    """A mailbox that people read."""
    host: str
    port: Annotated[int, between(1, 65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    auth: Literal["password", "xoauth2", "none"] = "password"
    recipients: Path | None = None
    """A CSV file whose first line is email,name."""
    before_embargo: bool = False
    not_after: Annotated[int, between(1, 7 * 24 * 60)] = 4 * 60
    user: Secret | None = None
    password: Secret | None = None

    @classmethod
    def complete(cls, table: Mapping[str, object], config: Configuration) -> Mapping[str, object]:
        """Take the town's name, and its press contact as the mailbox for answers, where the table names none."""
        contact = {"reply_to": config.town.contact.email} if config.town.contact.email else {}
        return {"name": config.town.name, **contact, **table}

    def facts(self) -> dict[str, object]:
        """Tell the templates the mailbox for answers."""
        return {"account": self.account, "reply_to": self.reply_to or self.account}


@dataclass(frozen=True, slots=True)
class Recipient:
    """A line of the list: where, and the name beside the address."""

    address: str
    name: str = ""


class Email:
    """Messages to journalists, one for each."""

    kind: ClassVar[str] = "email"
    secret_prefix: ClassVar[str] = "smtp"  # noqa: S105 - the beginning of the secrets' names
    settings_class: ClassVar[type[ChannelSettings]] = Config
    # once the server has taken a message nothing can be looked up nor taken back
    traits: ClassVar[Traits] = Traits(
        label=N_("E-mail"),
        form=Form.DOCUMENT,
        templates="email",
        parts={"prefix": "prefix.txt.j2", "short_prefix": "short_prefix.txt.j2", "text": "message.txt.j2", "html": "message.html.j2"},
        idempotency=Idempotency.NONE,
        readback=Readback.NONE,
    )

    def __init__(self, config: Config) -> None:
        self.config = config
        self.limits = Limits()

    def prepare(self, message: Message) -> Payload:
        """Seal the message that every recipient gets; only its slots differ from one to the other."""
        subject, problems = _subject(message)
        content = {
            "subject": subject,
            "preheader": message.summary,
            "from": _mailbox(self.config.name, self.config.account),
            "reply_to": self.config.reply_to or self.config.account,
            "to": "{recipient}",
            "message_id": "{message_id}",
            "date": "{date}",
            "list_unsubscribe": self._list_unsubscribe(message.parts["text"]),
            "text": message.parts["text"],
            "html": message.parts["html"],
        }
        return Payload((Step("message", "message", content),), problems=problems)

    def recipients(self) -> int | None:
        """Return how many people are on the list, None as long as there is no list. Raises ConfigError."""
        path = self.config.recipients
        return len(read_recipients(path)) if path and path.exists() else None

    def _list_unsubscribe(self, text: str) -> str:
        """Return the header that mail clients act on: the page that the text names, else a mail to the press office."""
        address = self.config.reply_to or self.config.account
        return "<{unsubscribe}>" if "{unsubscribe}" in text else f"<mailto:{address}?subject=unsubscribe>"


def read_recipients(path: Path) -> tuple[Recipient, ...]:
    """Return the recipients of a CSV file (header email,name; commas or semicolons), each address once. Raises ConfigError."""
    import csv

    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, ValueError) as error:
        sentence = N_("%(path)s cannot be read: check that it is a text file in UTF-8 and that you may read it.")
        raise ConfigError("unreadable", sentence, path=path) from error
    delimiter = ";" if lines and ";" in lines[0] else ","
    rows = csv.DictReader(lines, delimiter=delimiter)
    if "email" not in (rows.fieldnames or ()):
        raise ConfigError("recipients-header", N_("%(path)s: the first line must be “email,name”."), path=path)
    found: dict[str, Recipient] = {}
    for row in rows:
        address = (row["email"] or "").strip()
        if not _is_address(address):
            sentence = N_("%(path)s, line %(line)d: “%(address)s” is not an e-mail address; correct it or remove the line.")
            raise ConfigError("recipients-address", sentence, path=path, line=rows.line_num, address=address)
        found.setdefault(address.casefold(), Recipient(address, (row.get("name") or "").strip()))
    return tuple(found.values())


def _subject(message: Message) -> tuple[str, tuple[Problem, ...]]:
    """Return the subject within its limit (R4), or too long with the problem that asks for another one."""
    prefix = f"{message.parts['prefix']} " if message.parts["prefix"] else ""
    if message.subject:
        subject = prefix + message.subject
        if len(subject) <= SUBJECT_LIMIT:
            return subject, ()
        sentence = N_("The subject counts %(count)d characters; at most %(limit)d are shown: shorten it.")
        return subject, (_error("too-long", sentence, count=len(subject), limit=SUBJECT_LIMIT),)
    return _derived_subject(message, prefix)


def _derived_subject(message: Message, prefix: str) -> tuple[str, tuple[Problem, ...]]:
    """Return the title behind its prefix, cut well if need be; a title that cannot be cut so may name the place itself."""
    title, short = message.title, f"{message.parts.get('short_prefix', '')} ".lstrip()
    if (cut := shorten(title, SUBJECT_LIMIT - len(prefix))) is not None:
        return prefix + cut, ()
    if (cut := shorten(title, SUBJECT_LIMIT - len(short))) is not None and names(cut, message.place):
        return short + cut, ()
    start = beginning(title, SUBJECT_LIMIT - len(short))
    example = short + start if names(start, message.place) else prefix + beginning(title, SUBJECT_LIMIT - len(prefix))
    sentence = N_(
        "The title is too long for a subject of %(limit)d characters, and there is no good place to cut it: "
        "write one in the front matter, such as “subject: %(example)s”."
    )
    # in quotation marks, because YAML would take [CP] for a list
    return prefix + title, (_error("subject-needed", sentence, limit=SUBJECT_LIMIT, example=f'"{example}"'),)


def _error(code: str, sentence: str, **params: object) -> Problem:
    return Problem(Severity.ERROR, code, sentence, params, step="message")


def _mailbox(name: str, address: str) -> str:
    """Return « Name <address> », the name quoted where it needs to be (RFC 5322 §3.4); email.headerregistry is slow to load."""
    name = " ".join(name.split())
    if _SPECIAL.search(name):
        name = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{name} <{address}>" if name else address
