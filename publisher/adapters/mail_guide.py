"""How a mailbox is connected: what the mail server asks for, by the way in which one logs in there."""

from collections.abc import Mapping

from publisher.adapters.connecting import Asked, Guide
from publisher.i18n import N_

_ACCOUNT_STEP = N_("Ask whoever looks after the mail server, or its host, for an account that may write from the address of this channel.")
_SENDS_NOTHING = N_("Publisher then logs in and leaves again: nothing is sent.")
GUIDES: Mapping[str, Guide] = {
    "password": Guide(
        steps=(
            _ACCOUNT_STEP,
            N_("Take its user name as the server wants it, often the whole address; with a second factor, an application password."),
            _SENDS_NOTHING,
        ),
        asks=(Asked("user", N_("User name")), Asked("password", N_("Password"))),
        keeps=("user", "password"),
    ),
    "xoauth2": Guide(
        steps=(
            _ACCOUNT_STEP,
            N_("Let the service that manages the mailboxes make an access token for it; such a token ends soon, often within the hour."),
            _SENDS_NOTHING,
        ),
        asks=(Asked("user", N_("User name")), Asked("token", N_("Access token"))),
        keeps=("user", "token"),
    ),
    "refresh": Guide(
        steps=(
            _ACCOUNT_STEP,
            N_(
                "In the administration of the mailboxes, the application named by “client_id” is allowed to send mail for that account; "
                "its owner signs in once, which gives a refresh token."
            ),
            N_("The secret of the application is typed only if it has one."),
            _SENDS_NOTHING,
        ),
        asks=(
            Asked("user", N_("User name")),
            Asked("refresh_token", N_("Refresh token")),
            Asked("client_secret", N_("Secret of the application"), optional=True),
        ),
        keeps=("user", "refresh_token", "client_secret"),
    ),
    "none": Guide(steps=(N_("This mail server lets this machine in without a password: there is no secret to keep."), _SENDS_NOTHING)),
}
