"""The mailboxes of the simulated mail server as a mail program shows them: the list, one message with both its bodies, its source."""

from collections.abc import Mapping
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import islice

from publisher.i18n import _
from publisher.testing import pages
from publisher.testing.email import Mail
from publisher.testing.ledger import Entry
from publisher.testing.platform import Answer

LISTED = 200  # of the latest
HTML_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


def page(mail: Mail, path: str) -> Answer | None:
    """Return the page at a path below the server's own; None: not a page."""
    match path.strip("/").split("/"):
        case [""]:
            return _list(mail)
        case ["log"]:
            refused = mail.entries("refused")
            return pages.render("refused.html.j2", title=_("Refused"), platform=mail, refused=list(reversed(refused)))
        case ["message", number, *rest] if number.isascii() and number.isdecimal():
            return _message(mail, int(number), "/".join(rest))
        case _:
            return None


def _list(mail: Mail) -> Answer:
    accepted = mail.accepted
    numbered = islice(reversed(list(enumerate(accepted, 1))), LISTED)
    rows = [{"number": number, "entry": entry, "message": _read(mail, entry)} for number, entry in numbered]
    return pages.render("mailbox.html.j2", title=mail.label, platform=mail, rows=rows, count=len(accepted))


def _message(mail: Mail, number: int, part: str) -> Answer | None:
    accepted = mail.accepted
    content = mail.content(accepted[number - 1]) if 0 < number <= len(accepted) else None
    if content is None:
        return None
    if part == "raw":
        return pages.answer(content, "text/plain", "default-src 'none'")
    message = _parsed(content)
    if part == "html":
        return pages.answer(_body(message, "html").encode(), "text/html", HTML_POLICY)
    if part:
        return None
    shown: Mapping[str, object] = {"headers": list(message.items()), "text": _body(message, "plain"), "html": _body(message, "html")}
    return pages.render("message.html.j2", title=str(message["Subject"]), platform=mail, number=number, entry=accepted[number - 1], **shown)


def _read(mail: Mail, entry: Entry) -> EmailMessage | None:
    content = mail.content(entry)
    return None if content is None else _parsed(content.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")


def _parsed(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 - the policy makes no other
    return message


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part else ""
