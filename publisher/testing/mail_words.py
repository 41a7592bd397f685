"""What a mail server says, word for word, and how it goes wrong: for everybody once, or for an address with a fate always."""

from collections.abc import Mapping

from publisher.testing.faults import PATIENCE, Fault, Travel

HOST = "simulator.example"

WORDS: Mapping[int, str] = {
    220: f"{HOST} ESMTP",
    221: "2.0.0 Bye",
    235: "2.7.0 Authentication successful",
    250: "2.0.0 Ok",
    252: "2.0.0 Cannot VRFY user, but will accept message",
    354: "End data with <CR><LF>.<CR><LF>",
    421: "4.3.2 Service not available, closing transmission channel",
    450: "4.2.0 Mailbox unavailable",
    451: "4.3.0 Requested action aborted: local error in processing",
    452: "4.3.1 Insufficient system storage",
    454: "4.7.0 TLS not available due to local problem",
    500: "5.5.2 Error: command not recognized",
    501: "5.5.4 Syntax error in parameters",
    502: "5.5.1 Command not implemented",
    503: "5.5.1 Error: bad sequence of commands",
    504: "5.5.4 Unrecognized authentication type",
    530: "5.7.0 Authentication required",
    535: "5.7.8 Error: authentication failed",
    550: "5.1.1 User unknown",
    552: "5.3.4 Message size exceeds fixed limit",
    553: "5.6.7 SMTPUTF8 is required",
    554: "5.7.1 Message rejected",
}
TOO_MANY_CONNECTIONS = "Service refuse. Veuillez essayer plus tard. service refused, please try later. OFR004_104 [104]"
TOO_MANY_MESSAGES = "Service refuse. Veuillez essayer plus tard. service refused, please try later. OFR004_105 [105]"
BARE_LINE_END = "5.5.2 Error: bare <LF> or <CR> received"
GREYLISTED = "4.7.1 Greylisted, please try again later"

CONNECT, BODY, END = "CONNECT", "BODY", "."
"""What a fault's `on` meets besides the commands as they are sent: `CONNECT`, `BODY recipient` in the middle, `. recipient`."""


def _refusal(status: int, words: str, on: str) -> Fault:
    return Fault(status=status, body=words, on=on)


_END = r"^\. "

NAMED: Mapping[str, Fault] = {
    "drop": Fault(travel=Travel.DROP),
    "reset": Fault(travel=Travel.RESET),
    "drop-at-connect": Fault(travel=Travel.DROP, on=f"^{CONNECT}"),
    "drop-in-body": Fault(travel=Travel.DROP, on=f"^{BODY}"),
    "drop-at-end": Fault(travel=Travel.DROP, on=_END),
    "commit-then-drop": Fault(accepts=True, travel=Travel.DROP, on=_END),
    "commit-then-reset": Fault(accepts=True, travel=Travel.RESET, on=_END),
    "commit-then-451": Fault(accepts=True, status=451, on=_END),
    "slow": Fault(accepts=True, pause=PATIENCE, on=_END),
    "late": Fault(accepts=True, hesitates=PATIENCE, on=_END),
    "drip": Fault(accepts=True, travel=Travel.DRIP, on=_END),
    "endless": Fault(accepts=True, travel=Travel.ENDLESS, on=_END),
    "truncated": Fault(accepts=True, travel=Travel.TRUNCATED, on=_END),
    "nonsense": Fault(accepts=True, status=250, body="", headers={"raw": "<!doctype html>"}, on=_END),
    "busy": Fault(status=421),
    "too-many-connections": _refusal(421, TOO_MANY_CONNECTIONS, f"^{CONNECT}"),
    "blocked": _refusal(554, "5.7.1 Client host blocked", f"^{CONNECT}"),
    "sender-refused": _refusal(553, "5.7.1 Sender address rejected: not owned by user", "^MAIL"),
    "relay-denied": _refusal(554, "5.7.1 Relay access denied", "^RCPT"),
    "spam": _refusal(554, "5.7.1 Message rejected as spam", _END),
    "auth-refused": Fault(status=535, on="^AUTH"),
    "auth-unavailable": _refusal(454, "4.7.0 Temporary authentication failure", "^AUTH"),
    "greylisted": _refusal(451, GREYLISTED, "^RCPT"),
    "full": _refusal(452, "4.3.1 Insufficient system storage", "^MAIL"),
}

RCPT = "RCPT"
FATES: Mapping[str, tuple[str, Fault]] = {
    # what stands before the @: at RCPT or at the end of the message, always
    "disparu": (RCPT, Fault(status=550, body="5.1.1 The email account that you tried to reach does not exist")),
    "plein": (RCPT, Fault(status=552, body="5.2.2 The email account that you tried to reach is over quota")),
    "encombre": (RCPT, Fault(status=452, body="4.2.2 Mailbox full")),
    "nulle-part": (RCPT, Fault(status=550, body="5.4.4 Unable to route: domain not found")),
    "refus": (RCPT, Fault(status=550, body="5.7.1 Message refused by policy")),
    "pression": (RCPT, Fault(status=421, body="4.7.0 Too many messages, slow down")),
    "indesirable": (END, Fault(status=550, body="5.6.0 Message content rejected")),
    "perdu": (END, Fault(accepts=True, travel=Travel.DROP)),
    "rompu": (END, Fault(travel=Travel.DROP)),
    "muet": (END, Fault(accepts=True, pause=PATIENCE)),
}
GREY = "gris"
"""Before the @ of whoever is greylisted, even if nobody else is."""
