"""What a browser calls itself, in words that its owner knows: « Firefox sur Windows »."""

from publisher.i18n import _

_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
"""What stands in the name, and whose it is: the first one counts, for many say that they are the others, too."""

_MACHINES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)


def known(user_agent: str) -> str:
    """Return the browser and the machine, as far as they are known."""
    browser, machine = (next((name for sign, name in table if sign in user_agent), "") for table in (_BROWSERS, _MACHINES))
    if browser and machine:
        return _("%(browser)s on %(machine)s") % {"browser": browser, "machine": machine}
    return browser or machine or _("another program")
