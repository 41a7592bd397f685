"""Why a delivery stands where it stands: a code in the database and in JSON, a sentence for people."""

from collections.abc import Mapping
from enum import StrEnum

from publisher.i18n import N_, _


class Reason(StrEnum):
    """The codes, grouped: what is waited for, what a person must decide, how it ended."""

    NOT_APPROVED = "not-approved"
    CLOCK_SUSPECT = "clock-suspect"
    CLOCK_UNCONFIRMED = "clock-unconfirmed"
    PAUSED = "paused"
    CHANNEL_MISSING = "channel-missing"
    CHANNEL_DISABLED = "channel-disabled"
    WAITING_FOR_CHANNEL = "waiting-for-channel"
    WAITING_FOR_READERS = "waiting-for-readers"
    NOT_READY = "not-ready"
    RATE_LIMITED = "rate-limited"
    UNREACHABLE = "unreachable"
    UNAUTHORIZED = "unauthorized"
    OUT_OF_REACH = "out-of-reach"
    IN_DOUBT = "in-doubt"

    BY_PERSON = "by-person"
    CANCEL_REQUESTED = "cancel-requested"
    STOPPED_MIDWAY = "stopped-midway"
    ADOPTED = "adopted"
    ALTERED = "altered"
    ACCOUNT_CHANGED = "account-changed"
    INTERFACE_CHANGED = "interface-changed"
    ACCOUNT_DIFFERS = "account-differs"
    LATE = "late"
    CLOCK_LATE = "clock-late"
    WAIT_TOO_LONG = "wait-too-long"
    UNDECIDED = "undecided"
    UNREADABLE = "unreadable"
    PART_REFUSED = "part-refused"
    SOME_REFUSED = "some-refused"
    WEBSITE_FAILED = "website-failed"
    WEBSITE_UNSEEN = "website-unseen"
    LINK_REFUSED = "link-refused"
    SLOT_UNFILLED = "slot-unfilled"
    PARENT_UNKNOWN = "parent-unknown"
    CRASHED = "crashed"
    BY_HAND = "by-hand"
    CANCELED_IN_HAND = "canceled-in-hand"

    TOO_LATE = "too-late"
    REFUSED = "refused"
    DROPPED = "dropped"
    DROPPED_PARTLY = "dropped-partly"
    CANCELED = "canceled"


RESUMABLE = (
    Reason.BY_PERSON,
    Reason.NOT_APPROVED,
    Reason.ADOPTED,
    Reason.CRASHED,
    Reason.ACCOUNT_DIFFERS,
    Reason.CLOCK_UNCONFIRMED,
    Reason.WEBSITE_FAILED,
    Reason.WEBSITE_UNSEEN,
    Reason.LINK_REFUSED,
)
"""Reasons after which going on by itself is safe, because every condition is looked at again; the others need a decision."""

SENTENCES: Mapping[Reason, str] = {
    Reason.NOT_APPROVED: N_("Not enough people have agreed yet."),
    Reason.CLOCK_SUSPECT: N_("The clock of this machine leapt: nothing leaves until a platform or a time server confirms it."),
    Reason.CLOCK_UNCONFIRMED: N_("An embargo needs a confirmed clock, and neither a platform nor a time server confirms this machine's."),
    Reason.PAUSED: N_("Publication is paused."),
    Reason.CHANNEL_MISSING: N_("config.toml no longer has this channel: put it back, or cancel."),
    Reason.CHANNEL_DISABLED: N_("config.toml has this channel switched off: switch it on, or cancel."),
    Reason.WAITING_FOR_CHANNEL: N_("Another channel must be out first."),
    Reason.WAITING_FOR_READERS: N_("The page is published, but readers do not see it yet."),
    Reason.NOT_READY: N_("The platform does not answer as it should; it is asked again before anything is sent."),
    Reason.RATE_LIMITED: N_("The platform asks to wait."),
    Reason.UNREACHABLE: N_("The platform could not be reached; it is tried again."),
    Reason.UNAUTHORIZED: N_("The platform no longer accepts our access: connect the account again."),
    Reason.OUT_OF_REACH: N_("The server could not be reached three times in a row: check it."),
    Reason.IN_DOUBT: N_("Nobody knows yet whether the last call was taken in; the platform is asked."),
    Reason.BY_PERSON: N_("Held by a person."),
    Reason.CANCEL_REQUESTED: N_("Canceled while a call was under way: what became of that call is being found out."),
    Reason.STOPPED_MIDWAY: N_("Stopped when a part was already out."),
    Reason.ADOPTED: N_("The data directory was copied or restored: check what is online before it goes on."),
    Reason.ALTERED: N_("What is planned is no longer what was agreed to: cancel it and queue it again."),
    Reason.ACCOUNT_CHANGED: N_("config.toml now names another account than the one agreed to: cancel it and queue it again."),
    Reason.INTERFACE_CHANGED: N_(
        "config.toml now names another version of the platform's interface than the one agreed to: cancel it and queue it again."
    ),
    Reason.ACCOUNT_DIFFERS: N_("The platform says that our access belongs to another account: check the channel's settings."),
    Reason.LATE: N_("It is too late to go on by itself: give it a new time, or drop the rest."),
    Reason.CLOCK_LATE: N_(
        "The clock of this machine leapt, and nobody confirmed it before the time to publish was over: "
        "let the network set it (NTP) or restart the machine, then give a new time."
    ),
    Reason.WAIT_TOO_LONG: N_("The platform asks to wait beyond the agreed time: give it a new time, or drop it."),
    Reason.UNDECIDED: N_("Nobody can tell whether it was published: look at the account, then say what you see."),
    Reason.UNREADABLE: N_("The platform cannot be read: look at the account, then say what you see."),
    Reason.PART_REFUSED: N_("The platform refused a part after another was out: leave it so, or replace it by the single text."),
    Reason.SOME_REFUSED: N_("Some recipients were refused, the others have it: correct the list, send to them again, or leave it so."),
    Reason.WEBSITE_FAILED: N_("The page that must be out first was not published, or was taken back: publish it, or cancel."),
    Reason.WEBSITE_UNSEEN: N_("Readers do not see the page that must be out first: check the website, then resume, or cancel."),
    Reason.LINK_REFUSED: N_("The page has no address on the town's website, and a link to elsewhere may not leave: check site_url."),
    Reason.SLOT_UNFILLED: N_("A place that the text leaves open cannot be filled on this channel: cancel it and correct the template."),
    Reason.PARENT_UNKNOWN: N_("The id of the part before is not known, so that nothing can follow it: drop the rest."),
    Reason.CRASHED: N_("The service stopped three times while it worked on this: look at the log, then resume or drop it."),
    Reason.BY_HAND: N_("To be published by hand: the text is ready, and waits for a person."),
    Reason.CANCELED_IN_HAND: N_("Canceled while somebody had the text to publish it by hand: ask them whether they did."),
    Reason.TOO_LATE: N_("The time to publish was over before anything could leave: give it a new time."),
    Reason.REFUSED: N_("The platform refused it."),
    Reason.DROPPED: N_("A person dropped it."),
    Reason.DROPPED_PARTLY: N_("A person left out what was not yet published."),
    Reason.CANCELED: N_("A person canceled it."),
}


VERBS: Mapping[Reason, str] = {
    Reason.PAUSED: N_("“publisher unpause” lets it go on."),
    Reason.UNAUTHORIZED: N_("Then “publisher unpause”."),
    Reason.OUT_OF_REACH: N_("Then “publisher unpause”."),
    Reason.BY_PERSON: N_("“publisher resume” lets it go on."),
    Reason.STOPPED_MIDWAY: N_("“publisher resolve … --drop” leaves it so; “publisher withdraw” can then take it back."),
    Reason.BY_HAND: N_("“publisher resolve … --take” gives you the text, “publisher resolve … --published ADDRESS” says that it is done."),
    Reason.CANCELED_IN_HAND: N_(
        "“publisher resolve … --give-back” says that they did not, “publisher resolve … --published ADDRESS” that they did."
    ),
}
"""What to type at a prompt, where one verb does it; the pages have a button there."""


def told(code: str) -> str:
    """Return what a reason means, in the current language; empty for no reason."""
    return _(SENTENCES[Reason(code)]) if code else ""


def explain(code: str) -> str:
    """Return the same for a prompt, with the verb that helps."""
    verb = VERBS.get(Reason(code)) if code else None
    return f"{told(code)} {_(verb)}" if verb else told(code)
