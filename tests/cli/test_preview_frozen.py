"""`publisher preview ID`: the approver reads what was frozen, whatever became of file, templates and configuration since."""

import shutil
from pathlib import Path

import pytest
from django.db import connection

from publisher import shipped
from publisher.models import Announcement, Delivery
from tests.office import Office

AT = "2035-01-05T09:30"


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")


def unguard(*tables: str) -> None:
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"DROP TRIGGER keep_{table}_update")


def test_every_text_is_the_one_that_the_preview_of_the_file_showed(office: Office) -> None:
    shown = office.json("preview", "marche.md")
    frozen = office.json("preview", office.queue("--at", AT))
    assert {name: {**channel, "delivery": None} for name, channel in frozen["channels"].items()} == {
        name: {**channel, "delivery": None} for name, channel in shown["channels"].items()
    }
    assert {key: frozen[key] for key in ("format", "announcement")} == {key: shown[key] for key in ("format", "announcement")}
    # only what is queued has a day on which it leaves
    assert [one for one in frozen["problems"] if one["code"] != "dated-otherwise"] == shown["problems"]


def test_it_says_which_version_and_when_it_leaves(office: Office) -> None:
    name = office.queue("--at", AT)
    frozen = office.json("preview", name)
    assert frozen["frozen"] == {"id": name, "version": 1, "by": "camille", "at": frozen["frozen"]["at"]}
    assert frozen["channels"]["x"]["delivery"] == {
        "id": office.deliveries(name)["x"],
        "state": "planned",
        "account": "valmont_tilleuls",
        "due_at": "2035-01-05T09:30:00+01:00",
        "not_after": "2035-01-05T10:00:00+01:00",
    }
    told = office.says("preview", name)
    assert f"Frozen text: version 1 of {name}, as camille queued it on " in told
    assert f"Planned ({office.deliveries(name)['x']}); due: Friday 05 January 2035, 09:30 (Europe/Paris)." in told


def test_nothing_that_changed_since_shows(office: Office) -> None:
    name = office.queue("--at", AT)
    before = office.json("preview", name)
    office.write("marche.md", "# Un autre titre\n\nUn autre texte.\n")
    shutil.copytree(shipped.templates(), "templates")
    Path("templates/x/post.txt.j2").write_text("Autre chose.")
    Path("templates/website/article.html.j2").write_text("Autre chose.")
    config = Path("config.toml").read_text("utf-8").replace('account = "valmont_tilleuls"', 'account = "autre_ville"')
    office.write("config.toml", config.replace('"static-site"', '"static-site"\ntemplates = "templates"'))
    assert office.json("preview", name) == before
    assert "autre_ville" not in office.says("preview", name, "--format", "html")


def test_one_delivery_alone(office: Office) -> None:
    name = office.queue("--at", AT)
    assert list(office.json("preview", office.deliveries(name)["x"])["channels"]) == ["x"]


def test_one_delivery_alone_says_nothing_of_the_other_channels_but_what_it_waits_for(office: Office) -> None:
    page = office.says("preview", office.deliveries(office.queue("--at", AT))["x"], "--format", "html")
    assert ("Not used for this announcement" in page, "after: Website" in page) == (False, True)


def test_the_page_and_the_files(office: Office) -> None:
    name = office.queue("--at", AT)
    page = office.says("preview", name, "--format", "html")
    assert "Preview: nothing has been sent." not in page
    assert f"Frozen text: version 1 of {name}, as camille queued it on " in page
    office.says("preview", name, "--output", "copie", "--channel", "x")
    posts = Delivery.objects.get(channel="x").payload["steps"]
    assert [Path("copie/x", f"{post['id']}.txt").read_text("utf-8") for post in posts] == [post["content"]["text"] for post in posts]


def test_an_alteration_in_the_database_shows(office: Office) -> None:
    name = office.queue("--at", AT)
    unguard("delivery")
    row = Delivery.objects.get(channel="x")
    row.payload["steps"][0]["content"]["text"] = "Autre chose."
    Delivery.objects.filter(pk=row.pk).update(payload=row.payload)
    problems = office.json("preview", name)["problems"]
    assert [(one["code"], one["channel"]) for one in problems if one["severity"] == "error"] == [("altered", "x")]
    assert "cannot be queued" not in office.says("preview", name)


def test_what_an_earlier_release_froze_is_shown_with_what_it_kept(office: Office) -> None:
    name = office.queue("--at", AT)
    posts = office.json("preview", name)["channels"]["x"]["steps"]
    unguard("delivery", "version")
    version = Announcement.objects.get().versions.get()
    del version.content["shown"]
    version.save()
    for row in Delivery.objects.all():
        Delivery.objects.filter(pk=row.pk).update(payload={key: row.payload[key] for key in ("steps", "alternative")})
    document = office.json("preview", name)
    assert (document["channels"]["x"]["steps"], document["channels"]["x"]["left_out"], document["problems"]) == (posts, [], [])


def test_a_channel_that_is_gone_must_come_back(office: Office) -> None:
    name = office.queue("--at", AT)
    office.write("config.toml", Path("config.toml").read_text("utf-8").replace("[channels.x]", "[channels.mayor]"))
    assert office.refuses("preview", name) == "config.toml no longer has the channel x: put it back first."


def test_a_channel_that_is_gone_does_not_hide_another_that_is_asked_for(office: Office) -> None:
    name = office.queue("--at", AT)
    office.write("config.toml", Path("config.toml").read_text("utf-8").replace("[channels.x]", "[channels.mayor]"))
    assert list(office.json("preview", name, "--channel", "website")["channels"]) == ["website"]


def test_a_channel_on_which_nothing_was_queued_is_refused(office: Office) -> None:
    post = office.deliveries(office.queue("--at", AT))["x"]
    assert office.refuses("preview", post, "--channel", "website") == f"{post} has nothing on the channel website."


def test_an_id_that_does_not_exist(office: Office) -> None:
    sentence = "There is no announcement and no delivery “a-22222222”; “publisher status” shows them all."
    assert office.refuses("preview", "a-22222222") == sentence


def test_a_file_of_such_a_name_is_a_file(office: Office) -> None:
    office.write("a-22222222", "# Le marché change de place\n\nIl va place Basse.\n")
    assert office.json("preview", "a-22222222")["announcement"]["title"] == "Le marché change de place"
