"""The audit as people read it: who did what, when, on which announcement; and whether these rows are still what was written."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db.models import Q, QuerySet
from django.db.models.functions import Substr

from publisher.i18n import _
from publisher.models import Audit, Delivery
from publisher.models.audit import BEGINNING
from publisher.pipeline import act_words, status
from publisher.pipeline.tokens import BY_TOKEN

TECHNICAL = ("attempt.", "deliverystep.", "mailing.resumed", "service.started")
"""Beginnings of acts that tell how the service works, not what was done."""

NAMED = ("person.", "token.", "webhook.")
"""Beginnings of acts whose subject is a name that people gave."""

ID = 10
"""Characters of the id of an announcement or of a delivery; of a call, its subject goes on behind it."""

TOGETHER = 500
"""Rows read at a time."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One act: what was done and `more` of it, on which announcement, channel, step or other `thing`; `why` is a sentence.

    `subject` is how programs call what it was done to.
    """

    at: datetime
    by: str
    act: str
    more: str
    why: str
    announcement: str
    title: str
    channel: str
    step: str
    thing: str
    subject: str


@dataclass(frozen=True, slots=True)
class _Known:
    """What belongs to the subjects of some acts: the announcement and the channel of each delivery, the titles."""

    deliveries: Mapping[str, tuple[str, str]]
    titles: Mapping[str, str]


def rows(about: str = "", *, technical: bool = False) -> QuerySet[Audit]:
    """Return the acts, the latest first: all, or those on one thing; those that only tell how the service works if they are wanted.

    One thing is what an id or a name says, or the announcements whose title holds the words; what is done with the deliveries of
    an announcement is done with it.
    """
    found = Audit.objects.select_related("person").order_by("-sequence")
    if about:
        deliveries = Delivery.objects.filter(announcement=about).values_list("pk", flat=True)
        found = found.alias(head=Substr("subject", 1, ID)).filter(_any_of("subject", (about, *deliveries)) | _titled(about))
    return found if technical else found.exclude(_any_of("action", TECHNICAL))


def _titled(words: str) -> Q:
    named = status.names(words).order_by()
    return Q(head__in=named) | Q(head__in=Delivery.objects.filter(announcement__in=named).values("pk"))


def entries(acts: Sequence[Audit]) -> list[Entry]:
    """Return acts as people read them."""
    heads = {_head(act) for act in acts}
    found = Delivery.objects.filter(pk__in=[head for head in heads if head.startswith("d-")])
    deliveries = {key: (announcement, channel) for key, announcement, channel in found.values_list("pk", "announcement", "channel")}
    named = {announcement for announcement, _channel in deliveries.values()} | {head for head in heads if head.startswith("a-")}
    known = _Known(deliveries, status.titles(named))
    return [_entry(act, known) for act in acts]


def everything(acts: QuerySet[Audit]) -> Iterator[Entry]:
    """Yield all of them, some at a time."""
    found = acts.iterator(TOGETHER)
    while some := list(islice(found, TOGETHER)):
        yield from entries(some)


def holds(acts: Sequence[Audit]) -> bool:
    """Tell whether these rows still are what was written, each after the one before it."""
    before = {act.sequence - 1 for act in acts}
    hashes = dict(Audit.objects.filter(sequence__in=before).values_list("sequence", "hash"))
    return all(act.hash == act.chained(hashes.get(act.sequence - 1, BEGINNING)) for act in acts)


def _any_of(column: str, beginnings: Iterable[str]) -> Q:
    condition = Q()
    for beginning in beginnings:
        condition |= Q((f"{column}__startswith", beginning))
    return condition


def _head(act: Audit) -> str:
    """Return what the subject begins with: of a call, its delivery."""
    return act.subject.partition("/")[0]


def _entry(act: Audit, known: _Known) -> Entry:
    head, rest = _head(act), act.subject.split("/")[1:]
    announcement, channel = known.deliveries.get(head, (head if head.startswith("a-") else "", ""))
    if act.action.startswith("channel."):
        channel = act.subject
    return Entry(
        at=act.at,
        by=by(act),
        act=act_words.said(act.action),
        more=act_words.more(act),
        why=act_words.why(act),
        announcement=announcement,
        title=known.titles.get(announcement, ""),
        channel=channel or str(act.detail.get("channel", "")),
        step=rest[0] if rest else "",
        thing=act.subject if act.action.startswith(NAMED) else next((part for part in rest if "@" in part), ""),
        subject=act.subject,
    )


def by(act: Audit) -> str:
    """Return who did it: the account, and the system user that acted as it if it is another one's (--as)."""
    if act.person is None:
        return act.system_user
    return _("%(name)s (system user %(login)s)") % {"name": act.person.name, "login": act.system_user} if is_lent(act) else act.person.name


def is_lent(act: Audit) -> bool:
    """Tell whether a system user acted as an account that is not theirs; in the place of a login a token has its own name."""
    login = act.system_user
    return bool(act.person and login and not login.startswith(BY_TOKEN) and act.person.system_user != login)
