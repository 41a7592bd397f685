"""The visa: what changed since last time, whose agreement completes it, and what to do when its time is past; and another time."""

import re

from publisher.adapters.base import Recipient, Sessions
from publisher.pipeline import schedule
from publisher.pipeline.plan import Window
from tests.pipeline.town import letter
from tests.web.browsing import alerts, code, text


def form(client, name: str) -> dict[str, str]:
    page = client.get(f"/annonces/{name}/").content.decode()
    return {"act": "approve", "seen": re.search(r'name="seen" value="([^"]+)"', page)[1], "code": code()}


# -------------------------------------------------------------------- what changed


def test_the_first_time_there_is_nothing_to_compare_with(town, browser) -> None:
    assert "What changed" not in text(browser("dominique").get(f"/annonces/{town.queue()}/"))


def test_a_new_time_after_the_visa_is_shown_as_the_only_change(town, browser) -> None:
    name = town.planned()
    schedule.reschedule(town.desk, town.who("camille"), name, "2026-11-25T09:30")
    page = browser("dominique").get(f"/annonces/{name}/").content.decode()
    assert "<del>today, Tuesday 24 November at 13:01</del> <ins>tomorrow, Wednesday 25 November at 9:30</ins>" in page
    assert "Another text" not in page


# -------------------------------------------------------------------- D’accord


def test_the_author_whose_text_the_approver_wrote_anew_is_asked_whether_they_agree(town, browser) -> None:
    name = town.queue(by="dominique")
    client = browser("camille")
    page = client.get(f"/annonces/{name}/").content.decode()
    assert ('<button class="main">Agreed</button>' in page, "Give the visa" in page) == (True, False)
    assert "dominique changed your text." in page
    client.post(f"/annonces/{name}/", form(client, name))
    assert town.announcement_state(name) == "planned"


def test_an_approver_gives_a_visa(town, browser) -> None:
    page = browser("dominique").get(f"/annonces/{town.queue()}/").content.decode()
    assert ("Give the visa" in page, ">Agreed<" in page) == (True, False)


# -------------------------------------------------------------------- the time is past


def test_before_the_due_time_nobody_is_asked_when(town, browser) -> None:
    assert 'name="when"' not in browser("dominique").get(f"/annonces/{town.queue()}/").content.decode()


def test_after_the_due_time_the_visa_says_now_or_another_time(town, browser) -> None:
    name, client = town.queue(), browser("dominique")
    town.clock.move(minutes=2)
    page = client.get(f"/annonces/{name}/")
    assert "The planned time (today, Tuesday 24 November at 13:01) is past." in text(page)
    answer = client.post(f"/annonces/{name}/", form(client, name) | {"when": "now"}, follow=True)
    assert alerts(answer) == ["The visa is given: it leaves now."]
    town.work()
    assert town.announcement_state(name) == "published"


def test_after_the_due_time_another_one_may_be_given(town, browser) -> None:
    name, client = town.queue(), browser("dominique")
    town.clock.move(minutes=2)
    client.post(f"/annonces/{name}/", form(client, name) | {"when": "at", "day": "2026-11-24", "hour": "18:00"})
    assert (town.announcement_state(name), town.delivery().wall) == ("planned", "2026-11-24 18:00")


def test_whoever_opened_the_page_before_the_due_time_is_asked_then(town, browser) -> None:
    name, client = town.queue(), browser("dominique")
    told = form(client, name)
    town.clock.move(minutes=2)
    answer = client.post(f"/annonces/{name}/", told)
    assert alerts(answer) == ["The planned time is past meanwhile: say, at the end of the page, whether it leaves now or at which time."]
    assert 'name="when"' in answer.content.decode()
    assert town.announcement_state(name) == "awaiting_approval"


def test_an_empty_time_is_no_time(town, browser) -> None:
    name, client = town.queue(), browser("dominique")
    town.clock.move(minutes=2)
    answer = client.post(f"/annonces/{name}/", form(client, name) | {"when": "at", "day": "", "hour": ""})
    assert (town.announcement_state(name), alerts(answer)) == ("awaiting_approval", ["Give both the day and the hour."])


# -------------------------------------------------------------------- another time


def test_the_page_says_which_times_keep_the_visa(town, browser) -> None:
    name, client = town.planned(), browser("camille")
    said = text(client.get(f"/annonces/{name}/"))
    assert "From today, Tuesday 24 November at 13:01 and before today, Tuesday 24 November at 13:31 the visa is kept." in said
    for hour, sentence in (("13:20", "It has its new time; its visa is kept."), ("13:40", "It has its new time, and needs a new visa.")):
        answer = client.post(f"/annonces/{name}/", {"act": "move", "day": "2026-11-24", "hour": hour}, follow=True)
        assert alerts(answer) == [sentence]
    assert town.announcement_state(name) == "awaiting_approval"


def test_a_time_that_wakes_what_is_over_needs_the_code_of_this_moment(town, browser) -> None:
    name = town.planned()
    town.clock.move(minutes=90)
    town.work()
    client = browser("camille")
    assert town.announcement_state(name) == "missed"
    told = {"act": "move", "day": "2026-11-24", "hour": "18:00"}
    assert alerts(client.post(f"/annonces/{name}/", told))[0].startswith("This code is not the right one")
    assert 'id="code-move"' in client.get(f"/annonces/{name}/").content.decode()
    client.post(f"/annonces/{name}/", told | {"code": code()})
    assert town.announcement_state(name) == "awaiting_approval"


def test_what_does_not_exist_is_not_moved(town, browser) -> None:
    name, client = town.planned(), browser("camille")
    answer = client.post(f"/annonces/{name}/", {"act": "move", "day": "2027-03-28", "hour": "02:30"})
    assert "does not exist" in alerts(answer)[0]
    assert 'value="2027-03-28"' in answer.content.decode()


def test_a_move_in_the_calendar_says_what_this_very_time_changes(town, browser) -> None:
    name, client = town.planned(), browser("camille")
    for wanted, said in (("13:20", "it keeps its visa"), ("18:00", "it needs a new visa")):
        page = client.get(f"/annonces/{name}/?deplacer=2026-11-24T{wanted}")
        assert f"Moved to today, Tuesday 24 November at {wanted.replace('18:00', '18 o’clock')}, {said}" in text(page)
    assert "Moved to" not in text(client.get(f"/annonces/{name}/?deplacer=2026-02-30T25:00"))
    waiting = town.queue("Autre", memory=town.part("memory", "Autre."))
    assert "it still awaits its visa" in text(client.get(f"/annonces/{waiting}/?deplacer=2026-11-24T18:00"))
    answer = client.post(f"/annonces/{name}/", {"act": "move", "day": "2026-11-24", "hour": "13:20"})
    assert answer.headers["Location"].endswith("#content"), "the browser shows the answer, not the form again"


# -------------------------------------------------------------------- at once, sent back, canceled


def test_what_leaves_at_once_says_so_at_the_button(town, browser) -> None:
    client = browser("dominique")
    name = town.queue(memory=town.part("memory", window=Window(None, None, None)))
    page = client.get(f"/annonces/{name}/").content.decode()
    assert page.index("Leaves at once") < page.index(">Give the visa<")
    answer = client.post(f"/annonces/{name}/", form(client, name), follow=True)
    assert alerts(answer) == ["The visa is given: it leaves now."]
    later = town.queue("Plus tard", memory=town.part("memory", "Plus tard."))
    assert "Leaves at once" not in text(client.get(f"/annonces/{later}/"))


def test_sent_back_nothing_looks_as_if_it_left_and_its_author_is_led_to_correct_it(town, browser) -> None:
    name, author, approver = town.queue(), browser("camille"), browser("dominique")
    town.reject(name, reason="Le lieu est faux.")
    for page in (f"/annonces/{name}/", "/canaux/"):
        assert ("sent back: does not leave" in text(author.get(page)), ">planned<" in author.get(page).content.decode()) == (True, False)
    assert "Le lieu est faux." in text(author.get("/"))
    assert "sent back to you" not in text(approver.get("/"))
    assert "Correct this text" in text(author.get(f"/annonces/{name}/"))
    answer = author.post(f"/annonces/{name}/reprendre/", follow=True)
    assert "Le marché change de place" in answer.content.decode()
    assert ("sent back to you" in text(author.get("/")), "draft to finish" in text(author.get("/"))) == (False, True)


def test_canceling_for_good_asks_once_more(town, browser) -> None:
    name, client = town.planned(), browser("camille")
    page = client.get(f"/annonces/{name}/").content.decode()
    question, button = page.index("<summary>Cancel for good</summary>"), page.index('name="act" value="cancel"')
    assert question < page.index("This will not leave, and nobody can bring it back:") < button


def test_a_former_visa_is_not_shown_beside_what_awaits_one(town, browser) -> None:
    name = town.planned()
    client = browser("camille")
    assert "Visa (dominique)" in text(client.get(f"/annonces/{name}/"))
    schedule.reschedule(town.desk, town.who("camille"), name, "2026-11-24T18:00")
    assert "Visa (dominique)" not in text(client.get(f"/annonces/{name}/"))


def test_those_who_decide_see_the_recipients_by_name(town, browser) -> None:
    town.channel("press", Sessions).people = (Recipient("lea@presse.example", "Léa Martin"),)
    name = town.queue(press=town.part("press", payload=letter()))
    for person, sees in (("camille", True), ("dominique", True), ("lou", False), ("eden", False)):
        assert ("Léa Martin" in text(browser(person).get(f"/annonces/{name}/"))) is sees


def test_while_everything_is_stopped_nothing_says_that_the_service_works(town, browser) -> None:
    client = browser("camille")
    town.service()
    assert "The service works" in text(client.get("/"))
    town.pause()
    assert ("The service works" in text(client.get("/")), "Everything is stopped" in text(client.get("/"))) == (False, True)
