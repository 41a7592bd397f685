"""What a mail server's reply means: the one table from reply to outcome (delivery.md §4), by the enhanced code first (RFC 3463).

A refusal that concerns one mailbox is Rejected, one that concerns us is Unauthorized, because every later message would meet it
too; 4xx is RateLimited, with the wait that servers of that kind expect. SMTP tells no clock: the wait counts from ours.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from publisher.errors import Evidence, OutcomeUnknown, RateLimited, Rejected, SendError, Unauthorized
from publisher.i18n import N_

CLOSING = 421
SHOWN = 2000  # characters of a reply that an operator needs

_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")


class Stage(StrEnum):
    """What the reply answers."""

    BANNER = "the connection"
    EHLO = "EHLO"
    STARTTLS = "STARTTLS"
    AUTH = "AUTH"
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    DOT = "the message"
    NOOP = "NOOP"


MESSAGE = frozenset({Stage.DATA, Stage.DOT})


class Reply(NamedTuple):
    """One reply, read whole: its code, and its lines without it."""

    code: int
    lines: tuple[str, ...]

    @property
    def is_yes(self) -> bool:
        """Whether what was asked is done."""
        return self.code // 100 == 2  # noqa: PLR2004 - the class of codes (RFC 5321 §4.2.1)

    @property
    def text(self) -> str:
        """The lines, as an operator reads them."""
        return "\n".join(self.lines)

    @property
    def enhanced(self) -> str:
        """The enhanced code, such as 5.1.1; empty if there is none, or one that contradicts the reply."""
        found = _ENHANCED.match(self.text)
        return found[0] if found and found[0][0] == str(self.code)[0] else ""


class Exchange(NamedTuple):
    """Where a reply was given: who said it, to what, about whom."""

    host: str
    stage: Stage
    reply: Reply
    address: str = ""

    @property
    def evidence(self) -> Evidence:
        """What the operator may want to see of it."""
        return Evidence(self.reply.code, {"stage": self.stage.value}, self.reply.text[:SHOWN])

    @property
    def of_everybody(self) -> bool:
        """Whether a refusal is meant for all of us: the server closes, or it is not the recipient whom it refuses."""
        return self.reply.code == CLOSING or self.stage not in {Stage.RCPT, Stage.DOT}


@dataclass(frozen=True, slots=True)
class Rule:
    """A line of the table: replies by "CODE ENHANCED", at some stages or at any; what they mean, or how many minutes to wait."""

    replies: str
    meaning: type[SendError] | int
    code: str
    sentence: str
    at: frozenset[Stage] = frozenset(Stage)

    def fits(self, exchange: Exchange) -> bool:
        """Tell whether the reply is meant."""
        line = f"{exchange.reply.code} {exchange.reply.enhanced}".rstrip()
        return exchange.stage in self.at and re.fullmatch(self.replies, line) is not None


# the first rule that fits
RULES: Sequence[Rule] = (
    Rule(
        r"5.. 5\.3\.4|5.. 5\.2\.3|552( 5\.3\..+)?",
        Rejected,
        "too-large",
        N_("%(host)s finds the message for %(address)s too large (%(status)d): shorten it, or ask for a higher limit."),
        frozenset(Stage) - {Stage.RCPT},
    ),
    Rule(
        "5.*",
        Unauthorized,
        "connection-refused",
        N_("%(host)s does not take messages from this machine (%(status)d): ask whoever looks after the mail server."),
        frozenset({Stage.BANNER}),
    ),
    Rule(
        "5.*",
        Unauthorized,
        "greeting-refused",
        N_("%(host)s does not accept how this machine presents itself (%(status)d): write its full name as “helo” in config.toml."),
        frozenset({Stage.EHLO}),
    ),
    Rule(
        "5.*",
        Unauthorized,
        "login-refused",
        N_("%(host)s does not let us in (%(status)d): correct the user name and the password in .env."),
        frozenset({Stage.AUTH}),
    ),
    Rule(
        r"530.*|503.*|5.. 5\.5\.1",
        Unauthorized,
        "login-required",
        N_("%(host)s wants us to log in first (%(status)d): check “security” and “auth” in config.toml."),
    ),
    Rule(
        "5.*",
        Unauthorized,
        "sender-refused",
        N_("%(host)s does not accept messages from our address (%(status)d): check “account”, or ask whoever looks after the mail server."),
        frozenset({Stage.MAIL, Stage.NOOP}),
    ),
    Rule(
        r"5.. 5\.7\..+",
        Unauthorized,
        "policy",
        N_("%(host)s refuses our messages by its rules (%(status)d): ask whoever looks after the mail server."),
    ),
    Rule(
        r"5.. 5\.1\.(0|1|6|10)",
        Rejected,
        "mailbox-unknown",
        N_("%(host)s knows no mailbox %(address)s (%(status)d): correct the address, or remove it from the list."),
    ),
    Rule(
        r"5.. 5\.(1\.2|4\..+)",
        Rejected,
        "no-route",
        N_("%(host)s finds no way to %(address)s (%(status)d): correct what follows the @, or remove the address from the list."),
    ),
    Rule(
        r"5.. 5\.2\.2|552",
        Rejected,
        "mailbox-full",
        N_("The mailbox %(address)s is full (%(status)d), so nothing reached it: reach this person in another way."),
    ),
    Rule(
        "5.*",
        Rejected,
        "recipient-refused",
        N_("%(host)s refuses the address %(address)s (%(status)d): check it, and ask this person for another one."),
        frozenset({Stage.RCPT}),
    ),
    Rule(
        "5.*",
        Rejected,
        "message-refused",
        N_("%(host)s refuses the message for %(address)s (%(status)d): nothing reached this person."),
        MESSAGE,
    ),
    Rule(
        r"4.. 4\.2\.2",
        30,
        "mailbox-full-for-now",
        N_("The mailbox %(address)s is full for now (%(status)d): %(host)s asks to try again later."),
    ),
    Rule(
        r"421.*|4.. 4\.3\..+|4.. 4\.7\.0",
        2,
        "server-busy",
        N_("%(host)s is busy (%(status)d), and asks to come back later."),
    ),
    Rule(
        r"45[01] 4\.(7\..+|2\.0)",
        5,
        "greylisted",
        N_("%(host)s takes a message for %(address)s only at a second try (%(status)d), some minutes later."),
        frozenset({Stage.RCPT}) | MESSAGE,
    ),
    Rule("4.*", 5, "try-later", N_("%(host)s asks to try again later (%(status)d).")),
)


def outcome(exchange: Exchange) -> SendError:
    """Return what a reply means that did not say yes."""
    told = {"host": exchange.host, "address": exchange.address or "–", "status": exchange.reply.code}
    rule = next((rule for rule in RULES if rule.fits(exchange)), None)
    if rule is None:
        sentence = N_("%(host)s answered neither yes nor no (%(status)d): nobody knows yet what became of the message for %(address)s.")
        return OutcomeUnknown("unusable-answer", sentence, evidence=exchange.evidence, **told)
    if isinstance(rule.meaning, int):
        return RateLimited(rule.code, rule.sentence, retry_at=_in(rule.meaning), evidence=exchange.evidence, **told)
    return rule.meaning(rule.code, rule.sentence, evidence=exchange.evidence, **told)


def _in(minutes: int) -> datetime:
    return datetime.now(UTC) + timedelta(minutes=minutes)  # noqa: TID251 - no reply tells the server's own time
