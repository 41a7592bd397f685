"""Notices by e-mail: what they say, what they keep to themselves, and that nobody gets one twice."""

import dataclasses
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from publisher import config
from publisher.adapters.mail_settings import Config
from publisher.adapters.notice_mailbox import Mailbox
from publisher.adapters.settings import ChannelSettings
from publisher.config import Secret
from publisher.models import Actor, ChannelState, Notice, Person
from publisher.pipeline import hold, notice_mail, notices, people, preflight, queue
from publisher.pipeline.plan import Window
from publisher.pipeline.tenure import Tenure
from publisher.testing.email import PASSWORD, USER, Mail
from publisher.testing.smtp import SmtpServer
from tests.pipeline.town import Town, at

SECRET_TITLE = "Le maire annonce une baisse"


@pytest.fixture
def post(town: Town) -> Iterator[Mail]:
    platform = Mail(town.clock.now)
    with SmtpServer(platform) as server:
        town.server = server
        yield platform


@pytest.fixture
def office(town: Town, post: Mail) -> Town:
    """A town whose approvers have an address."""
    town.channel()
    town.notices = config.Notices(enabled=True)
    for name in ("camille", "dominique"):
        Person.objects.filter(name=name).update(email=f"{name}@valmont.example")
    return town


def mailbox(town: Town, **settings: object) -> Mailbox:
    told = {"adapter": "email", "account": "publisher@valmont.example", "name": "Ville de Valmont", "host": "127.0.0.1"}
    told |= {"port": town.server.port, "security": "none", "user": Secret(USER), "password": Secret(PASSWORD), "helo": "p.valmont.example"}
    return Mailbox(Config(**{**told, **settings}))


def deliver(town: Town, begun: Tenure | None = None, **settings: object) -> Tenure:
    begun = begun or town.service()
    notices.look(town.desk)
    notice_mail.post(begun, mailbox(town, **settings))
    return begun


def letters(post: Mail) -> list[EmailMessage]:
    return [message_from_bytes(post.content(entry), policy=policy.default) for entry in post.accepted]


def embargoed(town: Town, title: str = SECRET_TITLE) -> str:
    end = at(town.clock, 60)
    window = Window(end, at(town.clock, 90), end, "13:00")
    return town.queue(title, memory=town.part("memory", title, window=window))


# -------------------------------------------------------------------- what is written


def test_a_letter_is_short_plain_french_with_a_link(office: Town, post: Mail) -> None:
    name = office.queue("L’été à la plage : c’est parti")
    deliver(office)
    (letter,) = letters(post)
    assert {key: letter[key] for key in ("From", "To", "Subject", "Auto-Submitted", "Content-Language")} == {
        "From": "Ville de Valmont <publisher@valmont.example>",
        "To": "dominique@valmont.example",
        "Subject": "Votre visa est demandé\u00a0: «\u00a0L’été à la plage : c’est parti\u00a0»",
        "Auto-Submitted": "auto-generated",
        "Content-Language": "fr",
    }
    assert letter.get_content_type() == "text/plain"
    assert letter.get_content().splitlines() == [
        "Votre visa est demandé\u00a0: «\u00a0L’été à la plage : c’est parti\u00a0».",
        "",
        "Diffusion prévue\u00a0: mardi 24 novembre 2026 à 13\u00a0h\u00a001.",
        "",
        "Lisez exactement ce qui part, puis accordez votre visa ou renvoyez avec un mot.",
        "",
        f"http://127.0.0.1:8000/annonces/{name}/",
        "",
        "Message automatique de Publisher (Ville de Valmont-les-Tilleuls)\u00a0: personne ne lit les réponses.",
    ]


def test_the_link_starts_with_the_address_of_the_pages(office: Town) -> None:
    office.queue()
    notices.look(office.desk)
    here = dataclasses.replace(office.desk.config, web=config.Web(staff_url="https://publisher.valmont.example/"))
    link = notice_mail.address(dataclasses.replace(office.desk, config=here), Notice.objects.first())
    assert link == f"https://publisher.valmont.example/annonces/{office.announcements()[0]}/"


def test_nothing_of_what_is_under_embargo_leaves(office: Town, post: Mail) -> None:
    name = embargoed(office)
    begun = deliver(office)
    office.clock.move(minutes=31)
    deliver(office, begun)
    office.approve(name)
    hold.hold(office.desk, office.who("dominique"), name)
    deliver(office, begun)
    wholes = [bytes(letter).decode() + letter.get_content() + letter["Subject"] for letter in letters(post)]
    assert [letter["Subject"] for letter in letters(post)] == [
        "Votre visa est demandé\u00a0: une annonce sous embargo",
        "Le visa manque encore\u00a0: une annonce sous embargo",
        "Un visa a été donné en votre nom, en ligne de commande, par l’utilisateur du système login.",
        "Un visa a été donné\u00a0: une annonce sous embargo",
        "Retenue, une décision est attendue\u00a0: une annonce sous embargo",
    ]
    assert not any(word in whole for whole in wholes for word in ("maire annonce", "baisse"))


def test_the_title_may_be_told_once_the_embargo_is_over_and_the_clock_is_sure(office: Town, post: Mail) -> None:
    name = embargoed(office)
    begun = deliver(office)
    assert notice_mail.under_embargo(begun, name)
    office.clock.move(minutes=60)
    assert not notice_mail.under_embargo(begun, name)
    office.clock.leap(timedelta(hours=3))
    assert notice_mail.under_embargo(begun, name)


def test_an_embargo_that_only_the_document_names_counts(office: Town) -> None:
    """A channel that may leave before carries none itself."""
    name = office.queue()
    begun = office.service()
    assert not notice_mail.under_embargo(begun, name)
    plan = office.plan("Autre", memory=office.part("memory", "Autre."))
    told = plan.announcement._replace(embargo_until=at(office.clock, 60))
    other = queue.queue(office.desk, office.who("camille"), dataclasses.replace(plan, announcement=told)).id
    assert notice_mail.under_embargo(begun, other)


def test_a_title_with_line_ends_makes_no_header(office: Town, post: Mail) -> None:
    office.queue("Un\nBcc: eve@presse.example " + "très long " * 12)
    deliver(office)
    (letter,) = letters(post)
    assert (letter["Bcc"], letter["Subject"][-1], len(letter["Subject"]) <= notice_mail.SUBJECT) == (None, "…", True)


def test_the_report_lists_what_left_where(office: Town, post: Mail) -> None:
    name = office.planned()
    office.clock.move(minutes=1)
    office.work()
    office.clock.move(minutes=60)
    deliver(office)
    (letter,) = [letter for letter in letters(post) if letter["To"].startswith("camille") and letter["Subject"].startswith("Bilan")]
    lines = letter.get_content().splitlines()
    assert lines[2].startswith("– ")
    assert lines[2].endswith("(memory)\u00a0: diffusée, mardi 24 novembre 2026 à 13\u00a0h\u00a001")
    assert f"http://127.0.0.1:8000/annonces/{name}/bilan/" in lines


def test_what_was_done_with_an_account_is_mailed_once_and_leads_to_the_people(office: Town, post: Mail) -> None:
    people.add(office.desk, Actor(office.people["lou"]), "noé", "approver")
    begun = deliver(office)
    office.clock.move(minutes=60)
    deliver(office, begun)
    (letter,) = [letter for letter in letters(post) if letter["To"].startswith("dominique")]
    assert letter["Subject"] == "lou a ouvert le compte «\u00a0noé\u00a0» (valideur)."
    assert "http://127.0.0.1:8000/personnes/" in letter.get_content().splitlines()


# -------------------------------------------------------------------- once, or not at all


def mails(name: str = "dominique") -> list[tuple[bool, bool, int]]:
    """Whether each notice of somebody is mailed, is still to be, and how often it was tried."""
    rows = Notice.objects.filter(person__name=name).order_by("pk")
    return [(row.mailed_at is not None, row.mail_at is not None, row.tries) for row in rows]


def test_each_notice_is_mailed_once(office: Town, post: Mail) -> None:
    office.queue()
    begun = deliver(office)
    for _ in range(3):
        office.clock.move(minutes=60)
        notice_mail.post(begun, mailbox(office))
    assert (len(letters(post)), mails()) == (1, [(True, False, 1)])


@pytest.mark.parametrize("settings", [{"port": 1}, {"password": Secret("wrong")}, {"security": "starttls"}])
def test_what_certainly_did_not_leave_is_tried_again(office: Town, post: Mail, settings: dict[str, object]) -> None:
    office.queue()
    begun = deliver(office, **settings)
    assert mails() == [(False, True, 1)]
    notice_mail.post(begun, mailbox(office))
    assert letters(post) == []
    office.clock.move(minutes=1)
    notice_mail.post(begun, mailbox(office))
    assert (len(letters(post)), mails()) == (1, [(True, False, 2)])


def test_a_busy_server_is_asked_again_when_it_says_so(office: Town, post: Mail) -> None:
    post.faults.inject("greylisted")
    office.queue()
    begun = deliver(office)
    assert mails() == [(False, True, 1)]
    office.clock.move(minutes=60)
    notice_mail.post(begun, mailbox(office))
    assert len(letters(post)) == 1


def test_it_is_tried_ever_more_seldom_and_given_up_after_a_day(office: Town, post: Mail, caplog: pytest.LogCaptureFixture) -> None:
    office.queue()
    notices.look(office.desk)
    begun, tries = office.service(), 0
    for _ in range(30 * 60):
        before = mails()
        notice_mail.post(begun, mailbox(office, port=1)) if Notice.objects.filter(mail_at__lte=office.clock.now()).exists() else None
        tries += mails() != before
        office.clock.move(minutes=1)
    assert mails()[0][:2] == (False, False)
    assert 25 < tries < 35
    (line,) = [message for message in caplog.messages if "not mailed" in message]
    assert "dominique" in line
    assert "marché" not in line


def test_what_may_have_arrived_is_not_sent_again(office: Town, post: Mail) -> None:
    post.faults.inject("commit-then-reset")
    office.queue()
    begun = deliver(office)
    office.clock.move(minutes=120)
    notice_mail.post(begun, mailbox(office))
    assert (len(letters(post)), mails()) == (1, [(False, False, 1)])


def test_a_refused_address_is_not_tried_again(office: Town, post: Mail, caplog: pytest.LogCaptureFixture) -> None:
    Person.objects.filter(name="dominique").update(email="disparu@valmont.example")
    office.queue()
    deliver(office)
    assert mails() == [(False, False, 1)]
    assert "not mailed to dominique" in caplog.text


def test_a_crash_between_claim_and_answer_repeats_nothing(office: Town, post: Mail, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    office.queue()
    begun = office.service()
    notices.look(office.desk)
    with monkeypatch.context() as dying:
        dying.setattr(notice_mail, "_letter", lambda *_: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            notice_mail.post(begun, mailbox(office))
    office.clock.move(minutes=120)
    notice_mail.post(office.service(), mailbox(office))
    assert (letters(post), mails()) == ([], [(False, False, 1)])
    assert notices.count_unread(office.people["dominique"]) == 1


def test_what_was_read_meanwhile_is_not_mailed(office: Town, post: Mail) -> None:
    office.queue()
    begun = deliver(office, port=1)
    notices.mark_read(office.desk, office.people["dominique"], Notice.objects.last().pk)
    office.clock.move(minutes=60)
    notice_mail.post(begun, mailbox(office))
    assert (letters(post), mails()) == ([], [(False, False, 1)])


def test_an_older_run_of_the_service_writes_to_nobody(office: Town, post: Mail) -> None:
    office.queue()
    older = office.service()
    office.service()
    deliver(office, older)
    assert letters(post) == []
    older.ending.set()


def test_a_service_that_ends_begins_no_letter(office: Town, post: Mail) -> None:
    office.queue()
    begun = office.service()
    begun.ending.set()
    deliver(office, begun)
    assert (letters(post), mails()) == ([], [(False, True, 0)])


# -------------------------------------------------------------------- ahead of time


def test_what_a_look_ahead_found_is_said_with_when_it_leaves(office: Town, post: Mail) -> None:
    window = Window(at(office.clock, 120), at(office.clock, 150), None, "15:00")
    office.queue(memory=office.part("memory", window=window))
    office.channels["memory"] = office.channels["memory"]._replace(settings=ChannelSettings(adapter="memory", enabled=False))
    assert preflight.look(office.desk)
    deliver(office)
    told = next(letter for letter in letters(post) if letter["To"] == "camille@valmont.example")
    assert told["Subject"] == "Quelque chose l’empêcherait de partir\u00a0: «\u00a0Le marché change de place\u00a0»"
    lines = told.get_content().splitlines()[::2]
    assert lines[1] == "Diffusion prévue\u00a0: mardi 24 novembre 2026 à 15\u00a0h."
    assert lines[2] == "memory est désactivé dans config.toml\u00a0: activez-le, ou annulez."
    assert lines[4].endswith("/")


def test_the_end_of_an_access_is_said_with_its_day(office: Town, post: Mail) -> None:
    Person.objects.filter(name="lou").update(email="lou@valmont.example")
    ChannelState.objects.create(name="memory", ends_at=at(office.clock, 60 * 24 * 7))
    deliver(office)
    (told,) = letters(post)
    assert (told["To"], told["Subject"]) == ("lou@valmont.example", "L’accès prend fin bientôt\u00a0: memory")
    lines = told.get_content().splitlines()[::2]
    assert lines[1] == "Fin de l’accès\u00a0: mardi 1er décembre 2026 à 13\u00a0h."
    assert lines[3].endswith("/canaux/")
