"""Who is told what: derived from the audit, whose rows stand in the transaction of what they tell, and from what is due soon.

Nothing of the delivery path writes a notice: one that cannot be written keeps no outcome from being written, and none is lost,
because the audit keeps what is still to be told, whoever is killed in between.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta

from django.db import DatabaseError, transaction
from django.db.models import Exists, Min, OuterRef, Q

from publisher.i18n import _
from publisher.models import AccountNotice, Actor, Audit, Delivery, Manifest, Notice, Pause, Person, Told, Trouble, Version
from publisher.models.channel import EVERYTHING
from publisher.models.notice import NoticeKind
from publisher.models.states import OPEN, DeliveryState, Purpose
from publisher.pipeline import absences, account_notices, approve, forewarnings, manifest, preflight
from publisher.pipeline.account_notices import Warned
from publisher.pipeline.approve import REJECTED
from publisher.pipeline.desk import Desk
from publisher.pipeline.people import WRITERS
from publisher.pipeline.queue import QUEUED
from publisher.pipeline.telling import Telling

AT_ONCE = 200
"""Rows of the audit that are read in one go; also how far the mark may stay behind them before it is moved for nothing else."""

REMINDERS = (timedelta(minutes=15), timedelta(minutes=30))
"""How long before the due time a missing visa is called to mind, the shortest first."""

SOON = timedelta(hours=1)
"""What is due within this time, on a channel that is stopped, is told."""

AFTERWARDS = timedelta(hours=1)
"""How long after the end of the last delivery the report is told."""

FEW = 20

log = logging.getLogger(__name__)


# ---------------------------------------------------------------- for the pages


def unread(person: Person) -> list[Notice]:
    """Return what this person has not read yet, the latest first."""
    return list(Notice.objects.filter(person=person, read_at=None).order_by("-pk")[:FEW])


def unread_of_accounts(person: Person) -> list[AccountNotice]:
    """Return what this person has not read yet of what was done with accounts, or in their name, the latest first."""
    rows = AccountNotice.objects.filter(person=person, read_at=None).select_related("act__person")
    return list(rows.order_by("-pk")[:FEW])


def count_unread(person: Person) -> int:
    """Return how many notices this person has not read yet."""
    return sum(kind.objects.filter(person=person, read_at=None).count() for kind in (Notice, AccountNotice))


def mark_read(desk: Desk, person: Person, last: int, last_of_account: int = 0) -> None:
    """Keep that this person has read all that was shown, up to the last of each kind: what came meanwhile stays unread."""
    for kind, shown in ((Notice, last), (AccountNotice, last_of_account)):
        kind.objects.filter(person=person, read_at=None, pk__lte=shown).update(read_at=desk.now())


# ---------------------------------------------------------------- what the service does


def look(desk: Desk) -> None:
    """Write what is to be told since the last look."""
    told = Told.objects.get()
    acts = Audit.objects.select_related("person").order_by("sequence")
    _follow(desk, "notices", told.notices, list(acts.filter(sequence__gt=told.notices)[:AT_ONCE]), _FROM_ACTS)
    ended = acts.filter(sequence__gt=told.reports, at__lte=desk.now() - AFTERWARDS)
    _follow(desk, "reports", told.reports, list(ended[:AT_ONCE]), _AFTER_ENDS)
    _store(desk, _new([*_reminders(desk), *_stops(desk), *forewarnings.expiries(desk)]))
    _close(desk)


def _close(desk: Desk) -> None:
    """Mark as read what asked for something that is done by now, by whomever."""
    of_it = Q(announcement=OuterRef("announcement"))
    awaiting = Exists(Delivery.objects.filter(of_it, manifest.UNSEALED, state__in=approve.AWAITING))
    found = Q(kind__in=[NoticeKind.ASKED, NoticeKind.REMINDER]) & Q(~awaiting)
    found |= Q(kind=NoticeKind.ENDANGERED) & Q(~Exists(Trouble.objects.filter(of_it, closed_at=None)))
    found |= Q(kind=NoticeKind.STOPPED) & ~Q(delivery__state__in=OPEN)
    for kind, state in _UNTIL.items():
        found |= Q(kind=kind) & ~Q(delivery__state=state)
    over = list(Notice.objects.filter(found, read_at=None).values_list("pk", flat=True))
    if over:
        Notice.objects.filter(pk__in=over, read_at=None).update(read_at=desk.now())


_UNTIL = {
    NoticeKind.HELD: DeliveryState.HELD,
    NoticeKind.FAILED: DeliveryState.FAILED,
    NoticeKind.MISSED: DeliveryState.MISSED,
}
"""What asks for something, as long as its delivery is in this state."""


Reader = Callable[[Desk, Audit], Iterator[Telling | Warned]]


def _follow(desk: Desk, mark: str, before: int, acts: Sequence[Audit], readers: Mapping[str, Reader]) -> None:
    """Tell what the acts say, and move the mark behind them: in one transaction, and only if the mark still stands where it stood.

    Most acts are told to nobody; for them the mark is moved now and then only, so that a delivery's commits stay alone.
    """
    known = [act for act in acts if act.action in readers]
    if not known and len(acts) < AT_ONCE:
        return
    tellings = [telling for act in known for telling in _understood(desk, act, readers[act.action])]
    with transaction.atomic():
        if Told.objects.filter(**{mark: before}).update(**{mark: acts[-1].sequence}):
            _store(desk, tellings)


def _understood(desk: Desk, act: Audit, reader: Reader) -> list[Telling | Warned]:
    """Return what an act tells; a mistake of ours over one of them keeps none of the others back."""
    try:
        return list(reader(desk, act))
    except DatabaseError:
        raise
    except Exception:
        log.exception(_("This should not have happened; the service goes on."))
        return []


def _store(desk: Desk, tellings: Sequence[Telling | Warned]) -> None:
    """Write the notices; what somebody was told already is not written again."""
    account_notices.store(desk, [telling for telling in tellings if isinstance(telling, Warned)])
    now, mails = desk.now(), desk.config.notices.enabled
    rows = [
        Notice(
            person=person,
            kind=telling.kind,
            key=telling.key,
            announcement_id=telling.announcement,
            delivery_id=telling.delivery,
            channel=telling.channel,
            created_at=now,
            mail_at=now if mails and person.email else None,
        )
        for telling in tellings
        if isinstance(telling, Telling)
        for person in telling.people
    ]
    if rows:
        Notice.objects.bulk_create(rows, ignore_conflicts=True)


def _new(tellings: Sequence[Telling]) -> list[Telling]:
    """Return what nobody was told yet: what lasts would else be written again with every look."""
    if not tellings:
        return []
    known = set(Notice.objects.filter(key__in={telling.key for telling in tellings}).values_list("kind", "key"))
    return [telling for telling in tellings if (telling.kind, telling.key) not in known]


# ---------------------------------------------------------------- who


def asked(desk: Desk, waiting: Manifest) -> list[Person]:
    """Return who may agree to the manifest and is there; in the place of who is away, a substitute who may."""
    if waiting.void_at or manifest.is_sealed(waiting, desk.config.approval.required):
        return []
    if not waiting.deliveries.filter(state__in=approve.AWAITING).exists():
        return []
    people = Person.objects.filter(is_active=True, role__in=WRITERS).order_by("name")
    able = [person for person in people if approve.may_agree(Actor(person), waiting)]
    return [person for person in absences.present(desk, able) if approve.may_agree(Actor(person), waiting)]


def _involved(desk: Desk, agreed: Manifest, *others: Person, but: Person | None = None) -> list[Person]:
    """Return the author, those who agreed, and others, with who stands in for them; nobody is told of what they did themselves."""
    agreements = agreed.approvals.exclude(person=None).select_related("person")
    people = [agreed.version.editor, *(approval.person for approval in agreements if approval.person), *others]
    return [person for person in absences.concerned(desk, people) if person.is_active and person != but]


# ---------------------------------------------------------------- what acts tell


def _manifest_of(act: Audit) -> Manifest | None:
    rows = Manifest.objects.filter(announcement=act.subject, hash=act.detail["hash"])
    return rows.select_related("version__editor").order_by("pk").last()


def _delivery_of(act: Audit) -> Delivery:
    return Delivery.objects.select_related("manifest__version__editor").defer("payload", "manifest__version__content").get(pk=act.subject)


def _asked(desk: Desk, act: Audit) -> Iterator[Telling]:
    waiting = _manifest_of(act)
    if waiting:
        yield Telling(NoticeKind.ASKED, str(waiting.pk), act.subject, asked(desk, waiting))


def _agreed(desk: Desk, act: Audit) -> Iterator[Telling | Warned]:
    yield from account_notices.in_ones_name(desk, act)
    sealed = _manifest_of(act)
    if sealed and sealed.version.editor != act.person:
        yield Telling(NoticeKind.AGREED, str(act.sequence), act.subject, [sealed.version.editor])


def _returned(desk: Desk, act: Audit) -> Iterator[Telling]:
    version = Version.objects.filter(announcement=act.subject).select_related("editor").order_by("number").last()
    if version and version.editor != act.person:
        yield Telling(NoticeKind.RETURNED, str(act.sequence), act.subject, list(absences.concerned(desk, [version.editor])))


def _ended(kind: NoticeKind) -> Reader:
    """Return what tells that a delivery came to a state in which a person has to do something."""

    def tell(desk: Desk, act: Audit) -> Iterator[Telling]:
        row = _delivery_of(act)
        people = _involved(desk, row.manifest, but=act.person)
        yield Telling(kind, str(act.sequence), row.announcement_id, people, row.pk)

    return tell


def _published(desk: Desk, act: Audit) -> Iterator[Telling]:
    """Tell once, when nothing of the same text and time is left to leave."""
    row = _delivery_of(act)
    together = Delivery.objects.filter(version=row.manifest.version, manifest__void_at=None, due_at=row.due_at)
    if row.due_at and not together.filter(state__in=OPEN).exists():
        key = f"{row.manifest.version_id}-{row.due_at:%Y%m%dT%H%M%S}"
        kind = NoticeKind.WITHDRAWN if row.purpose == Purpose.WITHDRAW else NoticeKind.PUBLISHED
        yield Telling(kind, key, row.announcement_id, _involved(desk, row.manifest))


def _reported(desk: Desk, act: Audit) -> Iterator[Telling]:
    """Tell of an announcement of which nothing is left to do, at the last of its ends."""
    row = _delivery_of(act)
    sent_back = Q(state=DeliveryState.PLANNED, manifest__void_at__isnull=False)
    states = dict(Delivery.objects.filter(announcement=row.announcement_id).exclude(sent_back).values_list("pk", "state"))
    if DeliveryState.DELIVERED not in states.values() or {*OPEN, DeliveryState.HELD}.intersection(states.values()):
        return
    if Audit.objects.filter(subject__in=states, action__in=_AFTER_ENDS, sequence__gt=act.sequence).exists():
        return
    last = Version.objects.filter(announcement=row.announcement_id).order_by("number").values_list("number", flat=True).last()
    yield Telling(NoticeKind.REPORT, f"{row.announcement_id}-{last}", row.announcement_id, _involved(desk, row.manifest))


_FROM_ACTS: Mapping[str, Reader] = {
    QUEUED: _asked,
    "manifest.drawn": _asked,
    "manifest.visa": _agreed,
    "manifest.accord": _agreed,
    REJECTED: _returned,
    "delivery.held": _ended(NoticeKind.HELD),
    "delivery.failed": _ended(NoticeKind.FAILED),
    "delivery.missed": _ended(NoticeKind.MISSED),
    "delivery.delivered": _published,
    **dict.fromkeys(account_notices.ACTS, account_notices.of_account),
    preflight.FOUND: forewarnings.endangered,
}

_AFTER_ENDS: Mapping[str, Reader] = {
    f"delivery.{state}": _reported
    for state in (DeliveryState.DELIVERED, DeliveryState.FAILED, DeliveryState.MISSED, DeliveryState.CANCELED)
}


# ---------------------------------------------------------------- what the hour tells


def _reminders(desk: Desk) -> Iterator[Telling]:
    """Yield the visas that are still missing shortly before the due time; whoever was asked after that moment needs no reminder yet."""
    now = desk.now()
    unsealed = Delivery.objects.filter(manifest.UNSEALED, state__in=approve.AWAITING)
    due = unsealed.filter(due_at__gt=now, due_at__lte=now + REMINDERS[-1])
    first = dict(due.values_list("manifest").annotate(first=Min("due_at")))
    for waiting in Manifest.objects.filter(pk__in=first).select_related("version__editor"):
        before = next(each for each in REMINDERS if first[waiting.pk] - now <= each)
        if waiting.created_at <= first[waiting.pk] - before:
            key = f"{waiting.pk}-{before // timedelta(minutes=1)}"
            yield Telling(NoticeKind.REMINDER, key, waiting.announcement_id, asked(desk, waiting))


def _stops(desk: Desk) -> Iterator[Telling]:
    """Yield what is due soon on a channel that is stopped; administrators may have to look after the account."""
    stops = list(Pause.objects.filter(ended_at=None).select_related("person"))
    if not stops:
        return
    agreed = Delivery.objects.filter(manifest.COUNTS, state__in=OPEN)
    rows = agreed.filter(due_at__lte=desk.now() + SOON).select_related("manifest__version__editor")
    due = list(rows.defer("payload", "manifest__version__content").order_by("due_at", "pk"))
    administrators = forewarnings.administrators() if due else []
    for stop in stops:
        first: dict[str, Delivery] = {}
        for row in due:
            if stop.channel in (EVERYTHING, row.channel):
                first.setdefault(row.announcement_id, row)
        for name, row in first.items():
            people = _involved(desk, row.manifest, *administrators, but=stop.person)
            yield Telling(NoticeKind.STOPPED, f"{stop.pk}-{name}", name, people, row.pk)
