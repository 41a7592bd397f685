"""What a person must look at and decide."""

from publisher.i18n import N_
from publisher.web.advice.page import Page

THEME = N_("Somebody must look and decide")

PAGES = (
    Page(
        "undecided",
        N_("Was it published?"),
        N_("The answer to a call got lost, and looking on the platform did not settle it."),
        N_("It sends nothing again: twice would be worse than late."),
        N_(
            "Open the account and look. Then say on its page what you see: it is online, with its address; it is not, and "
            "leaves now, which takes two people; or give it up."
        ),
    ),
    Page(
        "unreadable",
        N_("The platform cannot be read"),
        N_("The answer to a call got lost, and the platform does not let the program look for what was published."),
        N_("It sends nothing again and holds the delivery."),
        N_("Open the account and look. Then say on its page what you see: it is online; it is not, and leaves now; or give it up."),
    ),
    Page(
        "part-refused",
        N_("A part was refused"),
        N_("The first part is online, and the platform refused one that follows."),
        N_("It stopped there: the rest would not make sense."),
        N_(
            "Read what is online. Leave it so, or have it replaced by the single text that was approved for this case: its "
            "page offers both."
        ),
    ),
    Page(
        "some-refused",
        N_("Some recipients were refused"),
        N_("The mail went out. The server refused some of the addresses, most often because they no longer exist."),
        N_("It sent to all the others and lists those that were refused."),
        N_("Correct the list. Send again to those who were refused, or leave it so: the page of the delivery offers both."),
    ),
    Page(
        "website-failed",
        N_("The page that goes first is missing"),
        N_("This channel links to a page that was not published, or was taken back."),
        N_("It sent nothing: the link would lead nowhere."),
        N_("Get the page published, then let this go on; or cancel it."),
    ),
    Page(
        "website-unseen",
        N_("Readers do not see the page that goes first"),
        N_("The page is published, but it never showed up at its address."),
        N_("It looked again and again, then held what links to it."),
        N_("Open the address. If you see the page, let it go on. If not, have the website checked."),
    ),
    Page(
        "link-refused",
        N_("The link leads elsewhere"),
        N_("The published page has no address on the town's own website."),
        N_("It sent nothing: a link to elsewhere may not leave in the town's name."),
        N_("Have site_url in config.toml checked, then let it go on."),
    ),
    Page(
        "slot-unfilled",
        N_("A place in the text stays open"),
        N_("The text leaves a place open, for instance for the address of the page, and nothing can fill it on this channel."),
        N_("It sent nothing: readers would have seen a hole."),
        N_("Cancel it, have the channel's template corrected, and queue the text again."),
    ),
    Page(
        "parent-unknown",
        N_("The part before is not known"),
        N_("The part before is online, but its id is not known: nothing can be hung below it."),
        N_("It stopped there."),
        N_("Read what is online. Give up the rest on its page; if what is out misleads, take it back."),
    ),
    Page(
        "crashed",
        N_("The service broke off three times"),
        N_("The service stopped three times while it worked on this delivery."),
        N_("It set this one aside, so that the others can leave."),
        N_("Have the webmaster read the service's log. Then let it go on, or give it up."),
    ),
    Page(
        "by-hand",
        N_("To be published by hand"),
        N_("This place has no interface for programs: a person publishes there. The hour has come, and all have agreed."),
        N_("It sent nothing. “Today” shows that it is ready; the text goes to one person, and what waits for it waits on."),
        N_(
            "Take it: you alone get the text. Publish it as it is, then say at which address it stands, or give it back: your name is "
            "kept with it. If it shall not be published there, give it up; what nobody took in its time counts as missed."
        ),
    ),
    Page(
        "canceled-in-hand",
        N_("Canceled while somebody had the text"),
        N_("It was to be published by hand, and somebody had taken the text. They may have published it before you canceled it."),
        N_("It hides the text from them, and asks whether they did."),
        N_("Ask them, then answer on its page: if it is online, give its address, and withdraw it; if not, it is canceled for good."),
    ),
    Page(
        "adopted",
        N_("The data were copied or restored"),
        N_("The service works on a copy or on a backup. What was sent since that backup is not known here."),
        N_("It holds all that had not ended, for the other copy may have sent it."),
        N_("For each, look at the account: if it is not online and still holds, let it go on; else cancel it."),
    ),
    Page(
        "refused",
        N_("The platform refused it"),
        N_("The platform answered clearly that it does not take this. Nothing is online."),
        N_("It did not insist. The page of the announcement shows the answer."),
        N_("Read the answer, correct the text or the settings, and queue it again."),
    ),
)
