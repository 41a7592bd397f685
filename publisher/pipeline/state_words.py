"""The words of the states, for people."""

from collections.abc import Mapping

from publisher.i18n import N_, ngettext

STATES: Mapping[str, str] = {
    "draft": N_("draft"),
    "awaiting_approval": N_("awaiting approval"),
    "planned": N_("planned"),
    "publishing": N_("being published"),
    "published": N_("published"),
    "partial": N_("partly published"),
    "sending": N_("being sent"),
    "delivered": N_("delivered"),
    "failed": N_("failed"),
    "held": N_("held"),
    "missed": N_("missed"),
    "canceled": N_("canceled"),
    "pending": N_("to be sent"),
    "sent": N_("sent"),
    "in_doubt": N_("in doubt"),
    "dropped": N_("dropped"),
}
"""Of announcements, deliveries and steps; the codes are those of the database and of JSON."""

CALLS: Mapping[str, str] = {
    "intent": N_("under way"),
    "accepted": N_("accepted"),
    "found": N_("found on the platform"),
    "not_sent": N_("did not leave"),
    "rejected": N_("refused"),
    "in_doubt": N_("in doubt"),
    "dismissed": N_("settled by a decision"),
}
"""What became of a call."""

KINDS: Mapping[str, str] = {"visa": N_("visa"), "accord": N_("agreement of the author"), "automatic": N_("no visa asked for")}
"""In which quality somebody agreed."""

PURPOSES: Mapping[str, str] = {"correct": N_("correction"), "withdraw": N_("withdrawal")}
"""What a later round of an announcement is for."""

ROLES: Mapping[str, str] = {
    "author": N_("author"),
    "approver": N_("approver"),
    "administrator": N_("administrator"),
    "reader": N_("reader"),
}
"""What people may do here; the codes are those of `publisher.models.Role`."""

SCOPES: Mapping[str, str] = {"read": N_("reads what stands where"), "queue": N_("queues texts"), "calendar": N_("the calendar")}
"""What tokens are good for; the codes are those of `publisher.models.Scope`."""


def counted(counts: Mapping[str, int]) -> str:
    """Return how many recipients of a mailing stand in each state."""
    return ", ".join(_some(code, count) % {"count": count} for code, count in counts.items() if count)


def _some(code: str, count: int) -> str:
    return {
        "pending": ngettext("to be sent: %(count)d", "to be sent: %(count)d", count),
        "sent": ngettext("sent: %(count)d", "sent: %(count)d", count),
        "in_doubt": ngettext("in doubt: %(count)d", "in doubt: %(count)d", count),
        "failed": ngettext("failed: %(count)d", "failed: %(count)d", count),
        "dropped": ngettext("dropped: %(count)d", "dropped: %(count)d", count),
    }[code]
