"""Clocks, and what came too late."""

from publisher.i18n import N_
from publisher.web.advice.page import Page

THEME = N_("The hour")

PAGES = (
    Page(
        "clock-suspect",
        N_("The clock of the machine leapt"),
        N_("The machine's clock changed by more than a few seconds. Nobody can be sure of the hour."),
        N_("It sends nothing until a platform or a time server confirms the hour. Late is better than early."),
        N_("If it lasts more than a few minutes, have the webmaster check that the network sets the clock (NTP)."),
    ),
    Page(
        "clock-unconfirmed",
        N_("Nobody confirms the hour of an embargo"),
        N_("An embargo needs a certain hour, and neither a platform nor a time server confirms this machine's."),
        N_("It sends nothing: a minute too early would break the embargo."),
        N_("Have the network set the clock (NTP). If it is held, let it go on once the embargo is surely over."),
    ),
    Page(
        "clock-late",
        N_("The hour was uncertain for too long"),
        N_("The machine's clock leapt, and nobody confirmed it before the time to publish was over."),
        N_("It sent nothing and holds the delivery."),
        N_("Have the clock set by the network (NTP) or the machine started again, then give it a new time on its page."),
    ),
    Page(
        "late",
        N_("Too late to go on by itself"),
        N_("The agreed time is over, and something is still to be sent or to be settled."),
        N_("It holds the rest: news that comes too late may be false by now."),
        N_("Read the text again. Then give it a new time on its page, or give up the rest."),
    ),
    Page(
        "too-late",
        N_("The time to publish was over"),
        N_("Before anything could leave, the “not after” time was over."),
        N_("It sent nothing: what is late is not published without a person."),
        N_("If the news still holds, give it a new time on the page of the announcement: it needs a new visa."),
    ),
    Page(
        "wait-too-long",
        N_("The platform asks to wait too long"),
        N_("The platform asks to wait beyond the agreed time."),
        N_("It holds the rest instead of sending it late."),
        N_("Give it a new time on its page, or give up the rest."),
    ),
)
