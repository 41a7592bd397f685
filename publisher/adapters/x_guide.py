"""How an account of X is connected: where its developer portal shows the four secrets."""

from publisher.adapters.connecting import Asked, Guide
from publisher.i18n import N_

GUIDE = Guide(
    steps=(
        N_("On the developer portal of X, signed in as the town's account, open the application of the town, or create one."),
        N_("Under “User authentication settings”, give it “Read and write” before any token is made: older tokens keep the old right."),
        N_("Under “Keys and tokens”, generate the API key and its secret."),
        N_("On the same page, generate the access token and its secret; the page must say “Read and write” beside them."),
    ),
    asks=(
        Asked("api_key", N_("API key")),
        Asked("api_secret", N_("API key secret")),
        Asked("access_token", N_("Access token")),
        Asked("access_token_secret", N_("Access token secret")),
    ),
    keeps=("api_key", "api_secret", "access_token", "access_token_secret"),
    page="https://developer.x.com/en/portal/dashboard",
)
