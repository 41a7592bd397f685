"""The audit as people read it: who did what, when, on which announcement; and whether these rows are still what was written."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db.models import Q, QuerySet

from publisher.i18n import N_, _
from publisher.models import Audit, Delivery
from publisher.models.audit import BEGINNING
from publisher.pipeline import status
from publisher.pipeline.state_words import STATES
from publisher.pipeline.tokens import BY_TOKEN

ACTS: Mapping[str, str] = {
    "announcement.endangered": N_("something would keep it from leaving"),
    "announcement.safe-again": N_("nothing is in its way any more"),
    "announcement.queued": N_("asked for its visa"),
    "announcement.rejected": N_("sent back"),
    "announcement.taken-up": N_("taken up again to be corrected"),
    "channel.connected": N_("account connected"),
    "channel.paused": N_("stopped"),
    "channel.unpaused": N_("let go on"),
    "channel.verified": N_("asked whether it answers"),
    "delivery.by-hand": N_("done by hand"),
    "delivery.alternative": N_("replaced by the single text"),
    "delivery.rescheduled": N_("given another time"),
    "delivery.taken": N_("taken to be published by hand"),
    "delivery.given-back": N_("given back, not published"),
    "delivery.seen": N_("seen by readers"),
    "delivery.send-again": N_("agreed that it is sent again"),
    "draft.discarded": N_("draft thrown away"),
    "mailing.ended": N_("mailing ended"),
    "manifest.accord": N_("agreed"),
    "manifest.automatic": N_("agreed to by the configuration"),
    "manifest.drawn": N_("times altered: a new visa is needed"),
    "manifest.sealed": N_("sealed"),
    "manifest.visa": N_("visa given"),
    "manifest.voided": N_("visa void"),
    "person.absent": N_("absence noted"),
    "person.present": N_("absence taken back"),
    "person.added": N_("account opened"),
    "person.address-changed": N_("address changed"),
    "person.confirmed": N_("account confirmed"),
    "person.disabled": N_("account closed"),
    "person.enabled": N_("account opened again"),
    "person.identity-linked": N_("identity of the provider linked"),
    "person.identity-unlinked": N_("identity of the provider taken away"),
    "person.invited": N_("invited"),
    "person.password-chosen": N_("password chosen"),
    "person.password-changed": N_("password changed"),
    "person.role-changed": N_("role changed"),
    "person.second-factor-added": N_("second factor added"),
    "person.second-factor-removed": N_("second factor taken away"),
    "person.second-factor-reset": N_("way in made anew"),
    "person.second-factor-renewed": N_("second factor renewed"),
    "service.adopted": N_("made the one that publishes"),
    "token.created": N_("access for a program made"),
    "token.revoked": N_("access for a program void"),
    "webhook.given-up": N_("program not told: it did not answer"),
}
"""What the acts are called; those on deliveries by the state that they led to."""

TECHNICAL = ("attempt.", "deliverystep.", "mailing.resumed", "service.started")
"""Beginnings of acts that tell how the service works, not what was done."""

DELIVERY = "delivery."
TOGETHER = 500
"""Rows read at a time."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One act; `announcement` and `title` are those that it concerns, if it concerns one; `why` is what somebody said."""

    at: datetime
    by: str
    act: str
    subject: str
    announcement: str
    title: str
    why: str


def rows(about: str = "", *, technical: bool = False) -> QuerySet[Audit]:
    """Return the acts, the latest first: all, or those on one thing; those that only tell how the service works if they are wanted.

    What is done with the deliveries of an announcement is done with it.
    """
    found = Audit.objects.select_related("person").order_by("-sequence")
    if about:
        deliveries = Delivery.objects.filter(announcement=about).values_list("pk", flat=True)
        found = found.filter(_any_of("subject", (about, *deliveries)))
    return found if technical else found.exclude(_any_of("action", TECHNICAL))


def entries(acts: Sequence[Audit]) -> list[Entry]:
    """Return acts as people read them."""
    announcements = _announcements(acts)
    titles = status.titles(announcements.values())
    return [_entry(act, announcements.get(act.subject, ""), titles) for act in acts]


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


def _announcements(acts: Sequence[Audit]) -> dict[str, str]:
    """Return the announcement of each subject that belongs to one: its own id, or that of the delivery with which the subject begins."""
    heads = {act.subject: act.subject.partition("/")[0] for act in acts}
    known = dict(
        Delivery.objects.filter(pk__in={head for head in heads.values() if head.startswith("d-")}).values_list("pk", "announcement")
    )
    found = {subject: known.get(head, head if head.startswith("a-") else "") for subject, head in heads.items()}
    return {subject: announcement for subject, announcement in found.items() if announcement}


def _entry(act: Audit, announcement: str, titles: Mapping[str, str]) -> Entry:
    why = str(act.detail.get("reason", "")) if act.person else ""
    return Entry(act.at, by(act), said(act.action), act.subject, announcement, titles.get(announcement, ""), why)


def by(act: Audit) -> str:
    """Return who did it: the account, and the system user that acted as it if it is another one's (--as)."""
    if act.person is None:
        return act.system_user
    return _("%(name)s (system user %(login)s)") % {"name": act.person.name, "login": act.system_user} if is_lent(act) else act.person.name


def is_lent(act: Audit) -> bool:
    """Tell whether a system user acted as an account that is not theirs; in the place of a login a token has its own name."""
    login = act.system_user
    return bool(act.person and login and not login.startswith(BY_TOKEN) and act.person.system_user != login)


def said(action: str) -> str:
    """Return what an act is called; one that nobody named is called by its code."""
    if action in ACTS:
        return _(ACTS[action])
    state = action.rpartition(".")[2]
    return _(STATES[state]) if action.startswith(DELIVERY) and state in STATES else action
