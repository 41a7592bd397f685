"""The way into a mail server: connect, be greeted, go over to TLS, log in (RFC 5321, 3207, 4954)."""

import socket
import ssl
from datetime import datetime
from functools import cached_property

from publisher.adapters import reach, smtp_login
from publisher.adapters.mail_address import domain_of
from publisher.adapters.mail_settings import Config, is_full_name
from publisher.adapters.mail_tokens import Tokens
from publisher.adapters.smtp import Extensions, Session
from publisher.adapters.smtp_replies import Exchange, Reply, Stage, outcome
from publisher.adapters.smtp_wire import FAILURES, Unreadable, Wire
from publisher.adapters.waiting import finish
from publisher.config import Secret
from publisher.errors import NotSent, OutcomeUnknown, Unauthorized
from publisher.i18n import N_

READY = 220


class Server:
    """The mail server of a channel."""

    def __init__(self, settings: Config) -> None:
        self._settings = settings
        self._tokens = Tokens(settings)

    @property
    def ends_at(self) -> datetime | None:
        """When our access ends, as the service of the mailboxes told last; None if it did not."""
        return self._tokens.ends_at

    def connect(self) -> Session:
        """Open a session. Raises NotSent, Unauthorized, RateLimited."""
        settings = self._settings
        access = self._tokens.current() if settings.auth == "xoauth2" else Secret("")  # first: the server waits for nobody
        try:
            wire = Wire(settings.host, settings.port, settings.deadline)
        except socket.gaierror as error:
            raise reach.unknown_name(settings.host) from error
        except FAILURES as error:
            raise reach.unreachable(settings.host) from error
        try:
            return Session(settings, wire, self._let_in(wire, access))
        except FAILURES as error:
            wire.close()
            raise self._not_sent(error) from error
        except BaseException:
            wire.close()
            raise

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        """The public authorities that every channel trusts, and the town's own."""
        from requests.utils import DEFAULT_CA_BUNDLE_PATH

        context = reach.tls_context(DEFAULT_CA_BUNDLE_PATH, self._settings.network.ca_file)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context

    def _let_in(self, wire: Wire, access: Secret) -> Extensions:
        """Be greeted, go over to TLS as configured and never without, log in; return what the server can do."""
        security, host = self._settings.security, self._settings.host
        if security == "none" and not wire.is_private:
            sentence = N_("%(host)s is outside, and “security” is “none”: nothing was sent in the clear; write starttls or tls.")
            raise NotSent("in-the-clear", sentence, host=host)
        if security == "tls":
            wire.secure(self._trust, host)
        self._expect(Stage.BANNER, finish(wire.reply()))
        extensions = self._hello(wire)
        if security == "starttls":
            extensions = self._over_to_tls(wire, extensions)
        if self._settings.auth != "none":
            self._log_in(wire, extensions, access)
        return extensions

    def _hello(self, wire: Wire) -> Extensions:
        name = self._settings.helo or greeting_name(socket.gethostname(), self._settings.account)
        told = self._expect(Stage.EHLO, finish(wire.ask(f"EHLO {name}\r\n".encode("ascii"))))
        lines = (line.replace("AUTH=", "AUTH ", 1).partition(" ") for line in told.lines[1:])
        return {keyword.upper(): parameters for keyword, _, parameters in lines}

    def _over_to_tls(self, wire: Wire, extensions: Extensions) -> Extensions:
        host = self._settings.host
        if "STARTTLS" not in extensions:
            sentence = N_("%(host)s offers no secure connection, so nothing was sent: check “host”, “port” and “security”.")
            raise NotSent("starttls-missing", sentence, host=host)
        if finish(wire.ask(b"STARTTLS\r\n")).code != READY:
            raise reach.insecure(host)
        wire.secure(self._trust, host)
        return self._hello(wire)  # what was offered in the clear counts no more

    def _log_in(self, wire: Wire, extensions: Extensions, access: Secret) -> None:
        name = smtp_login.mechanism(self._settings, extensions.get("AUTH", "").upper().split(), secure=wire.is_secure)
        if name is None:
            sentence = N_("%(host)s offers no way to log in that Publisher knows: check “security”, “port” and “auth”.")
            raise Unauthorized("login-impossible", sentence, host=self._settings.host)
        first, answers = smtp_login.conversation(self._settings, name, access)
        start = b" ".join([b"AUTH", name.encode(), *([] if first is None else [smtp_login.encoded(first)])])
        reply = finish(wire.ask(start + b"\r\n"))
        for answer in answers:
            if reply.code != smtp_login.MORE:
                break
            reply = finish(wire.ask(smtp_login.encoded(answer(smtp_login.decoded(reply.text))) + b"\r\n"))
        if reply.code != smtp_login.WELCOME:
            self._tokens.forget()
        self._expect(Stage.AUTH, reply, smtp_login.WELCOME)

    def _expect(self, stage: Stage, reply: Reply, *codes: int) -> Reply:
        """Return a reply that says yes. Raises Unauthorized, RateLimited, Unreadable."""
        if reply.code in codes or (not codes and reply.is_yes):
            return reply
        error = outcome(Exchange(self._settings.host, stage, reply))
        raise Unreadable(reply.text) if isinstance(error, OutcomeUnknown) else error

    def _not_sent(self, error: BaseException) -> NotSent:
        host = self._settings.host
        if isinstance(error, reach.CertificatesUnreadable):
            return reach.unreadable_certificates(self._settings.network.ca_file)
        if isinstance(error, ssl.SSLError):
            return reach.insecure(host)
        if isinstance(error, OSError):
            return reach.unreachable(host)
        sentence = N_("What answers at %(host)s is no mail server, so nothing was sent: check “host”, “port” and “security”.")
        return NotSent("no-mail-server", sentence, host=host)


def greeting_name(machine: str, account: str) -> str:
    """Return how a machine presents itself: by its own name if it is a full one, else by the domain that it writes for."""
    return machine if is_full_name(machine) else domain_of(account)
