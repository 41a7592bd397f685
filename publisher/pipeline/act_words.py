"""What the journal says of each act that the audit can hold: what was done, what it changed, and why. A code is for programs only."""

from collections.abc import Mapping
from datetime import date

from publisher.i18n import N_, _
from publisher.models import Audit
from publisher.models.states import DeliveryState
from publisher.pipeline import manifest
from publisher.pipeline.reasons import SENTENCES, Reason
from publisher.pipeline.state_words import PURPOSES, ROLES, SCOPES, STATES, counted
from publisher.text import moments

ACTS: Mapping[str, str] = {
    "announcement.endangered": N_("something would keep it from leaving"),
    "announcement.safe-again": N_("nothing is in its way any more"),
    "announcement.queued": N_("asked for its visa"),
    "announcement.rejected": N_("sent back"),
    "announcement.taken-up": N_("taken up again to be corrected"),
    "attempt.accepted": N_("the platform took the call"),
    "attempt.dismissed": N_("this call is not looked for any more"),
    "attempt.found": N_("found on the platform"),
    "attempt.in_doubt": N_("nobody knows yet whether the platform took the call"),
    "attempt.intent": N_("call to the platform begun"),
    "attempt.not_sent": N_("the call did not get through: nothing left"),
    "attempt.rejected": N_("the platform refused the call"),
    "channel.connected": N_("account connected"),
    "channel.paused": N_("publication stopped"),
    "channel.unpaused": N_("publication let go on"),
    "channel.verified": N_("platform asked whether it knows us"),
    "delivery.by-hand": N_("done by hand"),
    "delivery.alternative": N_("replaced by the single text"),
    "delivery.rescheduled": N_("given another time"),
    "delivery.taken": N_("taken to be published by hand"),
    "delivery.given-back": N_("given back, not published"),
    "delivery.seen": N_("seen by readers"),
    "delivery.send-again": N_("agreed that it is sent again"),
    **{f"delivery.{state}": STATES[state] for state in DeliveryState},
    "deliverystep.dropped": N_("part left out"),
    "deliverystep.failed": N_("part refused"),
    "deliverystep.in_doubt": N_("nobody knows yet whether this part is out"),
    "deliverystep.pending": N_("part to be sent once more"),
    "deliverystep.sent": N_("part sent"),
    "draft.discarded": N_("draft thrown away"),
    "mailing.ended": N_("mailing ended"),
    "mailing.resumed": N_("mailing taken up again"),
    "manifest.accord": N_("the author agreed"),
    "manifest.automatic": N_("no visa is asked for here"),
    "manifest.drawn": N_("times altered: a new visa is needed"),
    "manifest.sealed": N_("everybody needed has agreed: nothing of it changes any more"),
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
    "service.adopted": N_("service started on a copy of the data: what was not finished is held"),
    "service.started": N_("service started"),
    "token.created": N_("access for a program made"),
    "token.revoked": N_("access for a program void"),
    "webhook.given-up": N_("program not told: it did not answer"),
}
"""What the acts are called; those on deliveries by the state that they led to."""

REDRAWN: Mapping[str, str] = {
    manifest.NEW_TIME: N_("The planned time was past when the visa was given."),
    manifest.RESCHEDULED: N_("The time was changed."),
}
"""Why a manifest took the place of another one; any other reason for which one is void is what somebody said."""

SPOKEN = ("announcement.", "channel.paused", "manifest.")
"""Beginnings of acts whose reason a person wrote, if a person did them."""

EVIDENT = (Reason.BY_PERSON, Reason.CANCELED, Reason.DROPPED)
"""Reasons that say no more than that a person did it."""

MEANS: Mapping[str, str] = {
    "totp": N_("application that shows codes"),
    "webauthn": N_("passkey"),
    "recovery_codes": N_("recovery codes"),
}
"""The second factors, by the codes of the library that keeps them."""

CODES: Mapping[str, str] = {**PURPOSES, **ROLES, **SCOPES, **MEANS}
"""Codes in the details of acts, no two alike."""


def said(action: str) -> str:
    """Return what an act is called; one of a later version, that nobody here named, by its code."""
    return _(ACTS[action]) if action in ACTS else action


def why(act: Audit) -> str:
    """Return why it was done: a sentence of ours, or what somebody said."""
    reason = str(act.detail.get("reason") or "")
    if act.action.startswith("manifest.") and reason in REDRAWN:
        return _(REDRAWN[reason])
    if act.person and act.action.startswith(SPOKEN):
        return reason
    if act.person and reason in EVIDENT:
        return ""
    return _(SENTENCES[reason]) if reason in SENTENCES else reason  # type: ignore[index] # a code is its own text


def more(act: Audit) -> str:
    """Return what else the act tells, in a word or two: what for, the role, the days, the kind of second factor."""
    detail = act.detail
    if act.action == "mailing.ended":
        return counted(detail)
    if act.action == "person.role-changed":
        former, role = ROLES[detail["from"]], ROLES[detail["to"]]
        return _("%(former)s before, now %(role)s") % {"former": _(former), "role": _(role)}
    if "first" in detail:
        first, last = (moments.day(date.fromisoformat(detail[name])) for name in ("first", "last"))
        return _("from %(first)s to %(last)s") % {"first": first, "last": last}
    codes = [*detail.get("scopes", ()), detail.get("purpose"), detail.get("role"), detail.get("kind")]
    named = ", ".join(_(CODES[code]) for code in codes if code in CODES)
    return named or str((detail.get("title") if act.action == "draft.discarded" else detail.get("account")) or "")
