"""Channel kind "email": one message for each journalist, complete in text and in HTML (SMTP)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from publisher.adapters.base import (
    Call,
    Form,
    Guide,
    Idempotency,
    Limits,
    Message,
    Offer,
    Pace,
    Payload,
    Probe,
    Readback,
    Receipt,
    Recipient,
    Session,
    Step,
    Traits,
)
from publisher.adapters.mail_address import SLOTS, list_id, mailbox, mailto, one_line
from publisher.adapters.mail_guide import GUIDES
from publisher.adapters.mail_settings import Config
from publisher.adapters.settings import ChannelSettings
from publisher.adapters.waiting import finish
from publisher.config import Secret
from publisher.errors import Problem, Severity
from publisher.i18n import N_
from publisher.text.titles import beginning, names, shorten

if TYPE_CHECKING:
    from publisher.adapters.mail_message import MessageForm
    from publisher.adapters.smtp_server import Server

SUBJECT_LIMIT = 70


class Mailing(NamedTuple):
    """One message for many recipients: its form, and the server that takes it."""

    form: "MessageForm"
    server: "Server"

    def content(self, values: Mapping[str, str]) -> bytes:
        """Return the exact bytes for one recipient. Raises Rejected."""
        return self.form.fill(values)

    def open(self) -> Session:
        """Connect and be let in. Raises NotSent, Unauthorized, RateLimited."""
        return self.server.connect()


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
        later_parts={
            "withdrawal_prefix": "withdrawal_prefix.txt.j2",
            "withdrawal_short_prefix": "withdrawal_short_prefix.txt.j2",
            "withdrawal_text": "withdrawal.txt.j2",
            "withdrawal_html": "withdrawal.html.j2",
        },
        idempotency=Idempotency.NONE,
        readback=Readback.NONE,
    )

    def __init__(self, config: Config) -> None:
        self.config = config
        self.limits = Limits()
        self.pace = Pace(config.connections, config.messages_per_minute)

    def prepare(self, message: Message) -> Payload:
        """Seal the message that every recipient gets; only its slots differ from one to the other."""
        return self._sealed(message, *_subject(message))

    def correction(self, message: Message, former: Sequence[Receipt]) -> Payload:
        """Seal the corrected message as the answer to the one that it corrects; its template says what was wrong."""
        return self._answer(message, former, *_subject(message, is_answer=True))

    def withdrawal(self, message: Message, former: Sequence[Receipt]) -> Payload:
        """Seal a message that asks not to use the former one, as its answer: nobody can take a message back."""
        parts = {name: message.parts[f"withdrawal_{name}"] for name in ("prefix", "short_prefix", "text", "html")}
        told = message._replace(summary=message.note, parts=parts)
        subject, problems = _subject(told, is_answer=True)
        if any(one.code == "subject-needed" for one in problems):  # nobody writes anything any more: the beginning must do
            short = f"{parts['short_prefix']} "
            subject, problems = short + beginning(one_line(told.title), SUBJECT_LIMIT - len(short)), ()
        return self._answer(told, former, subject, problems)

    def _answer(self, message: Message, former: Sequence[Receipt], subject: str, problems: tuple[Problem, ...]) -> Payload:
        payload = self._sealed(message, subject, problems)
        return replace(payload, steps=tuple(_answering(step, former) for step in payload.steps))

    def _sealed(self, message: Message, subject: str, problems: tuple[Problem, ...]) -> Payload:
        return Payload((Step("message", "message", self._content(message, subject)),), problems=problems)

    def _content(self, message: Message, subject: str) -> dict[str, object]:
        answers = self.config.reply_to or self.config.account
        return {
            "subject": subject,
            "preheader": message.summary,
            "from": mailbox(self.config.name, self.config.account),
            "reply_to": answers,
            "to": "{recipient}",
            "message_id": "{message_id}",
            "date": "{date}",
            "list_id": list_id(self.config.account),
            "list_unsubscribe": _list_unsubscribe(message.parts["text"], answers),
            "language": message.language,
            "text": message.parts["text"],
            "html": message.parts["html"],
        }

    def mailing(self, step: Step) -> Mailing:
        """Lay the message out once; `in_reply_to` in its content, the id of a former delivery, makes it the answer to that one."""
        from publisher.adapters.mail_message import MessageForm

        return Mailing(MessageForm(step.content), self._server)

    def send(self, step: Step, receipts: Mapping[str, Receipt]) -> Receipt:
        """Hand over one message whose slots are all filled, over a connection of its own."""
        del receipts
        mailing = self.mailing(step)
        content = mailing.content({})
        session = mailing.open()
        try:
            return finish(session.send(step.id, str(step.content["to"]), content))
        finally:
            session.close()

    def describe(self, step: Step) -> Call:
        """Tell to which server the message goes, and what of it people and machines see."""
        return Call("SMTP", f"smtp://{self.config.host}:{self.config.port}", {"sender": self.config.account, **step.content})

    def probe(self) -> Probe:
        """Log in and leave again; a mail server does not say who we are, but lets nobody in who is not."""
        session = self._server.connect()
        try:
            session.check()
        finally:
            session.close()
        return Probe(self.config.account, self.config.host, ends_at=self._server.ends_at)

    def guide(self) -> Guide:
        """Tell what the mail server asks for, by the way in which config.toml says that one logs in."""
        return GUIDES["refresh" if self.config.renews else self.config.auth]

    def offers(self, given: Mapping[str, Secret]) -> Sequence[Offer]:
        """Return the one address that the channel writes from; the probe logs in and sends nothing."""
        return [Offer(given, self.config.account)]

    def recipients(self) -> tuple[Recipient, ...] | None:
        """Return the list, each address once; None as long as there is none. Raises ConfigError."""
        from publisher.adapters.recipients import read_recipients

        path = self.config.recipients
        return read_recipients(path) if path and path.exists() else None

    @cached_property
    def _server(self) -> "Server":
        from publisher.adapters.smtp_server import Server

        return Server(self.config)


def _answering(step: Step, former: Sequence[Receipt]) -> Step:
    """Return the step as the answer to the former message: that of the same recipient, whose Message-ID begins with the delivery."""
    delivery = (former[-1].remote_id or "").removeprefix("<").partition(".")[0]
    return replace(step, content={**step.content, "in_reply_to": delivery}) if delivery else step


def _list_unsubscribe(text: str, answers: str) -> str:
    """Return the header that mail programs act on: the page that the text names, if it does, and a mail to the press office."""
    page = "<{unsubscribe}>, " if "{unsubscribe}" in text else ""
    return f"{page}<{mailto(answers, 'unsubscribe')}>"


def _subject(message: Message, *, is_answer: bool = False) -> tuple[str, tuple[Problem, ...]]:
    """Return the subject within its limit (R4), or with the problem that asks for another one."""
    prefix = f"{message.parts['prefix']} " if message.parts["prefix"] else ""
    if not message.subject:
        return _derived_subject(message, prefix, is_answer=is_answer)
    subject = prefix + one_line(message.subject)
    slot = next((slot for slot in SLOTS if slot in subject), None)
    if slot:
        return subject, (_error("slot-in-subject", N_("The subject cannot hold %(slot)s: take it out."), slot=slot),)
    if len(subject) <= SUBJECT_LIMIT:
        return subject, ()
    sentence = N_("The subject counts %(count)d characters; at most %(limit)d are shown: shorten it.")
    return subject, (_error("too-long", sentence, count=len(subject), limit=SUBJECT_LIMIT),)


def _derived_subject(message: Message, prefix: str, *, is_answer: bool) -> tuple[str, tuple[Problem, ...]]:
    """Return the title behind its prefix, cut well if need be; the place is left out where the title, or the mail answered, names it."""
    title, short = one_line(message.title), f"{message.parts.get('short_prefix', '')} ".lstrip()
    if (cut := shorten(title, SUBJECT_LIMIT - len(prefix))) is not None:
        return prefix + cut, ()
    if (cut := shorten(title, SUBJECT_LIMIT - len(short))) is not None and (is_answer or names(cut, message.place)):
        return short + cut, ()
    start = beginning(title, SUBJECT_LIMIT - len(short))
    example = short + start if names(start, message.place) else prefix + beginning(title, SUBJECT_LIMIT - len(prefix))
    sentence = N_(
        "The title is too long for a subject of %(limit)d characters, and there is no good place to cut it: "
        "write a subject yourself (“subject” in the front matter, “Subject of the e-mail” in the editor), such as %(example)s."
    )
    # in quotation marks, because YAML would take [CP] for a list
    return prefix + title, (_error("subject-needed", sentence, limit=SUBJECT_LIMIT, example=f'"{example}"'),)


def _error(code: str, sentence: str, **params: object) -> Problem:
    return Problem(Severity.ERROR, code, sentence, params, step="message")
