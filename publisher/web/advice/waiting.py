"""What waits, and goes on by itself."""

from publisher.i18n import N_
from publisher.web.advice.page import Page

THEME = N_("It waits, and goes on by itself")

PAGES = (
    Page(
        "waiting-for-channel",
        N_("Another channel goes first"),
        N_("This channel leaves only once another one is out, most often the website, to whose page it links."),
        N_("It waits, and looks again every few seconds."),
        N_("Nothing, as a rule. If it lasts, see how the first channel stands on the page of the announcement."),
    ),
    Page(
        "waiting-for-readers",
        N_("The page is not visible yet"),
        N_("The page is published, but a reader who opens its address does not see it yet: a cache often takes a few minutes."),
        N_("It looks at the page as a reader does, again and again, and sends no link before the page is there."),
        N_("Open the page yourself. If you see it and this does not change, tell whoever looks after the website."),
    ),
    Page(
        "not-ready",
        N_("The platform does not answer as it should"),
        N_("Before anything leaves, the program asks the platform who we are. This time it got no good answer."),
        N_("It sent nothing, and asks again every ten seconds until the time to publish is over."),
        N_("Open “Channels” and verify the channel: the answer is told there. If it lasts, tell the webmaster."),
    ),
    Page(
        "rate-limited",
        N_("The platform asks to wait"),
        N_("The platform takes only so many calls in a time, and this account has used them up."),
        N_("It waits as long as the platform says, then goes on. If that is beyond the agreed time, it holds the rest."),
        N_("Nothing. If it happens often, ask whether other tools use the same account."),
    ),
    Page(
        "unreachable",
        N_("The platform cannot be reached"),
        N_("The call did not get through: the network or the platform is down. Nothing left, that is certain."),
        N_("It tries again by itself as long as the agreed time lasts."),
        N_("If all channels say so, the town's own network is down: tell the webmaster."),
    ),
    Page(
        "in-doubt",
        N_("Nobody knows yet whether it was published"),
        N_("The call left, but its answer got lost on the way. It may be online, or not."),
        N_("It sends nothing again: it looks on the platform. If that gives no answer, it holds the delivery and asks you."),
        N_("Wait a few minutes. Do not publish it by hand meanwhile, or it may appear twice."),
    ),
)
