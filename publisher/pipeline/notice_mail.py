"""Notices by e-mail, in a lane of their own: each once at most, and no title nor text of what is under embargo."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import translation
from django.utils.timezone import localtime

from publisher import i18n
from publisher.adapters.base import Session
from publisher.adapters.mail_address import one_line
from publisher.adapters.notice_mailbox import Letter, Mailbox
from publisher.adapters.waiting import finish
from publisher.errors import NotSent, RateLimited, SendError, Unauthorized
from publisher.i18n import DEFAULT_LANGUAGE, _
from publisher.models import AccountNotice, ChannelState, Delivery, Notice, Trouble, Version
from publisher.models.notice import NoticeKind
from publisher.models.states import DeliveryState
from publisher.pipeline import account_notices, board, embargo, guard, people, report
from publisher.pipeline.desk import Desk
from publisher.pipeline.notice_words import WORDS, path
from publisher.pipeline.state_words import counted
from publisher.pipeline.tenure import Tenure
from publisher.text import moments

AT_ONCE = 20
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
PATIENCE = timedelta(days=1)
"""How long a mail is tried; whoever reads it later than that has seen the page."""

SUBJECT = 120  # characters
_WAITING = (NoticeKind.ASKED, NoticeKind.REMINDER, NoticeKind.STOPPED, NoticeKind.ENDANGERED)

log = logging.getLogger(__name__)


def post(tenure: Tenure, mailbox: Mailbox) -> None:
    """Send what is to be mailed now: over one connection, one after the other, as long as this run of the service lasts."""
    waiting = list(_waiting(tenure.now()))
    if not waiting or not tenure.lasts():
        return
    try:
        session = guard.ask(mailbox.open)
    except SendError as error:
        for notice in waiting:
            _put_off(tenure, notice, error)
        return
    try:
        for notice in waiting:
            if tenure.ending.is_set() or not session.usable:
                return
            _send(tenure, mailbox, session, notice)
    finally:
        session.close()


def _waiting(now: datetime) -> Iterator[Notice | AccountNotice]:
    """Yield what is to be mailed; what was read on the page meanwhile, or has nobody to go to any more, is not."""
    of_accounts = AccountNotice.objects.filter(mail_at__lte=now).select_related("person", "act__person").order_by("mail_at", "pk")
    due = Notice.objects.filter(mail_at__lte=now).select_related("person", "delivery").defer("delivery__payload").order_by("mail_at", "pk")
    notices: list[Notice | AccountNotice] = [*of_accounts[:AT_ONCE], *due[:AT_ONCE]]
    for notice in notices:
        if notice.read_at or not notice.person.is_active or not notice.person.email:
            _row(notice).update(mail_at=None)
        else:
            yield notice


def _send(tenure: Tenure, mailbox: Mailbox, session: Session, notice: Notice | AccountNotice) -> None:
    """Claim the mail, then hand it over: whoever is killed in between loses it, and never sends it twice."""
    if not _row(notice).filter(mail_at=notice.mail_at).update(mail_at=None, tries=notice.tries + 1):
        return
    try:
        with i18n.answering(DEFAULT_LANGUAGE), translation.override(DEFAULT_LANGUAGE):
            told = _letter(tenure, notice)
        guard.ask(lambda: finish(session.send("notice", told.to, mailbox.written(told))))
    except (NotSent, RateLimited, Unauthorized) as error:
        _put_off(tenure, notice, error)
    except SendError as error:  # refused for good, or perhaps taken: neither is tried again
        _give_up(notice, error)
    else:
        _row(notice).update(mailed_at=tenure.now())


def _put_off(tenure: Tenure, notice: Notice | AccountNotice, error: SendError) -> None:
    """Try again later: twice as long each time, up to an hour, for a day."""
    now = tenure.now()
    wait = min(FIRST_WAIT * (1 << min(notice.tries, 10)), LONGEST_WAIT)
    told = error.retry_at if isinstance(error, RateLimited) and error.retry_at else now
    again = max(now + wait, min(told, now + LONGEST_WAIT))
    if again >= notice.created_at + PATIENCE:
        _row(notice).update(mail_at=None)
        _give_up(notice, error)
    else:
        _row(notice).update(mail_at=again, tries=notice.tries + 1)


def _named(notice: Notice | AccountNotice) -> tuple[str, str]:
    """Return of what kind a notice is, and what it is about."""
    if isinstance(notice, Notice):
        return notice.kind, notice.announcement_id or notice.channel
    return notice.act.action, notice.act.subject


def _give_up(notice: Notice | AccountNotice, error: SendError) -> None:
    kind, about = _named(notice)
    place = {"kind": kind, "name": notice.person.name, "id": about, "reason": error}
    log.warning(_("The notice (%(kind)s, %(id)s) was not mailed to %(name)s, who still sees it on the page: %(reason)s"), place)


def _row(notice: Notice | AccountNotice) -> QuerySet[Any]:
    return type(notice).objects.filter(pk=notice.pk)


# ---------------------------------------------------------------- what is written


def _letter(tenure: Tenure, notice: Notice | AccountNotice) -> Letter:
    return _of_account(tenure.desk, notice) if isinstance(notice, AccountNotice) else _of_announcement(tenure, notice)


def _of_account(desk: Desk, notice: AccountNotice) -> Letter:
    told = account_notices.told(notice)
    parts = [
        told,
        _("If you know nothing of it, ask at once: an administrator closes an account on the page “People”."),
        people.address(desk, account_notices.path(notice)),
        _("Publisher wrote this by itself for %(town)s: answers are read by nobody.") % {"town": desk.config.town.name},
    ]
    at, name = localtime(notice.created_at, desk.config.town.zone), f"account-notice-{notice.pk}.{notice.created_at:%Y%m%d%H%M%S}"
    return Letter(name, notice.person.email, _cut(told), "\n\n".join(parts) + "\n", at, DEFAULT_LANGUAGE)


def _cut(subject: str) -> str:
    line = one_line(subject)
    return line if len(line) <= SUBJECT else line[: SUBJECT - 1].rstrip() + "…"


def _of_announcement(tenure: Tenure, notice: Notice) -> Letter:
    desk, at = tenure.desk, localtime(notice.created_at, tenure.desk.config.town.zone)
    words, about = WORDS[notice.kind], _called(tenure, notice)
    parts = [
        _("%(what)s: %(about)s.") % {"what": _(words.line), "about": about},
        *_due(desk, notice),
        *_reported(tenure, notice),
        *_forewarned(desk, notice),
        _(words.advice),
        address(desk, notice),
        _("Publisher wrote this by itself for %(town)s: answers are read by nobody.") % {"town": desk.config.town.name},
    ]
    subject = _cut(_("%(what)s: %(about)s") % {"what": _(words.line), "about": about})
    name = f"notice-{notice.pk}.{notice.created_at:%Y%m%d%H%M%S}"
    return Letter(name, notice.person.email, subject, "\n\n".join(parts) + "\n", at, DEFAULT_LANGUAGE)


def under_embargo(tenure: Tenure, announcement: str) -> bool:
    """Tell whether the announcement is, or may be, under embargo."""
    return bool(embargo.secret(tenure.desk, [announcement], tenure.watch))


def _called(tenure: Tenure, notice: Notice) -> str:
    if notice.announcement_id is None:
        return tenure.desk.title(notice.channel)
    if under_embargo(tenure, notice.announcement_id):
        return _("an announcement under embargo")
    version = Version.objects.filter(announcement=notice.announcement_id).defer("content").order_by("number").last()
    return _("“%(title)s”") % {"title": one_line(version.title) if version else notice.announcement_id}


def _due(desk: Desk, notice: Notice) -> Iterator[str]:
    """Yield when it is planned, for what is still to leave."""
    if notice.kind not in _WAITING:
        return
    due = Delivery.objects.filter(announcement=notice.announcement_id, due_at__gt=desk.now()).exclude(state=DeliveryState.CANCELED)
    first = due.order_by("due_at").values_list("due_at", flat=True).first()
    if first:
        yield _("Planned for %(when)s.") % {"when": _moment(desk, first)}


def _forewarned(desk: Desk, notice: Notice) -> Iterator[str]:
    """Yield what a look ahead found, or when an access ends."""
    if notice.kind == NoticeKind.ENDANGERED:
        found = Trouble.objects.filter(announcement=notice.announcement_id, channel=notice.channel).first()
        if found:
            yield board.sentence(desk, found)
    elif notice.kind == NoticeKind.EXPIRES:
        state = ChannelState.objects.filter(pk=notice.channel).first()
        if state and state.ends_at:
            yield _("It ends on %(when)s.") % {"when": _moment(desk, state.ends_at)}


def _reported(tenure: Tenure, notice: Notice) -> Iterator[str]:
    """Yield a paragraph for each round of a report: one line for each channel, with the addresses below."""
    desk, announcement = tenure.desk, notice.announcement_id
    if notice.kind != NoticeKind.REPORT or announcement is None or under_embargo(tenure, announcement):
        return
    for turn in report.of(desk, announcement).rounds:
        lines = []
        for line in turn.lines:
            state = _(line.stands)
            told = f"{state}, {_moment(desk, line.delivered_at)}" if line.delivered_at else state
            lines.append(_("– %(channel)s: %(state)s") % {"channel": desk.title(line.channel), "state": told})
            lines += [f"  {url}" for url in line.urls]
            counts = counted(dict(sorted(line.counts.items())))
            lines += [f"  {counts}"] if counts else []
        yield "\n".join(lines)


def _moment(desk: Desk, instant: datetime) -> str:
    return moments.moment(instant.astimezone(desk.config.town.zone))


def address(desk: Desk, notice: Notice) -> str:
    """Return the complete address to which the notice leads."""
    return people.address(desk, path(notice))
