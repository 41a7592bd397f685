"""The way in of somebody who was invited: an address that works once, for a day, and leads to a password of their own."""

from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.tokens import default_token_generator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.encoding import force_str
from django.utils.http import urlsafe_base64_decode

from publisher.models import Actor, Person
from publisher.pipeline import people
from publisher.web import desk


def invitation(request: HttpRequest, person: str, token: str) -> HttpResponse:
    """Let the invited person choose a password; then they sign in, and set up a second factor."""
    answer = _answered(request, person, token)
    answer.headers["Referrer-Policy"] = "strict-origin"  # the page's own files are asked for without its address, which is logged
    return answer


def _answered(request: HttpRequest, person: str, token: str) -> HttpResponse:
    invited = _invited(person)
    if invited is None or not default_token_generator.check_token(invited, token):
        return render(request, "web/invitation_over.html", status=410)
    form = SetPasswordForm(invited, request.POST if request.method == "POST" else None)
    if form.is_valid():
        form.save()
        people.entered(desk.current(), Actor(invited))
        return redirect("account_login")
    return render(request, "web/invitation.html", {"form": form, "person": invited})


def _invited(person: str) -> Person | None:
    try:
        number = int(force_str(urlsafe_base64_decode(person)))
    except ValueError:
        return None
    return Person.objects.filter(pk=number, is_active=True).first()
