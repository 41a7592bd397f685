"""What notices say, and where they lead: the same on the page and in the mail."""

from collections.abc import Mapping
from typing import NamedTuple

from publisher.i18n import N_
from publisher.models.notice import Notice, NoticeKind


class Words(NamedTuple):
    """What happened, in a line, and what can be done, in a sentence."""

    line: str
    advice: str


WORDS: Mapping[str, Words] = {
    NoticeKind.ASKED: Words(N_("Your visa is asked for"), N_("Read exactly what leaves, then give your visa or send it back with a word.")),
    NoticeKind.REMINDER: Words(N_("The visa is still missing"), N_("Without it nothing leaves at the planned time.")),
    NoticeKind.RETURNED: Words(N_("Sent back to its author"), N_("The page says why.")),
    NoticeKind.AGREED: Words(N_("Somebody has agreed"), N_("The page says whether another visa is needed.")),
    NoticeKind.HELD: Words(N_("Held: a decision is needed"), N_("Nothing more of it leaves until somebody decides on its page.")),
    NoticeKind.FAILED: Words(N_("Refused: nothing of it is online"), N_("The page says why, and what can be done.")),
    NoticeKind.MISSED: Words(N_("Missed: its time was over"), N_("If it shall still leave, give it a new time on its page.")),
    NoticeKind.STOPPED: Words(N_("The channel is stopped, and it is due"), N_("Let the channel go on, or choose another time.")),
    NoticeKind.PUBLISHED: Words(N_("Published"), N_("The page shows each address.")),
    NoticeKind.WITHDRAWN: Words(N_("Taken back"), N_("The page says what readers still see.")),
    NoticeKind.ENDANGERED: Words(
        N_("Something would keep it from leaving"), N_("Settle it before its time: it is closed by itself once nothing is in the way.")
    ),
    NoticeKind.EXPIRES: Words(N_("The access ends soon"), N_("Connect the account again before, or the channel will stop.")),
    NoticeKind.REPORT: Words(N_("Report on the publication"), N_("The page can be printed.")),
}

_OF_ONE_DELIVERY = (NoticeKind.HELD, NoticeKind.FAILED, NoticeKind.MISSED, NoticeKind.STOPPED)


def path(notice: Notice) -> str:
    """Return where the notice leads, below the back-office's address; what is to be settled stands on the first page."""
    if notice.kind == NoticeKind.ENDANGERED:
        return ""
    if notice.announcement_id is None:
        return "canaux/"
    if notice.kind == NoticeKind.REPORT:
        return f"annonces/{notice.announcement_id}/bilan/"
    if notice.kind in _OF_ONE_DELIVERY and notice.delivery_id:
        return f"annonces/{notice.announcement_id}/{notice.delivery_id}/"
    return f"annonces/{notice.announcement_id}/"
