"""Where each page is."""

from allauth.account.views import login, logout, password_change, reauthenticate
from allauth.mfa.base.views import authenticate, index
from allauth.mfa.base.views import reauthenticate as mfa_reauthenticate
from allauth.mfa.recovery_codes.views import generate_recovery_codes, view_recovery_codes
from allauth.mfa.totp.views import activate_totp
from allauth.usersessions.views import list_usersessions
from django.urls import path, re_path

from publisher.web import static
from publisher.web.views import afterwards, announcements, api, calendar, deliveries, drafts, invitation, journal, report, stop, today

urlpatterns = [
    path("", today.today, name="today"),
    path("annonces/", announcements.all_of_them, name="announcements"),
    path("annonces/<str:name>/", announcements.one, name="announcement"),
    path("annonces/<str:name>/rectifier/", afterwards.correct, name="correct"),
    path("annonces/<str:name>/retirer/", afterwards.withdraw, name="withdraw"),
    path("annonces/<str:name>/reprendre/", drafts.again, name="draft_again"),
    path("annonces/<str:name>/bilan/", report.report, name="report"),
    path("annonces/<str:name>/<str:delivery>/", deliveries.one, name="delivery"),
    path("annonces/<str:name>/<str:delivery>/<str:step>/", announcements.leaf, name="leaf"),
    path("brouillons/nouveau/", drafts.begin, name="draft_begin"),
    path("brouillons/<str:name>/", drafts.edit, name="draft"),
    path("brouillons/<str:name>/<str:channel>/<str:step>/", drafts.leaf, name="draft_leaf"),
    path("calendrier/", calendar.calendar, name="calendar"),
    path("calendrier/<str:secret>.ics", calendar.feed, name="calendar_feed"),
    path("journal/", journal.journal, name="journal"),
    path("tout-arreter/", stop.everything, name="stop"),
    path("reprendre/", stop.resume, name="resume"),
    path("bienvenue/<str:person>/<str:token>/", invitation.invitation, name="invitation"),
    path("connexion/", login, name="account_login"),
    path("connexion/code/", authenticate, name="mfa_authenticate"),
    path("deconnexion/", logout, name="account_logout"),
    path("compte/", index, name="mfa_index"),
    path("compte/mot-de-passe/", password_change, name="account_change_password"),
    path("compte/confirmer/", reauthenticate, name="account_reauthenticate"),
    path("compte/confirmer/code/", mfa_reauthenticate, name="mfa_reauthenticate"),
    path("compte/application/", activate_totp, name="mfa_activate_totp"),
    path("compte/codes/", view_recovery_codes, name="mfa_view_recovery_codes"),
    path("compte/codes/nouveaux/", generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("compte/sessions/", list_usersessions, name="usersessions_list"),
    path("api/v1/announcements", api.announcements, name="api_announcements"),
    path("api/v1/announcements/<str:name>", api.announcement, name="api_announcement"),
    path("api/v1/openapi.json", api.description, name="api_description"),
    re_path("^api/", api.absent, name="api_absent"),
    path("static/<path:path>", static.file, name="static"),
]
