"""Errors as the pages say them: where the sentence of the pipeline names a command, what to do here instead."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from publisher.errors import Problem, PublisherError
from publisher.i18n import N_, _
from publisher.web import desk

HERE = {
    "already-queued": N_("This text is already planned or published on %(channel)s: tick the box below if it shall leave once more."),
    "changed-meanwhile": N_("It has changed at this very moment: look at it again."),
    "date-doubtful": N_("%(first)s If it is meant as it is written, tick the box below."),
    "due-past": N_("The planned time is past meanwhile: say, at the end of the page, whether it leaves now or at which time."),
    "env-unwritable": N_("The service may not write %(path)s: on its server, run “publisher connect %(channel)s”."),
    "file-changed": N_(
        "The document has changed since it was queued: queue the new one, or let whoever looks after the service approve it."
    ),
    "not-late": N_("The planned time is not past: “Another time”, below, changes it."),
    "problems": "%(first)s",
    "time-ambiguous": N_("The clocks go back in that night, and this hour comes twice: say which of both is meant, beside it."),
    "time-nonexistent": N_("The clocks go forward in that night, and this hour does not exist: choose another one."),
    "time-past": N_("%(channel)s: %(when)s is already past. Choose a later time, or none: it then leaves as soon as it is approved."),
    "time-unreadable": N_("Give both the day and the hour."),
    "too-late": N_("The time to publish is over: give it another time."),
    "unknown-id": N_("There is nothing at this address: it was thrown away, or the address is not complete."),
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
