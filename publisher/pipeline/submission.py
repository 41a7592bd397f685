"""What another program hands in: queued as if its person had, once for each key that it gives, whatever it repeats."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from publisher import storage
from publisher.errors import Refused, UsageError
from publisher.i18n import N_
from publisher.models import Role, Submission, Token
from publisher.pipeline import intake, planning, queue, tokens
from publisher.pipeline.desk import Desk
from publisher.pipeline.plan import Request, Source

LONGEST_KEY = 200

_TIMES = ("at", "not_after", "embargo_until")
_EXCEPTIONS = ("again", "without_link", "as_written")


@dataclass(frozen=True, slots=True)
class Handed:
    """A document with its times; `sha256` is that of all that was sent, `key` empty if the program gave none."""

    document: bytes
    request: Request
    key: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What was queued, as `publisher.queue/1`; `is_new` is false if it was already, under this key."""

    document: Mapping[str, Any]
    is_new: bool


def handed(document: bytes, told: Mapping[str, object], key: str, sent: bytes) -> Handed:
    """Return what was handed in, each part of its kind. Raises UsageError."""
    if len(key) > LONGEST_KEY or not (key.isascii() and (key.isprintable() or not key)):
        raise UsageError(
            "bad-key", N_("The key that tells repetitions apart may have up to %(limit)d visible ASCII characters."), limit=LONGEST_KEY
        )
    return Handed(document, _request(told), key, hashlib.sha256(sent).hexdigest())


def hand_in(desk: Desk, token: Token, one: Handed) -> Answer:
    """Queue it. Raises Refused, UsageError, IntakeError, RenderError, ConfigError, StorageError.

    The answer is kept in the transaction that queues: whatever is killed in between, a repetition finds both or neither.
    """
    _refuse_agreement(desk, token)
    if known := _known(desk, token, one):
        return Answer(known, is_new=False)
    source, today = Source(None, one.document), desk.now().astimezone(desk.config.town.zone).date()
    announcement = intake.read(one.document, source.name, desk.config.town.zone, today)
    plan = planning.plan(desk, source, announcement, one.request)
    with storage.explained(desk.config), transaction.atomic():
        if known := _known(desk, token, one):  # another call with this key came first, while this one was rendered
            return Answer(known, is_new=False)
        queued = queue.document(desk, queue.queue(desk, tokens.actor(token), plan, again=one.request.again))
        if one.key:
            Submission.objects.create(token=token, key=one.key, sha256=one.sha256, answer=queued, created_at=desk.now())
    return Answer(queued, is_new=True)


def _refuse_agreement(desk: Desk, token: Token) -> None:
    """Refuse where handing in would be agreeing: nobody is asked, or an approver's word counts as one. Raises Refused."""
    if desk.config.approval.required == 0:
        sentence = N_(
            "Nobody's visa is asked for here ([approval] required = 0), so that a token alone would publish: queue it on the pages."
        )
        raise Refused("nobody-agrees", sentence)
    if token.person.role != Role.AUTHOR:
        sentence = N_(
            "Only a token of an author queues: what an approver writes is half agreed to already, and no token agrees to anything."
        )
        raise Refused("token-role", sentence)


def _known(desk: Desk, token: Token, one: Handed) -> Mapping[str, Any] | None:
    """Return the answer that this key got before. Raises Refused (`key-reused`) if it stood for something else."""
    if not one.key:
        return None
    with storage.explained(desk.config):
        before = Submission.objects.filter(token=token, key=one.key).first()
    if before and before.sha256 != one.sha256:
        raise Refused("key-reused", N_("This key stood for something else before: nothing was queued. Choose a new key for what is new."))
    return before.answer if before else None


def _request(told: Mapping[str, object]) -> Request:
    known = {*_TIMES, *_EXCEPTIONS, "channels"}
    for name, value in told.items():
        if name not in known:
            sentence = N_("There is no field “%(name)s”; the fields are %(known)s.")
            raise UsageError("unknown-field", sentence, name=name, known=", ".join(["document", *sorted(known)]))
        if not _fits(name, value):
            raise UsageError("wrong-type", N_("The field “%(name)s” holds something of another kind than is asked for."), name=name)
    channels = told.get("channels") or ()
    return Request(**{**told, "channels": tuple(channels)})  # type: ignore[arg-type] # each was looked at


def _fits(name: str, value: object) -> bool:
    if name == "channels":
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    return isinstance(value, bool) if name in _EXCEPTIONS else value is None or isinstance(value, str)
