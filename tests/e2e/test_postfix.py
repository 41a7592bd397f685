"""The e-mail adapter before a real mail server: what it delivers, what it refuses, and what it says."""

import os
import re
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import trustme

from publisher.adapters.base import Message, Probe
from publisher.adapters.email import Config, Email
from publisher.adapters.waiting import finish
from publisher.config import Network, Secret
from publisher.errors import NotSent, RateLimited, Rejected, SendError, Unauthorized
from tests.e2e import postfix
from tests.e2e.postfix import Postfix

pytestmark = [
    pytest.mark.skipif(postfix.COMMAND is None, reason="Postfix is not installed (Debian: postfix)"),
    pytest.mark.skipif(os.geteuid() != 0, reason="Postfix needs root to start its parts"),
]

TEXT = "Bonjour,\n\n.\nFrom Valmont\u00a0: « L’été » commence\u202f!\n" + "La fête dure. " * 200 + "\n-- \nVille de Valmont"
MESSAGE = Message("email", "communique", "L’été à Valmont", parts={"prefix": "[CP] Valmont –", "text": TEXT, "html": f"<p>{TEXT}</p>"})


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def server(authority: trustme.CA) -> Iterator[Postfix]:
    with Postfix(authority) as server:
        yield server


@pytest.fixture
def mail(server: Postfix, authority: trustme.CA, tmp_path: Path) -> Callable[..., Email]:
    ca_file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))

    def made(**changes: object) -> Email:
        login = {"user": Secret(postfix.USER), "password": Secret(postfix.PASSWORD), "network": Network(ca_file=ca_file)}
        known = {"adapter": "email", "account": "presse@valmont.example", "name": "Ville d’Été", "host": server.host, "port": server.port}
        return Email(Config(**{**known, **login, "helo": "publisher.valmont.example", **changes}))

    return made


def values(recipient: str, number: int = 1) -> dict[str, str]:
    date, message_id = "Tue, 24 Nov 2026 09:00:00 +0100", f"<d-23456789.{number}@valmont.example>"
    return {"{recipient}": recipient, "{message_id}": message_id, "{date}": date}


def failure(action: Callable[[], object]) -> SendError:
    with pytest.raises(SendError) as caught:
        action()
    return caught.value


def test_messages_are_delivered_as_they_were_built_with_the_queue_id_in_the_receipt(server: Postfix, mail: Callable[..., Email]) -> None:
    mailing = mail().mailing(mail().prepare(MESSAGE).steps[0])
    session = mailing.open()
    built = [mailing.content(values("ada@presse.example", number)) for number in range(20)]
    receipts = [finish(session.send("message", "ada@presse.example", content)) for content in built]
    session.close()
    delivered = {str(message_from_bytes(content)["Message-ID"]): content.replace(b"\n", b"\r\n") for content in server.wait_for("ada", 20)}
    assert len(delivered) == 20
    for content, receipt in zip(built, receipts, strict=True):
        found = delivered[receipt.remote_id]
        assert found.endswith(content)
        queue = re.fullmatch(r"2\.0\.0 Ok: queued as (\w+)", str(receipt.answer["text"]))[1]
        trace = " ".join(message_from_bytes(found)["Received"].split())
        assert trace.startswith("from publisher.valmont.example (")
        assert f"with ESMTPSA id {queue} for <ada@presse.example>" in trace
    shown = message_from_bytes(delivered[receipts[0].remote_id], policy=policy.default)
    assert (shown["Return-Path"], shown["Subject"]) == ("<presse@valmont.example>", "[CP] Valmont – L’été à Valmont")
    assert shown.get_body(("plain",)).get_content().replace("\r\n", "\n") == TEXT


@pytest.mark.parametrize(
    ("recipient", "kind", "code"),
    [("personne@presse.example", Rejected, "mailbox-unknown"), ("gris@presse.example", RateLimited, "greylisted")],
)
def test_a_refused_recipient_stands_in_nobodys_way(
    server: Postfix, mail: Callable[..., Email], recipient: str, kind: type[SendError], code: str
) -> None:
    mailing = mail().mailing(mail().prepare(MESSAGE).steps[0])
    session = mailing.open()
    error = failure(lambda: finish(session.send("message", recipient, mailing.content(values(recipient)))))
    assert (type(error), error.code, session.usable) == (kind, code, True)
    before = len(server.received("eve"))
    finish(session.send("message", "eve@presse.example", mailing.content(values("eve@presse.example"))))
    session.close()
    server.wait_for("eve", before + 1)


def test_the_probe_is_let_in_and_delivers_nothing(server: Postfix, mail: Callable[..., Email]) -> None:
    assert mail().probe() == Probe("presse@valmont.example", server.host)


@pytest.mark.parametrize(
    ("changes", "kind", "code"),
    [
        ({"network": Network()}, NotSent, "tls-failed"),
        ({"host": "localhost"}, NotSent, "tls-failed"),
        ({"password": Secret("hiver")}, Unauthorized, "login-refused"),
        ({"auth": "none"}, Unauthorized, "policy"),
        ({"security": "none"}, Unauthorized, "login-impossible"),
        ({"security": "none", "auth": "none"}, Unauthorized, "login-required"),
        ({"security": "tls"}, NotSent, "tls-failed"),
    ],
)
def test_what_is_set_wrongly_lets_nothing_leave(mail: Callable[..., Email], changes: dict, kind: type[SendError], code: str) -> None:
    (step,) = mail().prepare(MESSAGE).steps
    filled = {
        **step.content,
        "to": "ada@presse.example",
        "message_id": "<d-1.a@valmont.example>",
        "date": "Tue, 24 Nov 2026 09:00:00 +0100",
    }
    error = failure(lambda: mail(**changes).send(type(step)(step.id, step.effect, filled), {}))
    assert (type(error), error.code) == (kind, code)


def test_a_message_beyond_the_limit_of_the_server_is_not_begun(mail: Callable[..., Email]) -> None:
    mailing = mail().mailing(mail().prepare(MESSAGE).steps[0])
    session = mailing.open()
    error = failure(lambda: finish(session.send("message", "ada@presse.example", b"x\r\n" * 40_000)))
    session.close()
    assert (type(error), error.code, error.params["limit"]) == (Rejected, "too-large", 100_000)
