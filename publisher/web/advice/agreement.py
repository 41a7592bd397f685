"""What lacks the agreement of people, or is no longer what they agreed to."""

from publisher.i18n import N_
from publisher.web.advice.page import Page

THEME = N_("Agreement")

PAGES = (
    Page(
        "not-approved",
        N_("Not enough people have agreed"),
        N_("The announcement is planned, but the visa is missing, or more people must agree now than before."),
        N_("It keeps everything ready and sends nothing."),
        N_("Ask somebody who may give the visa to open the announcement. If the time is past by then, it needs a new one."),
    ),
    Page(
        "altered",
        N_("It is no longer what was agreed to"),
        N_("What is about to leave differs from what people agreed to. That should never happen."),
        N_("It sent nothing and holds the delivery."),
        N_("Cancel it and queue it again. Tell the webmaster, who looks at the journal: somebody may have changed the database."),
    ),
    Page(
        "account-changed",
        N_("The channel now names another account"),
        N_("Since the visa, config.toml names another account for this channel than the one that was agreed to."),
        N_("It sent nothing: a visa is for one account."),
        N_("If the new account is right, cancel and queue again, with a new visa. If not, have config.toml corrected."),
    ),
    Page(
        "interface-changed",
        N_("The platform's interface has changed"),
        N_("Since the visa, config.toml names another version of the platform's interface: the same call might do something else."),
        N_("It sent nothing and holds the delivery."),
        N_("Cancel it and queue it again, with a new visa."),
    ),
)
