"""Errors as the pages say them: where the sentence of the pipeline names a command, what to do here instead."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from publisher.errors import Problem, PublisherError
from publisher.i18n import N_, _
from publisher.web import desk

HERE = {
    "account-exists": N_("There is already an account “%(name)s”. If it is closed, its own page opens it again."),
    "already-known": N_("“%(url)s” is the address of another part, which is known already: copy the one of the part in doubt."),
    "already-queued": N_("This text is already planned or published on %(channel)s: tick the box below if it shall leave once more."),
    "already-sealed": N_("It has its visa already."),
    "call-under-way": N_("A call to the platform is under way: decide once this page shows what became of it."),
    "changed-meanwhile": N_("It has changed at this very moment: look at it again."),
    "date-doubtful": N_("%(first)s If it is meant as it is written, tick the box below."),
    "due-past": N_("The planned time is past meanwhile: say, at the end of the page, whether it leaves now or at which time."),
    "env-unwritable": N_("The service may not write %(path)s: on its server, run “publisher connect %(channel)s”."),
    "file-changed": N_(
        "The document has changed since it was queued: queue the new one, or let whoever looks after the service approve it."
    ),
    "in-doubt": N_("Nobody knows yet whether a part was published: settle that first, on the page of the delivery."),
    "in-hand": N_("“%(name)s” has this text in hand: ask them first whether they published it."),
    "is-withdrawal": N_("This takes back what is online: if it still is, send it again, or leave it online."),
    "needs-decision": N_("To let it go on is not enough: decide on the page of the delivery. %(reason)s"),
    "never-sent": N_("It was never sent: “Let it go on” makes it leave at its time."),
    "no-alternative": N_("There is no single text that could replace what is out: leave it so, or take it back by hand."),
    "not-awaiting": N_("It awaits no visa any more."),
    "not-by-hand": N_("Nobody was asked to publish it by hand."),
    "not-held": N_("There is nothing to decide about it any more."),
    "not-in-doubt": N_("Say which of the parts in doubt is meant."),
    "not-in-hand": N_("Nobody has its text in hand."),
    "not-late": N_("The planned time is not past: “Another time”, below, changes it."),
    "not-settled": N_("%(channel)s is not settled: see it through, cancel it or decide about it, or leave this channel out."),
    "not-to-publish": N_("It must not be published now. %(why)s"),
    "nothing-held": N_("Nothing of it is held any more."),
    "nothing-online": N_("Nothing of it is online that could be corrected or withdrawn."),
    "nothing-to-move": N_("Nothing of it can get another time."),
    "nothing-to-send": N_("Nothing of it is left that could be sent."),
    "nothing-to-stop": N_("Nothing of it can be stopped any more."),
    "overtaken": N_("A correction or a withdrawal came after it. Cancel it, and write the text anew if it shall be published."),
    "problems": "%(first)s",
    "second-person": N_("Another person must confirm that it is not online."),
    "time-ambiguous": N_("The clocks go back in that night, and this hour comes twice: say which of both is meant, beside it."),
    "time-nonexistent": N_("The clocks go forward in that night, and this hour does not exist: choose another one."),
    "time-past": N_("%(channel)s: %(when)s is already past. Choose a later time, or none: it then leaves as soon as it is approved."),
    "time-unreadable": N_("Give both the day and the hour."),
    "too-late": N_("The time to publish is over: give it another time."),
    "unknown-account": N_("There is no account “%(name)s”."),
    "unknown-id": N_("There is nothing at this address: it was thrown away, or the address is not complete."),
    "unknown-step": N_("There is no such part."),
    "unknown-token": N_("This access is no longer there."),
    "voided": N_("It was sent back (%(reason)s): correct the text and ask for its visa again."),
}
"""Sentences by code; what they name is what the error names."""


def said(error: PublisherError) -> str:
    """Return the sentence for a page."""
    named = error.params if error.code in _OF_CONFIG else desk.current().titled(error.params)
    problems = error.params.get("problems")
    if error.code == "problems" and isinstance(problems, list):
        named = {"first": remark(problems[0])}
    return _(HERE.get(error.code, error.sentence)) % named


def remark(problem: Problem) -> str:
    """Return what there is to remark about the text, or about that of one channel."""
    here = desk.current()
    told = _(problem.sentence) % here.titled(problem.params)
    return _("%(channel)s: %(message)s") % {"channel": here.title(problem.channel), "message": told} if problem.channel else told


_OF_CONFIG = ("env-unwritable",)
"""Errors whose sentence is for whoever looks after the service: it names a channel as commands do."""


def absent(request: HttpRequest, error: PublisherError) -> HttpResponse:
    """Return the page that says why there is nothing at an address."""
    return render(request, "web/absent.html", {"sentence": said(error)}, status=404)
