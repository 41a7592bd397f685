"""What the pages show and do."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from publisher.adapters.base import Payload, Step
from publisher.models import Audit, Delivery, Draft, Pause, Person, Version
from publisher.pipeline import drafts, hold, people
from publisher.pipeline.plan import Window
from publisher.web import second_factor
from tests.pipeline.town import at
from tests.web.browsing import alerts, code, text
from tests.web.conftest import SECRET

SECRET_TITLE = "Le maire démissionne demain"
HOSTILE = "<script>alert(1)</script> & \"'{{ 7*7 }}{% x %}"


def form(client: Client, name: str) -> dict[str, str]:
    """What the form of the visa would send."""
    page = client.get(f"/annonces/{name}/").content.decode()
    return {"act": "approve", "seen": re.search(r'name="seen" value="([^"]+)"', page)[1]}


# -------------------------------------------------------------------- the visa


def test_a_visa_with_the_code_of_this_moment_seals_what_was_read(town, browser) -> None:
    name, client = town.queue(), browser("dominique")
    answer = client.post(f"/annonces/{name}/", form(client, name) | {"code": code()}, follow=True)
    assert alerts(answer) == ["The visa is given: it leaves at its time."]
    assert town.announcement_state(name) == "planned"
    act = Audit.objects.get(action="manifest.visa")
    assert (act.person.name, act.subject) == ("dominique", name)


def test_without_the_code_there_is_no_visa_and_a_code_serves_once(town, browser) -> None:
    name, other, client = town.queue(), town.queue("Autre", memory=town.part("memory", "Autre.")), browser("dominique")
    for wrong in ("", "000000", "abc"):
        answer = client.post(f"/annonces/{name}/", form(client, name) | {"code": wrong}, follow=True)
        assert alerts(answer)[0].startswith("This code is not the right one")
    used = code()
    client.post(f"/annonces/{name}/", form(client, name) | {"code": used})
    answer = client.post(f"/annonces/{other}/", form(client, other) | {"code": used}, follow=True)
    assert alerts(answer)[0].startswith("This code is not the right one")
    assert [town.announcement_state(one) for one in (name, other)] == ["planned", "awaiting_approval"]


def test_after_so_many_wrong_codes_not_even_the_right_one_counts(town, browser) -> None:
    name, client = town.queue(), browser("dominique")
    told = form(client, name)
    for _ in range(second_factor.ATTEMPTS):
        client.post(f"/annonces/{name}/", told | {"code": "000000"})
    answer = client.post(f"/annonces/{name}/", told | {"code": code()}, follow=True)
    assert alerts(answer)[-1].startswith("Too many wrong codes")
    assert town.announcement_state(name) == "awaiting_approval"


def test_what_changed_since_it_was_read_is_not_agreed_to(town, browser) -> None:
    name, client = town.queue(), browser("dominique")
    told = form(client, name)
    answer = client.post(f"/annonces/{name}/", told | {"seen": "sha256:" + "0" * 64, "code": code()}, follow=True)
    assert alerts(answer) == ["The announcement has changed since you opened this page: read it again before you agree."]
    assert town.announcement_state(name) == "awaiting_approval"


def test_the_author_is_not_offered_a_visa_and_gets_none(town, browser) -> None:
    name, client = town.queue(), browser("camille")
    assert 'value="approve"' not in client.get(f"/annonces/{name}/").content.decode()
    answer = client.post(f"/annonces/{name}/", {"act": "approve", "seen": "", "code": code()}, follow=True)
    assert "wrote the last version" in alerts(answer)[0].replace("&quot;", '"') or "changed since" in alerts(answer)[0]
    assert town.announcement_state(name) == "awaiting_approval"


def test_what_is_sent_back_tells_its_author_why(town, browser) -> None:
    name = town.queue()
    browser("dominique").post(f"/annonces/{name}/", {"act": "reject", "reason": "Le titre est faux."})
    assert "Sent back by dominique: Le titre est faux." in browser("camille").get(f"/annonces/{name}/").content.decode()


# -------------------------------------------------------------------- stopping


def test_it_is_held_goes_on_and_is_canceled(town, browser) -> None:
    name, client = town.planned(), browser("camille")
    for act, state in (("hold", "held"), ("resume", "planned"), ("cancel", "canceled")):
        client.post(f"/annonces/{name}/", {"act": act, "code": code()})
        assert town.announcement_state(name) == state


@pytest.mark.parametrize("act", ["hold", "cancel", "approve", "reject", "nonsense"])
def test_a_reader_changes_nothing(town, browser, act) -> None:
    name, before = town.planned(), Audit.objects.count()
    answer = browser("eden").post(f"/annonces/{name}/", {"act": act, "reason": "x"}, follow=True)
    assert alerts(answer) == ["Your role does not allow this."]
    assert (town.announcement_state(name), Audit.objects.count()) == ("planned", before)


def test_everything_is_stopped_with_a_reason_and_goes_on(town, browser) -> None:
    name, client = town.planned(), browser("camille")
    town.clock.move(minutes=1)
    assert "Why" in client.get("/tout-arreter/").content.decode()
    assert "Say why" in client.post("/tout-arreter/", {"reason": " "}).content.decode()
    answer = client.post("/tout-arreter/", {"reason": "Alerte."}, follow=True)
    assert "Everything is stopped: nothing leaves." in answer.content.decode()
    town.work()
    assert town.announcement_state(name) == "planned"
    client.post("/reprendre/", {"channel": "", "code": code()})
    town.work()
    assert town.announcement_state(name) == "published"


def test_what_is_held_goes_on_only_with_the_code_of_this_moment(town, browser) -> None:
    name, client = town.planned(), browser("camille")
    client.post(f"/annonces/{name}/", {"act": "hold"})
    answer = client.post(f"/annonces/{name}/", {"act": "resume", "code": "000000"})
    assert (alerts(answer)[-1].startswith("This code is not"), town.announcement_state(name)) == (True, "held")


# -------------------------------------------------------------------- reading


def test_today_says_what_waits_for_whom(town, browser) -> None:
    town.queue("À relire", memory=town.part("memory", "Un."))
    held = town.planned("Retenue", memory=town.part("memory", "Deux."))
    town.planned("Bientôt", memory=town.part("memory", "Trois."))
    browser("camille").post(f"/annonces/{held}/", {"act": "hold"})
    for name, asked in (("dominique", True), ("camille", False), ("eden", False)):
        page = browser(name).get("/").content.decode()
        turn, rest = page.split("Leaving within two days")
        assert ("À relire" in turn, "Retenue" in turn, "Bientôt" in rest) == (asked, True, True)


def test_a_title_is_found_by_its_words(town, browser) -> None:
    for title in ("Marché de Noël", "Conseil municipal"):
        town.queue(title, memory=town.part("memory", title))
    page = browser("eden").get("/annonces/", {"q": "noël"}).content.decode()
    assert ("Marché de Noël" in page, "Conseil municipal" in page) == (True, False)


def test_the_list_is_kept_to_what_awaits_a_visa_or_is_to_be_settled(town, browser) -> None:
    town.queue("À relire", memory=town.part("memory", "Un."))
    town.cancel(town.planned("Retenue", memory=town.part("memory", "Deux.")))
    client = browser("eden")
    for asked, found in (
        ({"etat": "visa"}, (True, False)),
        ({"etat": "visa", "q": "Retenue"}, (False, False)),
        ({"etat": "x"}, (True, True)),
    ):
        page = client.get("/annonces/", asked).content.decode()
        assert ("À relire" in page, "Retenue</a>" in page) == found
    assert "There is none." in client.get("/annonces/", {"etat": "a-regler"}).content.decode()


def test_what_leaves_is_told_at_once_with_hour_channels_and_recipients(town, browser) -> None:
    town.channel("mail")
    name = town.queue(memory=town.part("memory"), mail=town.part("mail"))
    page = text(browser("dominique").get(f"/annonces/{name}/"))
    assert "What leaves tomorrow" in page or "What leaves today" in page
    assert "Your visa is asked for: read, then decide" in page
    town.reject(name)
    page = text(browser("camille").get(f"/annonces/{name}/"))
    assert ("What leaves" in page, "sent back" in page) == (False, True)


def test_what_is_canceled_cannot_be_stopped_once_more(town, browser) -> None:
    name, client = town.planned(), browser("camille")
    assert "Cancel for good" in text(client.get(f"/annonces/{name}/"))
    town.cancel(name)
    assert "Stop it" not in text(client.get(f"/annonces/{name}/"))


def test_a_draft_that_somebody_left_waits_for_them_and_for_nobody_else(town, browser) -> None:
    draft = drafts.begin(town.desk, town.who("camille"), {"title": "Un jardin"})
    assert (
        f'<a href="/brouillons/{draft.pk}/">Un jardin</a> <span class="mark">draft to finish'
        in browser("camille").get("/").content.decode()
    )
    assert "Un jardin" not in browser("alix").get("/").content.decode()


def test_icons_stand_beside_words_and_are_nothing_to_be_read(town, browser) -> None:
    page = browser("camille").get("/").content.decode()
    assert page.count('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">') == 10
    assert "<!--" not in page


def test_what_leaves_is_shown_to_the_letter_and_as_text(town, browser) -> None:
    name = town.queue(HOSTILE.replace("/", ""), memory=town.part("memory", HOSTILE))
    for page in (browser("dominique").get(f"/annonces/{name}/"), browser("dominique").get("/"), browser("dominique").get("/annonces/")):
        text = page.content.decode()
        assert "<script>" not in text
        assert "{{ 7*7 }}" in text
    assert (
        "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#34;&#39;{{ 7*7 }}{% x %}"
        in browser("dominique").get(f"/annonces/{name}/").content.decode()
    )


@pytest.mark.parametrize("more", [{"slug": "titre", "summary": "Un titre."}, {}])
def test_a_page_is_shown_as_its_readers_see_it_in_a_frame_in_which_nothing_runs(town, browser, more) -> None:
    """Also one of which an adapter froze less than our cards show."""
    content = {"title": "Titre", "html": "<h1>Titre</h1><script>alert(1)</script>", "key": "k", **more}
    page = Payload((Step("page", "page", content),))
    name = town.queue(memory=town.part("memory", payload=page))
    client = browser("dominique")
    (address,) = re.findall(r'<iframe [^>]*sandbox[^>]* src="([^"]+)"', client.get(f"/annonces/{name}/").content.decode())
    answer = client.get(address)
    assert "<h1>Titre</h1>" in answer.content.decode()
    told = dict(rule.partition(" ")[::2] for rule in answer.headers["Content-Security-Policy"].split("; "))
    assert told == {
        "default-src": "'none'",
        "frame-ancestors": "'self'",
        "img-src": "data:",
        "sandbox": "",
        "style-src": "'self' 'unsafe-inline'",
    }
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert client.get(address.replace("/page/", "/other/")).status_code == 404
    assert client.get("/annonces/nope/d/x/").status_code == 404


def test_what_does_not_exist_is_one_sentence(town, browser) -> None:
    answer = browser("camille").get("/annonces/a-22222222/")
    assert (answer.status_code, "Not found" in answer.content.decode()) == (404, True)


def test_what_is_not_for_my_role_says_so_and_leads_on(town, browser) -> None:
    answer = browser("eden").get("/personnes/inviter/")
    assert (answer.status_code, "Not for your role" in text(answer), 'class="rail"' in answer.content.decode()) == (403, True, True)


def test_an_address_of_nothing_is_told_to_strangers_too_without_the_rail(town, browser) -> None:
    for client, has_rail in ((browser("eden"), True), (Client(SERVER_NAME="localhost"), False)):
        answer = client.get("/nulle-part/")
        assert (answer.status_code, "There is nothing at this address" in text(answer)) == (404, True)
        assert ('class="rail"' in answer.content.decode()) == has_rail


def test_a_form_of_another_session_does_nothing_and_says_what_to_do(town, browser) -> None:
    client = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    client.force_login(browser("camille") and town.who("camille").person)
    answer = client.post("/tout-arreter/", {"reason": "Alerte."})
    assert (answer.status_code, "Nothing was done" in text(answer)) == (403, True)
    assert not Pause.objects.exists()


def test_a_fault_of_ours_tells_nothing_but_what_to_do(town, browser, monkeypatch) -> None:
    def fails(*_given: object) -> None:
        raise RuntimeError(SECRET_TITLE)

    client = browser("camille")
    client.raise_request_exception = False
    monkeypatch.setattr("publisher.pipeline.chronicle.rows", fails)
    answer = client.get("/journal/")
    assert (answer.status_code, SECRET_TITLE in text(answer)) == (500, False)
    assert "look at the announcement" in text(answer)


def test_the_journal_tells_who_did_what(town, browser) -> None:
    name, client = town.planned(), browser("eden")
    town.clock.move(minutes=1)
    town.work()
    page = client.get("/journal/", {"about": name}).content.decode()
    rows = re.findall(r"<td>([^<]*)</td><td>([^<]*)</td><td><a [^>]*>([^<]*)</a>", page)
    title = Version.objects.get().title
    assert {
        ("dominique (system user login)", "Visa given", title),
        ("camille (system user login)", "Asked for its visa", title),
        ("Publisher", "Delivered", title),
    } <= set(rows)
    assert "verified" in page
    assert "Call to the platform begun" not in page
    assert "Call to the platform begun" in client.get("/journal/", {"about": name, "tout": "on"}).content.decode()


def test_the_journal_speaks_french_and_no_codes(town, browser) -> None:
    name, client = town.planned(), browser("dominique")
    hold.pause(town.desk, town.who("camille"), "Compte piraté.")
    hold.hold(town.desk, town.who("camille"), name)
    hold.cancel(town.desk, town.who("camille"), name)
    with translation.override("fr"):
        page = text(client.get("/journal/", {"tout": "on"}))
    for told in ("Diffusion arrêtée", "Compte piraté.", "tous les canaux", "Retenue", "Tous les accords sont donnés"):
        assert told in page
    assert re.findall(r"\b[a-z]+[.-](?:visa|sealed|paused|person|held|canceled|queued)\b|\*|scellée|[ad]-[2-9a-z]{8}", page) == []


def test_the_journal_is_searched_by_the_words_of_a_title_and_by_names(town, browser) -> None:
    town.queue("Le marché", memory=town.part("memory", "Un."))
    town.queue("La piscine", memory=town.part("memory", "Deux."))
    people.change_address(town.desk, town.who("lou"), "eden", "eden@valmont.example")
    client = browser("dominique")
    for words, found, others in (
        ("piscine", "La piscine", "Le marché"),
        ("eden", "Address changed", "La piscine"),
        ("rien", "Nothing", "Le"),
    ):
        page = text(client.get("/journal/", {"about": words}))
        assert (found in page, others in page.replace("Le service", "")) == (True, False)


def test_a_title_finds_each_call_too(town, browser) -> None:
    town.planned("Le marché", memory=town.part("memory", "Un."))
    town.clock.move(minutes=1)
    town.work()
    for told, calls in (({}, False), ({"tout": "on"}, True)):
        page = text(browser("eden").get("/journal/", {"about": "marché", **told}))
        assert ("The platform took the call" in page, "Delivered" in page) == (calls, True)


def test_a_row_of_the_journal_that_was_altered_is_told(town, browser) -> None:
    town.planned()
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER keep_audit_update")
    Audit.objects.filter(action="manifest.visa").update(subject="a-99999999")
    assert "these rows are not what was written" in browser("eden").get("/journal/").content.decode()


def test_the_journal_is_taken_along_as_a_table_in_which_nothing_is_a_formula(town, browser) -> None:
    name = town.queue()
    town.reject(name, reason="=1+1")
    table = b"".join(browser("eden").get("/journal/export/", {"about": name})).decode("utf-8-sig")
    (line,) = [line for line in table.splitlines() if "sent back" in line]
    assert line.endswith(f";{name};'=1+1")


@pytest.mark.parametrize(
    ("path", "marked"),
    [
        ("/", "Today"),
        ("/annonces/", "Announcements"),
        ("/annonces/{name}/", "Announcements"),
        ("/aide/visa/", "Help"),
        ("/canaux/memory/connecter/", "Channels"),
        ("/absence/", None),
    ],
)
def test_the_rail_marks_the_room_in_which_one_is(town, browser, path, marked) -> None:
    page = browser("lou").get(path.format(name=town.planned())).content.decode()
    found = re.findall(r'aria-current="(?:page|true)">.*?<span>([^<]+)</span>', page)
    assert found == ([marked] if marked else [])


QUERIES = {
    "/": 18,
    "/annonces/": 14,
    "/annonces/?q=annonce": 13,
    "/annonces/?etat=prevues": 13,
    "/annonces/{name}/": 39,
    "/annonces/{name}/{delivery}/": 20,
    "/annonces/{name}/bilan/": 18,
    "/calendrier/": 9,
    "/calendrier/?vue=semaine": 9,
    "/calendrier/?vue=liste": 9,
    "/journal/": 12,
    "/canaux/": 13,
    "/personnes/": 11,
    "/absence/": 11,
    "/aide/": 8,
    "/compte/": 10,
    "/compte/acces/": 11,
    "/compte/sessions/": 9,
    "/tout-arreter/": 8,
}
"""What each page asks of the database, to the one: whoever changes a number says why."""


def test_each_page_asks_as_much_with_two_hundred_announcements_as_with_twenty(town, browser) -> None:
    client, names = browser("camille"), []
    for count in (20, 200):
        names += [town.planned(f"Annonce {number}", memory=town.part("memory", f"Texte {number}")) for number in range(len(names), count)]
        delivery = town.deliveries(names[0])[0].pk
        asked = {}
        for path in QUERIES:
            client.get(path.format(name=names[0], delivery=delivery))  # what is kept for a while is known from now on
            with CaptureQueriesContext(connection) as found:
                assert client.get(path.format(name=names[0], delivery=delivery)).status_code == 200
            asked[path] = len(found)
        assert asked == QUERIES, f"with {count}"


@pytest.mark.parametrize(("path", "queries"), [("/", 18), ("/annonces/", 20), ("/journal/", 13), ("/canaux/", 16)])
def test_more_to_show_needs_no_more_questions(town, browser, django_assert_max_num_queries, path, queries) -> None:
    client = browser("camille")
    for number in range(3):
        town.planned(f"Annonce {number}", memory=town.part("memory", f"Texte {number}"))
        with django_assert_max_num_queries(queries):
            client.get(path)


# -------------------------------------------------------------------- the way in


def test_an_invitation_leads_to_a_password_once(town) -> None:
    path = "/" + people.invite(town.desk, town.who("lou"), "eden")
    client, told = Client(SERVER_NAME="localhost"), {"new_password1": "un mot de passe long", "new_password2": "un mot de passe long"}
    assert "eden" in client.get(path).content.decode()
    assert client.post(path, {"new_password1": "court", "new_password2": "court"}).status_code == 200
    assert client.post(path, told).headers["Location"] == reverse("account_login")
    assert client.post(path, told).status_code == 410
    assert Person.objects.get(name="eden").check_password("un mot de passe long")
    answer = client.post(reverse("account_login"), {"login": "eden", "password": "un mot de passe long"}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("mfa_activate_totp")
    assert "otpauth" not in answer.content.decode()


@pytest.mark.parametrize("path", ["/bienvenue/MQ/x-y/", "/bienvenue/!!/x-y/", "/bienvenue/OTk5OQ/x-y/"])
def test_an_invitation_that_is_none_is_told_alike(town, path) -> None:
    assert Client(SERVER_NAME="localhost").get(path).status_code == 410


def test_the_secret_of_a_second_factor_is_not_readable_in_the_database(town, browser) -> None:
    browser("dominique")
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator")
        assert SECRET not in str(cursor.fetchall())


# -------------------------------------------------------------------- what others may read over a shoulder


def test_no_window_and_no_history_of_a_browser_tells_what_is_under_embargo(town, browser) -> None:
    later = at(town.clock, 60)
    name = town.queue(SECRET_TITLE, memory=town.part("memory", window=Window(later, at(town.clock, 90), later)))
    other = town.queue("Le marché", memory=town.part("memory", "Le marché."))
    client = browser("camille")
    client.post("/brouillons/nouveau/")
    draft = Draft.objects.get().id
    client.post(f"/brouillons/{draft}/", {"version": "1", "title": SECRET_TITLE, "body": "Le maire démissionne."})
    delivery = Delivery.objects.get(announcement=name).pk
    places = [f"annonces/{name}/", f"annonces/{name}/bilan/", f"annonces/{name}/{delivery}/", f"brouillons/{draft}/"]
    pages = [client.get(f"/{place}").content.decode() for place in places]
    assert all(SECRET_TITLE in page for page in pages)
    titles = [title(page) for page in pages]
    assert titles == [
        "Announcement under embargo · Publisher",
        "Report · Announcement under embargo · Publisher",
        "Memory · Announcement under embargo · Publisher",
        "Draft · Publisher",
    ]
    assert title(client.get(f"/annonces/{other}/").content.decode()) == "Le marché · Publisher"
    town.clock.move(minutes=61)
    assert title(browser("camille").get(f"/annonces/{name}/").content.decode()) == f"{SECRET_TITLE} · Publisher"


def title(page: str) -> str:
    return re.search("<title>(.*)</title>", page)[1]
