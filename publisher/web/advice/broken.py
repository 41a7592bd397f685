"""Channels that do not work."""

from publisher.i18n import N_
from publisher.web.advice.page import Page

THEME = N_("A channel does not work")

PAGES = (
    Page(
        "channel-missing",
        N_("The channel no longer exists"),
        N_("Since this was planned, the channel was taken out of config.toml."),
        N_("It sent nothing there. The other channels go on."),
        N_("Have the channel put back under the same name, or cancel the delivery."),
    ),
    Page(
        "channel-disabled",
        N_("The channel is switched off"),
        N_("config.toml has this channel switched off (enabled = false)."),
        N_("It sends nothing there. The other channels go on."),
        N_("Ask the webmaster to switch it on and to start the service again, or cancel the delivery."),
    ),
    Page(
        "unauthorized",
        N_("The platform no longer accepts us"),
        N_("Our access to the account has ended, was taken away, or lacks a right."),
        N_("It stopped this channel, so that nothing fails twice. The other channels go on."),
        N_("Have the webmaster connect the account again. Then open “Channels”, verify, and let the channel go on."),
    ),
    Page(
        "out-of-reach",
        N_("The server does not answer"),
        N_("The server could not be reached three times in a row."),
        N_("It stopped this channel. Nothing left there; the other channels go on."),
        N_("Have the server and the network checked. Then open “Channels”, verify, and let the channel go on."),
    ),
    Page(
        "account-differs",
        N_("Our access is that of another account"),
        N_("The platform says that our access belongs to another account than the one in config.toml."),
        N_("It sent nothing: the town would have spoken from the wrong account."),
        N_("Have the right account connected. Verify the channel under “Channels”, then let the announcement go on."),
    ),
)
