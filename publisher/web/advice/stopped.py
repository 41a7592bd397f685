"""What somebody stopped, or gave up."""

from publisher.i18n import N_
from publisher.web.advice.page import Page

THEME = N_("Somebody stopped it")

PAGES = (
    Page(
        "paused",
        N_("Publication is stopped"),
        N_("Somebody stopped everything, or this channel, and said why: it stands on top of every page."),
        N_("It lets nothing more leave. What was out stays out."),
        N_("Speak with the person who stopped it, then let it go on. What became too late meanwhile needs a new time."),
    ),
    Page(
        "by-person",
        N_("Somebody holds it"),
        N_("A colleague pressed “Hold” for this announcement."),
        N_("It sends nothing of it until somebody lets it go on."),
        N_("The journal tells who did it. When it is settled, open the announcement and let it go on, or cancel it."),
    ),
    Page(
        "cancel-requested",
        N_("Canceled during a call"),
        N_("Somebody canceled it at the very moment when a call was under way. A call cannot be caught."),
        N_("It finds out what became of the call. If nothing is online, it cancels; if something is, it asks you."),
        N_("Wait a few minutes, then look again."),
    ),
    Page(
        "stopped-midway",
        N_("Stopped when a part was out"),
        N_("It was stopped or sent back after a first part had been published."),
        N_("It sends nothing more, and touches nothing that is out."),
        N_("Decide on the page of the delivery: leave the part as it is, then take it back from the page of the announcement if you must."),
    ),
    Page(
        "canceled",
        N_("Canceled"),
        N_("A person canceled this delivery."),
        N_("It sent nothing more. That is for good."),
        N_("To publish it all the same, queue the text again: it needs a new visa."),
    ),
    Page(
        "dropped",
        N_("Given up"),
        N_("A person decided that this delivery shall not leave."),
        N_("It gave it up; nothing of it is online as far as anybody knows."),
        N_("To publish it all the same, queue the text again: it needs a new visa."),
    ),
    Page(
        "dropped-partly",
        N_("Partly given up"),
        N_("A part is online. A person decided that the rest shall not leave."),
        N_("It left online what was out, and gave up the rest."),
        N_("If the part alone misleads readers, take it back from the page of the announcement."),
    ),
)
