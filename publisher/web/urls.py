"""Where each page is."""

from allauth.account.views import login, password_change, reauthenticate
from allauth.mfa.base.views import authenticate, index
from allauth.mfa.base.views import reauthenticate as mfa_reauthenticate
from allauth.mfa.recovery_codes.views import download_recovery_codes, generate_recovery_codes, view_recovery_codes
from allauth.mfa.totp.views import DeactivateTOTPView, activate_totp
from allauth.mfa.webauthn import views as passkeys
from allauth.usersessions.views import list_usersessions
from django.urls import path, re_path, reverse_lazy

from publisher.web import protection, static
from publisher.web.views import (
    absence,
    access,
    afterwards,
    announcements,
    api,
    calendar,
    channels,
    connecting,
    deliveries,
    drafts,
    elsewhere,
    guide,
    invitation,
    journal,
    persons,
    report,
    stop,
    today,
)

change_application = DeactivateTOTPView.as_view(success_url=reverse_lazy("mfa_activate_totp"))
__all__ = ["protection", "urlpatterns"]  # the former listens to what the library's views do

urlpatterns = [
    path("", today.today, name="today"),
    path("avis/lus/", today.read, name="notices_read"),
    path("absence/", absence.absence, name="absence"),
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
    path("journal/export/", journal.export, name="journal_export"),
    path("canaux/", channels.all_of_them, name="channels"),
    path("canaux/agir/", channels.act, name="channel_act"),
    path("canaux/<str:name>/connecter/", connecting.channel, name="channel_connect"),
    path("personnes/", persons.all_of_them, name="people"),
    path("personnes/inviter/", persons.invite, name="invite"),
    path("personnes/<int:number>/", persons.one, name="person"),
    path("personnes/<int:number>/confirmer/", persons.confirm, name="confirm"),
    path("aide/", guide.index, name="help"),
    path("aide/<slug:slug>/", guide.page, name="help_page"),
    path("tout-arreter/", stop.everything, name="stop"),
    path("reprendre/", stop.resume, name="resume"),
    re_path("^bienvenue/(?P<person>[^/]+)/(?P<token>[^/]+)/?$", invitation.invitation, name="invitation"),
    path("connexion/", login, name="account_login"),
    path("connexion/code/", authenticate, name="mfa_authenticate"),
    path("connexion/fournisseur/", elsewhere.leave, name="oidc_leave"),
    path("connexion/fournisseur/retour/", elsewhere.come_back, name="oidc_return"),
    path("deconnexion/", elsewhere.sign_out, name="account_logout"),
    path("compte/", index, name="mfa_index"),
    path("compte/mot-de-passe/", password_change, name="account_change_password"),
    path("compte/confirmer/", reauthenticate, name="account_reauthenticate"),
    path("compte/confirmer/code/", mfa_reauthenticate, name="mfa_reauthenticate"),
    path("compte/application/", activate_totp, name="mfa_activate_totp"),
    path("compte/application/changer/", change_application, name="mfa_deactivate_totp"),
    path("compte/confirmer/cle/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("compte/cles/", passkeys.list_webauthn, name="mfa_list_webauthn"),
    path("compte/cles/ajouter/", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path("compte/cles/<int:pk>/renommer/", passkeys.edit_webauthn, name="mfa_edit_webauthn"),
    path("compte/cles/<int:pk>/retirer/", passkeys.remove_webauthn, name="mfa_remove_webauthn"),
    path("compte/codes/", view_recovery_codes, name="mfa_view_recovery_codes"),
    path("compte/codes/nouveaux/", generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("compte/codes/telecharger/", download_recovery_codes, name="mfa_download_recovery_codes"),
    path("compte/acces/", access.access, name="access"),
    path("compte/sessions/", list_usersessions, name="usersessions_list"),
    path("api/v1/announcements", api.announcements, name="api_announcements"),
    path("api/v1/announcements/<str:name>", api.announcement, name="api_announcement"),
    path("api/v1/openapi.json", api.description, name="api_description"),
    re_path("^api/", api.absent, name="api_absent"),
    path("static/<path:path>", static.file, name="static"),
]
