"""Words of the house."""

from publisher.i18n import N_
from publisher.web.advice.page import Page

THEME = N_("Words of the house")

PAGES = (
    Page(
        "visa",
        N_("The visa"),
        N_("Before anything leaves, somebody other than its author agrees to it: to these words, on these channels, at these times."),
        N_(
            "It keeps who agreed and when, and lets nothing leave that differs from it by a single letter. What adds or "
            "changes voids the visa; what only stops or delays keeps it."
        ),
        N_("Read all that leaves, then give the visa with the code of your application; or send it back with a word."),
    ),
    Page(
        "embargo",
        N_("The embargo"),
        N_(
            "Until this hour nothing is public. Journalists may have the text before, with the embargo written on it, if "
            "the channel allows it."
        ),
        N_("It publishes not a second before, and only while somebody else confirms the hour of the machine."),
        N_("Check the hour on the page of the announcement before you give the visa."),
    ),
    Page(
        "second-factor",
        N_("The second factor"),
        N_("Beside the password, something that you have: an application on your telephone that shows a code, or a passkey."),
        N_(
            "It asks for it when you sign in. For a visa and for changes of accounts it asks for the application's code "
            "again; a code counts once."
        ),
        N_(
            "Keep your recovery codes on paper. If your telephone is lost, sign in with one of them, then change the "
            "application under “Second factor”."
        ),
    ),
)
