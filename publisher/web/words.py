"""How the pages say things: instants in the town's zone, states and reasons in words."""

from collections.abc import Mapping
from datetime import date, datetime

from django import template
from django.utils.timezone import localtime

from publisher.errors import Problem
from publisher.i18n import N_, _
from publisher.models import AccountNotice, Delivery, Notice
from publisher.models.channel import ALL
from publisher.pipeline import account_notices, embargo, notice_words, reasons, standing, state_words
from publisher.pipeline.chronicle import Entry
from publisher.pipeline.preview import words as preview
from publisher.pipeline.state_words import CALLS, KINDS, PURPOSES, ROLES, SCOPES, STATES
from publisher.text import moments
from publisher.web import browsers, desk, icons, static

NEAR = {-1: N_("yesterday"), 0: N_("today"), 1: N_("tomorrow")}

register = template.Library()
register.simple_tag(icons.drawn, name="icon")
register.filter("browser", browsers.known)


@register.filter
def moment(instant: datetime | str | None) -> str:
    """Say an instant as people do: « demain, mardi 24 novembre à 9 h 30 »."""
    if not instant:
        return ""
    at = localtime(datetime.fromisoformat(instant) if isinstance(instant, str) else instant, desk.current().config.town.zone)
    return moments.on(day(at.date()), at)


@register.filter
def dated(instant: datetime) -> str:
    """Say an instant as it still reads years later: « mardi 24 novembre 2026 à 9 h 30 »."""
    return moments.moment(localtime(instant, desk.current().config.town.zone))


@register.filter
def day(wanted: date) -> str:
    """Say a day, near ones by their name first, the year only if it is another one."""
    here = localtime(desk.current().now(), desk.current().config.town.zone).date()
    words = moments.day(wanted, year=wanted.year != here.year)
    near = NEAR.get((wanted - here).days)
    return f"{_(near)}, {words}" if near else words


@register.filter
def day_of_month(wanted: date) -> str:
    """Say a day beside its weekday: « 1er décembre »."""
    return moments.day_of_month(wanted)


@register.filter
def hour_of(at: datetime) -> str:
    """Say the hour of an instant that is in the town's zone already."""
    return moments.hour(at)


@register.filter
def state(code: str) -> str:
    """Say a state."""
    return _(STATES[code])


@register.filter
def stands(delivery: Delivery) -> str:
    """Say how a delivery stands."""
    return _(standing.words(delivery))


@register.filter
def stands_as(delivery: Delivery) -> str:
    """Return the same as a word for style sheets."""
    return standing.code(delivery)


@register.filter
def channel(name: str) -> str:
    """Say a channel as people know it."""
    return desk.current().title(name)


@register.filter
def concerns(entry: Entry) -> str:
    """Say on what something was done, beside an announcement: a channel or all of them, a part, a person, a program."""
    where = _("all channels") if entry.channel == ALL else channel(entry.channel) if entry.channel else ""
    return " · ".join(word for word in (where, step(entry.step) if entry.step else "", entry.thing) if word)


@register.filter
def purpose(code: str) -> str:
    """Say what a round is for; nothing for a first publication."""
    return _(PURPOSES[code]) if code in PURPOSES else ""


@register.filter
def reason(code: str | None) -> str:
    """Say why a delivery stands where it stands."""
    return reasons.told(code or "")


@register.filter
def role(code: str) -> str:
    """Say a role."""
    return _(ROLES[code])


@register.filter
def scope(code: str) -> str:
    """Say what a token is good for."""
    return _(SCOPES[code])


@register.filter
def call(code: str) -> str:
    """Say what became of a call."""
    return _(CALLS[code])


@register.filter
def kind(code: str) -> str:
    """Say in which quality somebody agreed."""
    return _(KINDS[code])


@register.filter
def step(name: str) -> str:
    """Say the name of a step."""
    return preview.step(name)


@register.filter
def counted(counts: Mapping[str, int]) -> str:
    """Say how many recipients stand where."""
    return state_words.counted(counts)


@register.filter
def remark(problem: Problem) -> str:
    """Say what there is to remark."""
    return _(problem.sentence) % desk.current().titled(problem.params)


@register.filter
def label(sentence: str) -> str:
    """Say a label that the pipeline gives in English."""
    return _(sentence)


@register.filter
def file(path: str) -> str:
    """Return the address of one of the pages' own files."""
    return static.address(path)


@register.filter
def fact(value: datetime | int | str | None) -> str:
    """Say a fact: an instant, a number, a name, or that there is none."""
    if isinstance(value, datetime):
        return moment(value)
    return _("none") if value in (None, "") else str(value)


@register.filter
def unless_secret(title: str, announcement: str) -> str:
    """Say a title where others may read it, over a shoulder or in the history of a browser: not what is under embargo."""
    return _("Announcement under embargo") if embargo.secret(desk.current(), [announcement]) else title


@register.filter
def tells(notice: Notice | AccountNotice) -> str:
    """Say what a notice tells, in a line."""
    if isinstance(notice, AccountNotice):
        return account_notices.told(notice)
    return _(notice_words.WORDS[notice.kind].line)


@register.filter
def leads_to(notice: Notice | AccountNotice) -> str:
    """Return where a notice leads, below the address of the pages."""
    return account_notices.path(notice) if isinstance(notice, AccountNotice) else notice_words.path(notice)
