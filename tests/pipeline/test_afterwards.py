from datetime import timedelta

import pytest

from publisher import config
from publisher.adapters.base import Corrects, Finds, Idempotency, Sessions, Withdraws
from publisher.adapters.registry import configure
from publisher.errors import Refused
from publisher.models import Audit, Delivery, DeliveryStep, Manifest, Receipt, Version
from publisher.pipeline import afterwards, approve, hold, queue, resolve, schedule, status
from publisher.pipeline.plan import Plan, Request
from publisher.testing.memory_platform import accept, dies, not_sent, refuse, unknown
from tests.database import child
from tests.pipeline.town import Town, at, letter

WRONG = "# Le marché change de place\n\nLe marché va place Basse le samedi 28 novembre 2026.\n"
RIGHT = "# Le marché change de place\n\nLe marché va place Haute le samedi 28 novembre 2026.\n"
WHY = "C’est la place Haute."
OVERTAKEN = (
    "%s (x) stays as it is: a correction or a withdrawal of its announcement came after it (%s). "
    "Cancel it, and queue the text anew if it shall be published."
)


@pytest.fixture
def market(town: Town) -> Town:
    """A town whose market is announced on one channel, which can correct and take back."""
    town.channel("memory", Finds, Corrects, Withdraws)
    return town


def document(town: Town, text: str, name: str = "marche.md"):
    file = town.folder.parent / name
    file.write_text(text, encoding="utf-8")
    return file


def published(town: Town, text: str = WRONG, **request) -> str:
    from publisher.pipeline import planning

    plan = planning.read(town.desk, document(town, text), Request(**request))
    name = queue.queue(town.desk, town.who("camille"), plan).id
    town.approve(name)
    town.work()
    return name


def corrected(town: Town, name: str, text: str = RIGHT, *, by: str = "camille", reason: str = WHY, **request) -> None:
    plan = afterwards.correction(town.desk, name, document(town, text, "rectifie.md"), reason, Request(**request))
    queue.queue(town.desk, town.who(by), plan)


def withdrawn(town: Town, name: str, *, by: str = "camille", **request) -> None:
    queue.queue(town.desk, town.who(by), afterwards.withdrawal(town.desk, name, "Le marché n’a pas lieu.", Request(**request)))


def rounds(town: Town, channel: str = "memory") -> list[tuple[int, str, str]]:
    return list(Delivery.objects.filter(channel=channel).order_by("round").values_list("round", "purpose", "state"))


def refused(action) -> str:
    with pytest.raises(Refused) as caught:
        action()
    return caught.value.code


# -------------------------------------------------------------------- correct


def test_another_time_for_what_waits_does_not_let_an_approver_agree_to_their_own_correction(town) -> None:
    for channel in ("facebook", "x"):
        town.channel(channel, Finds, Corrects)
    name = published(town, at="2026-11-24T13:30+01:00")
    x = town.delivery("x").pk
    schedule.reschedule(town.desk, town.who("camille"), x, "2026-11-24T20:00+01:00")
    town.approve(name)
    town.clock.move(minutes=31)
    service = town.work()
    corrected(town, name, by="dominique", channels=("facebook",))
    schedule.reschedule(town.desk, town.who("dominique"), x, "2026-11-24T21:00+01:00")
    town.approve(name)
    assert refused(lambda: town.approve(name)) == "author-alone"
    town.work(service)
    assert rounds(town, "facebook") == [(1, "publish", "delivered"), (2, "correct", "planned")]


def test_a_correction_waits_for_its_visa_then_replaces_what_readers_see(market) -> None:
    name = published(market)
    corrected(market, name)
    market.work()
    assert (status.one(market.desk, name)["state"], "place Basse" in market.texts()[0]) == ("awaiting_approval", True)
    market.approve(name)
    market.work()
    assert rounds(market) == [(1, "publish", "delivered"), (2, "correct", "delivered")]
    (text,) = market.texts()
    assert "place Haute" in text
    assert status.one(market.desk, name)["state"] == "published"


def test_the_author_of_a_correction_cannot_approve_it_alone(market) -> None:
    name = published(market)
    corrected(market, name, by="dominique")
    assert refused(lambda: market.approve(name, by="dominique")) == "author-alone"
    market.approve(name, by="camille")
    market.work()
    assert rounds(market)[1] == (2, "correct", "delivered")


def test_a_correction_is_sealed_like_everything_else(market) -> None:
    name = published(market)
    corrected(market, name)
    market.approve(name)
    sealed = Manifest.objects.latest("pk")
    assert (sealed.version.number, sealed.deliveries.get().round) == (2, 2)
    assert Audit.objects.filter(action="announcement.queued").latest("sequence").detail["reason"] == WHY


def test_corrections_may_follow_each_other(market) -> None:
    name = published(market)
    for place in ("Neuve", "Vieille"):
        corrected(market, name, WRONG.replace("Basse", place))
        market.approve(name)
        market.work()
    assert [state for _, _, state in rounds(market)] == ["delivered"] * 3
    (text,) = market.texts()
    assert "place Vieille" in text
    assert Version.objects.count() == 3


def test_a_correction_in_doubt_is_repeated_by_its_id(market) -> None:
    name = published(market)
    corrected(market, name)
    market.approve(name)
    market.platforms["memory"].script("send", unknown(accepted=False))
    market.work_until_settled()
    assert rounds(market)[1] == (2, "correct", "delivered")
    assert "place Haute" in market.texts()[0]


@pytest.mark.parametrize("accepted", [True, False])
def test_a_killed_correction_is_finished(market, accepted) -> None:
    name = published(market)
    corrected(market, name)
    market.approve(name)
    market.platforms["memory"].script("send", dies(accepted=accepted))
    assert child(market.work) == -9
    market.platforms["memory"]._scripts.clear()
    market.work_until_settled()
    assert (rounds(market)[1], len(market.texts())) == ((2, "correct", "delivered"), 1)


def test_a_refused_correction_leaves_what_was_there_and_says_so(market) -> None:
    name = published(market)
    corrected(market, name)
    market.approve(name)
    market.platforms["memory"].script("send", refuse())
    market.work()
    assert status.one(market.desk, name)["state"] == "failed"
    assert "place Basse" in market.texts()[0]


def test_a_canceled_correction_changes_nothing(market) -> None:
    name = published(market)
    corrected(market, name)
    market.cancel(Delivery.objects.get(round=2).id)
    assert status.one(market.desk, name)["state"] == "published"
    corrected(market, name)
    assert [state for _, _, state in rounds(market)] == ["delivered", "canceled", "planned"]


def test_a_correction_that_was_sent_back_changes_nothing(market) -> None:
    name = published(market)
    corrected(market, name)
    market.reject(name)
    market.work()
    assert (rounds(market)[1], market.announcement_state(name)) == ((2, "correct", "planned"), "published")
    assert status.one(market.desk, name)["sent_back"]["reason"] == "Le titre est faux."


@pytest.mark.parametrize(
    ("prepare", "code"),
    [
        (lambda town: town.queue(), "not-settled"),
        (lambda town: (town.planned(), town.pause(), town.clock.move(minutes=2), town.work())[0], "not-settled"),
    ],
)
def test_only_what_is_settled_can_be_corrected(market, prepare, code) -> None:
    name = prepare(market)
    assert refused(lambda: corrected(market, name)) == code


def test_what_is_not_online_cannot_be_corrected(market) -> None:
    name = market.queue()
    market.cancel(name)
    assert refused(lambda: corrected(market, name)) == "nothing-online"
    assert refused(lambda: corrected(market, "a-unknown")) == "unknown-id"


def test_a_correction_needs_a_reason(market) -> None:
    name = published(market)
    assert refused(lambda: corrected(market, name, reason="  ")) == "reason-missing"


def test_of_two_corrections_made_at_once_the_second_is_refused(market) -> None:
    name = published(market)
    plans = [afterwards.correction(market.desk, name, document(market, RIGHT), WHY, Request()) for _ in range(2)]
    queue.queue(market.desk, market.who("camille"), plans[0])
    assert refused(lambda: queue.queue(market.desk, market.who("alix"), plans[1])) == "changed-meanwhile"


def test_a_channel_that_cannot_correct_is_named(market) -> None:
    market.channel("other", Finds)
    name = published(market)
    plan = afterwards.correction(market.desk, name, document(market, RIGHT), WHY, Request())
    assert [part.channel.name for part in plan.parts] == ["memory"]
    assert [(problem.code, problem.channel) for problem in plan.problems if problem.code == "unable"] == [("unable", "other")]
    assert refused(lambda: corrected(market, name, channels=("other",))) == "unable"


def test_only_the_channels_that_are_named_are_corrected(market) -> None:
    market.channel("second", Finds, Corrects, Withdraws)
    name = published(market)
    corrected(market, name, channels=("second",))
    market.approve(name)
    market.work()
    assert (len(rounds(market)), len(rounds(market, "second"))) == (1, 2)


def test_a_correction_leaves_the_times_of_the_document_behind(market) -> None:
    dated = WRONG.replace("# Le", "---\nnot_after: 2026-11-24T23:00\nchannels: {memory: {at: 2026-11-24T20:00}}\n---\n# Le")
    name = published(market, dated)
    market.clock.move(minutes=60 * 7)
    market.work()
    market.clock.move(minutes=60 * 24)
    corrected(market, name, dated.replace("Basse", "Haute"))
    market.approve(name)
    market.work()
    assert rounds(market)[1] == (2, "correct", "delivered")


def test_website_first_in_a_correction_too(market) -> None:
    market.channels["memory"].adapter.__class__.traits = market.channels["memory"].adapter.traits
    market.channel("late", Finds, Corrects, Withdraws, after=("memory",))
    name = published(market)
    corrected(market, name)
    market.approve(name)
    market.platforms["memory"].script("send", not_sent())
    market.work()
    assert (rounds(market)[1][2], rounds(market, "late")[1][2]) == ("sending", "planned")
    assert Delivery.objects.get(channel="late", round=2).reason == "waiting-for-channel"
    market.work_until_settled()
    assert (rounds(market)[1][2], rounds(market, "late")[1][2]) == ("delivered", "delivered")


# -------------------------------------------------------------------- embargo

EVENING = "---\nplace: Valmont\nembargo_until: 2026-11-24T18:00:00+01:00\n---\n"
TOMORROW = "---\nembargo_until: 2026-11-25T18:00:00+01:00\n---\n"
MAIL = """
[town]
name = "Ville de Valmont-les-Tilleuls"
[storage]
data_dir = "{folder}"
[channels.email]
adapter = "email"
host = "127.0.0.1"
security = "none"
auth = "none"
account = "presse@valmont.example"
before_embargo = true
recipients = "{folder}/presse.csv"
"""


@pytest.fixture
def told_early(town: Town) -> str:
    """An announcement that journalists got at noon, under embargo until the evening."""
    (town.folder / "presse.csv").write_text("email,name\nredaction@journal.example,Rédaction\n", encoding="utf-8")
    file = town.folder / "config.toml"
    file.write_text(MAIL.format(folder=town.folder), encoding="utf-8")
    town.channels |= configure(config.load(file, {}), secrets=True)
    name = published(town, EVENING + WRONG)
    for row in DeliveryStep.objects.all():
        Receipt.objects.create(step=row, remote_id=row.message_id, recorded_at=town.clock.now(), answer={})
    DeliveryStep.objects.update(state="sent")
    Delivery.objects.update(state="delivered", delivered_at=town.clock.now())
    town.clock.move(minutes=30)
    return name


def mail_of(plan: Plan) -> tuple[str, str, str]:
    """Return the subject, the banner, and whether the HTML has it too."""
    (part,) = plan.parts
    content = part.payload.steps[0].content
    banner = str(content["text"]).splitlines()[0]
    return str(content["subject"]), banner.replace("\u00a0", " "), banner if banner in str(content["html"]) else "not in HTML"


@pytest.mark.parametrize("head", ["---\nplace: Valmont\n---\n", EVENING])
def test_a_mail_that_corrects_what_is_still_under_embargo_says_both(town, told_early, head) -> None:
    plan = afterwards.correction(town.desk, told_early, document(town, head + RIGHT), WHY, Request())
    subject, banner, in_html = mail_of(plan)
    assert subject.startswith("[SOUS EMBARGO] [RECTIFICATIF] ")
    expected = "COMMUNIQUÉ DE PRESSE – RECTIFICATIF – SOUS EMBARGO JUSQU’AU mardi 24 novembre 2026 à 18 h (heure de Paris)"
    assert (banner, in_html.replace("\u00a0", " ")) == (expected, expected)
    assert plan.parts[0].window.due_at is None


def test_a_mail_that_withdraws_what_is_still_under_embargo_says_both(town, told_early) -> None:
    plan = afterwards.withdrawal(town.desk, told_early, "Le marché n’a pas lieu.", Request())
    subject, banner, in_html = mail_of(plan)
    assert subject.startswith("[SOUS EMBARGO] [RETRAIT] ")
    expected = "COMMUNIQUÉ DE PRESSE – RETRAIT – SOUS EMBARGO JUSQU’AU mardi 24 novembre 2026 à 18 h (heure de Paris)"
    assert (banner, in_html.replace("\u00a0", " ")) == (expected, expected)


def test_once_the_embargo_is_over_nobody_speaks_of_it(town, told_early) -> None:
    town.clock.move(minutes=60 * 5)
    plans = (
        afterwards.correction(town.desk, told_early, document(town, EVENING + RIGHT), WHY, Request()),
        afterwards.withdrawal(town.desk, told_early, "Le marché n’a pas lieu.", Request()),
    )
    assert ["EMBARGO" in subject + banner for subject, banner, _ in map(mail_of, plans)] == [False, False]


def test_a_clock_that_leapt_past_the_embargo_ends_it_for_nobody(town, told_early) -> None:
    town.clock.leap(timedelta(hours=5))
    plan = afterwards.correction(town.desk, told_early, document(town, EVENING + RIGHT), WHY, Request())
    assert mail_of(plan)[0].startswith("[SOUS EMBARGO] [RECTIFICATIF] ")


def test_a_correction_under_an_embargo_of_its_own_waits_for_it(market) -> None:
    name = published(market)
    corrected(market, name, TOMORROW + RIGHT)
    market.approve(name)
    market.work()
    assert (rounds(market)[1], "place Basse" in market.texts()[0]) == ((2, "correct", "planned"), True)
    market.clock.move(minutes=60 * 29)
    market.work()
    assert (rounds(market)[1], "place Haute" in market.texts()[0]) == ((2, "correct", "delivered"), True)


def test_a_withdrawal_does_not_wait_for_the_embargo_of_a_correction(market) -> None:
    name = published(market)
    corrected(market, name, TOMORROW + RIGHT)
    market.cancel(name)
    withdrawn(market, name)
    market.approve(name)
    market.work()
    assert (rounds(market)[2], market.texts()) == ((3, "withdraw", "delivered"), [])


# -------------------------------------------------------------------- withdraw


def test_a_withdrawal_waits_for_its_visa_then_takes_everything_back(market) -> None:
    name = published(market)
    withdrawn(market, name)
    market.work()
    assert len(market.texts()) == 1
    market.approve(name)
    market.work()
    assert (rounds(market)[1], market.texts()) == ((2, "withdraw", "delivered"), [])
    assert status.one(market.desk, name)["state"] == "canceled"


def test_a_delivery_can_be_withdrawn_alone(market) -> None:
    market.channel("second", Finds, Corrects, Withdraws)
    name = published(market)
    withdrawn(market, Delivery.objects.get(channel="second").id)
    market.approve(name)
    market.work()
    assert (len(rounds(market)), market.texts("second"), len(market.texts())) == (1, [], 1)
    assert status.one(market.desk, name)["state"] == "published"


def test_what_is_withdrawn_is_online_no_more(market) -> None:
    name = published(market)
    withdrawn(market, name)
    market.approve(name)
    market.work()
    assert refused(lambda: withdrawn(market, name)) == "nothing-online"
    assert refused(lambda: corrected(market, name)) == "nothing-online"


def test_a_withdrawal_needs_the_document_no_more(market) -> None:
    name = published(market)
    document(market, "# Autre chose\n\nTout autre chose.\n")
    withdrawn(market, name)
    assert market.approve(name).sealed


@pytest.mark.parametrize("accepted", [True, False])
def test_a_withdrawal_in_doubt_is_repeated(market, accepted) -> None:
    name = published(market)
    withdrawn(market, name)
    market.approve(name)
    market.platforms["memory"].script("withdraw", unknown(accepted=accepted))
    market.work_until_settled()
    assert (rounds(market)[1], market.texts()) == ((2, "withdraw", "delivered"), [])


@pytest.mark.parametrize("elsewhere", [(), ("second",)], ids=["alone", "whole elsewhere"])
def test_a_withdrawal_given_up_halfway_is_partial(market, elsewhere) -> None:
    for channel in elsewhere:
        market.channel(channel, Finds, Withdraws)
    name = published(market, WRONG.replace("# Le", "---\nchannels: {memory: {posts: [Un., Deux.]}}\n---\n# Le"))
    withdrawn(market, name)
    market.approve(name)
    market.platforms["memory"].script("withdraw", accept(), refuse())
    market.work()
    resolve.drop(market.desk, market.who("camille"), Delivery.objects.get(channel="memory", round=2).pk)
    assert (rounds(market)[1], market.texts()) == ((2, "withdraw", "delivered"), ["Un."])
    assert market.announcement_state(name) == "partial"


def test_what_was_corrected_is_withdrawn_as_it_stands(market) -> None:
    name = published(market)
    corrected(market, name)
    market.approve(name)
    market.work()
    withdrawn(market, name)
    market.approve(name)
    market.work()
    assert ([purpose for _, purpose, _ in rounds(market)], market.texts()) == (["publish", "correct", "withdraw"], [])


def failed(town: Town, name: str) -> None:
    """X refuses the post, while the page is out."""
    town.platforms["x"].script("send", refuse())
    town.work()


def held(town: Town, name: str) -> None:
    hold.hold(town.desk, town.who("camille"), town.delivery("x").pk)
    town.work()


def moved(town: Town, name: str) -> object:
    return schedule.reschedule(town.desk, town.who("camille"), name, at(town.clock, 10).isoformat())


def resumed(town: Town, name: str) -> object:
    return hold.resume(town.desk, town.who("camille"), name)


@pytest.fixture
def half_published(market: Town) -> Town:
    """The page is out, the post on X is not: it has half an hour left."""
    market.channel("x", Finds, Withdraws)
    document(market, WRONG, "Marché.md")
    market.name = market.planned("Marché")
    market.clock.move(minutes=1)
    return market


@pytest.mark.parametrize(("before", "brings_back"), [(failed, moved), (held, moved), (held, resumed)])
def test_what_was_not_out_when_its_announcement_was_withdrawn_is_not_brought_back(half_published, before, brings_back) -> None:
    town = half_published
    before(town, town.name)
    withdrawn(town, town.name, channels=("memory",))
    with pytest.raises(Refused) as caught:
        brings_back(town, town.delivery("x").pk)
    assert (caught.value.code, str(caught.value)) == ("overtaken", OVERTAKEN % (town.delivery("x").pk, Delivery.objects.get(round=2).pk))
    town.approve(town.name)
    town.work()
    assert refused(lambda: brings_back(town, town.delivery("x").pk)) == "overtaken"
    town.clock.move(minutes=10)
    town.work()
    assert (town.texts("memory"), town.texts("x")) == ([], [])


@pytest.mark.parametrize(("before", "brings_back"), [(failed, moved), (held, resumed)])
def test_a_text_that_was_corrected_elsewhere_is_not_brought_back(half_published, before, brings_back) -> None:
    before(half_published, half_published.name)
    corrected(half_published, half_published.name, channels=("memory",))
    assert refused(lambda: brings_back(half_published, half_published.delivery("x").pk)) == "overtaken"


@pytest.mark.parametrize(("before", "brings_back"), [(failed, moved), (held, resumed)])
def test_a_withdrawal_that_was_canceled_replaces_nothing(half_published, before, brings_back) -> None:
    town = half_published
    before(town, town.name)
    withdrawn(town, town.name, channels=("memory",))
    town.cancel(Delivery.objects.get(round=2).pk)
    brings_back(town, town.delivery("x").pk)
    assert town.state("x") == ("planned", "")


def test_a_new_time_for_a_withdrawal_brings_nothing_else_back(half_published) -> None:
    failed(half_published, half_published.name)
    withdrawn(half_published, half_published.name)
    moved(half_published, half_published.name)
    assert half_published.state("x") == ("failed", "refused")


def test_a_held_withdrawal_goes_on_beside_another(half_published) -> None:
    town = half_published
    town.work()
    for channel in ("x", "memory"):
        withdrawn(town, town.name, channels=(channel,))
        town.approve(town.name)
        hold.hold(town.desk, town.who("camille"), Delivery.objects.latest("round").pk)
    resumed(town, town.name)
    town.work()
    assert (town.texts("memory"), town.texts("x")) == ([], [])


def test_of_two_corrections_the_refused_one_is_not_brought_back_once_the_other_is_planned(market) -> None:
    name = published(market)
    corrected(market, name)
    market.approve(name)
    market.platforms["memory"].script("send", refuse())
    market.work()
    first = Delivery.objects.get(round=2)
    corrected(market, name, WRONG.replace("Basse", "Neuve"))
    assert refused(lambda: moved(market, first.pk)) == "overtaken"


def test_what_a_person_dropped_is_not_taken_back(town) -> None:
    town.channel("memory", Finds, Withdraws)
    name = published(town, WRONG.replace("# Le", "---\nchannels: {memory: {posts: [Un., Deux., Trois.]}}\n---\n# Le"))
    assert town.steps() == {"post-1": "sent", "post-2": "sent", "post-3": "sent"}
    plan = afterwards.withdrawal(town.desk, name, "Non.", Request())
    assert [step.id for step in plan.parts[0].payload.steps] == ["withdraw-post-3", "withdraw-post-2", "withdraw-post-1"]


def test_two_phases_are_one_thing(town) -> None:
    town.channel("memory", Finds, Corrects, Withdraws, idempotency=Idempotency.TWO_PHASE)
    name = published(town)
    corrected(town, name)
    town.approve(name)
    town.work()
    assert rounds(town)[1] == (2, "correct", "delivered")
    withdrawn(town, name)
    town.approve(name)
    town.work()
    assert town.texts() == []


# -------------------------------------------------------------------- mail


def test_a_correction_goes_to_exactly_those_who_have_it(town, monkeypatch) -> None:
    from tests.pipeline.test_mailing import PRESS, people

    platform = town.channel("mail", Sessions, account=PRESS)
    platform.people = people(5)
    platform.refused = {"redaction2@journal.example"}
    adapter = type(town.channels["mail"].adapter)
    name = town.planned(mail=town.part("mail", payload=letter()))
    town.clock.move(minutes=1)
    town.work()
    resolve.drop(town.desk, town.who("camille"), name)
    platform.people = (*people(2), *people(9)[7:])
    monkeypatch.setattr(
        adapter, "correction", lambda self, message, former: letter(f"Rectifié, après {former[0].remote_id}"), raising=False
    )
    corrected(town, name)
    town.approve(name)
    town.work()
    assert rounds(town, "mail") == [(1, "publish", "delivered"), (2, "correct", "delivered")]
    rows = DeliveryStep.objects.filter(delivery__round=2).values_list("recipient", flat=True)
    assert sorted(rows) == [f"redaction{number}@journal.example" for number in (1, 3, 4, 5)]
    for row in DeliveryStep.objects.filter(delivery__round=2):
        first = DeliveryStep.objects.get(delivery__round=1, recipient=row.recipient)
        assert (row.token, row.message_id) == (first.token, first.message_id.replace(first.delivery_id, row.delivery_id))


def test_nobody_approves_what_changed_since(market) -> None:
    name = published(market)
    corrected(market, name)
    document(market, RIGHT + "\nUn mot de plus.\n", "rectifie.md")
    assert refused(lambda: approve.approve(market.desk, market.who("dominique"), name)) == "file-changed"


def test_a_correction_may_have_its_time(market) -> None:
    name = published(market)
    later = market.clock.now() + timedelta(hours=2)
    corrected(market, name, at=later.isoformat())
    market.approve(name)
    market.work()
    assert rounds(market)[1][2] == "planned"
    market.clock.move(minutes=120)
    market.work()
    assert rounds(market)[1][2] == "delivered"


def test_a_correction_with_a_wrong_weekday_must_be_meant(market: Town) -> None:
    name, wrong = published(market), RIGHT.replace("samedi", "mardi")
    assert refused(lambda: corrected(market, name, wrong)) == "date-doubtful"
    corrected(market, name, wrong, as_written=True)


def test_a_withdrawal_asks_nothing_about_the_dates_of_what_it_takes_back(market: Town) -> None:
    name = published(market, WRONG.replace("samedi", "mardi"), as_written=True)
    withdrawn(market, name)


def test_what_readers_still_have_is_told_until_it_is_taken_back(market: Town) -> None:
    name = published(market)
    assert [receipt.step for receipt in afterwards.standing(market.desk, name)["memory"].receipts] == ["post"]
    withdrawn(market, name)
    market.approve(name)
    market.work()
    assert afterwards.standing(market.desk, name) == {}


def test_what_could_be_better_in_a_text_that_is_taken_back_is_not_remarked(market: Town) -> None:
    name = published(market)
    plan = afterwards.withdrawal(market.desk, name, "Le marché n’a pas lieu.", Request())
    payloads = [part.payload for part in plan.parts]
    assert (plan.problems, [payload.takes_back for payload in payloads], [payload.left_out for payload in payloads]) == ((), [True], [()])


def test_a_withdrawal_in_doubt_is_not_done_because_the_page_is_still_there(town) -> None:
    platform = town.channel("memory", Finds, Withdraws, idempotency=Idempotency.CLIENT_ID)
    name = published(town)
    withdrawn(town, name)
    platform.script("withdraw", then=iter(lambda: unknown(accepted=False), None))
    town.approve(name)
    town.work_until_settled(minutes=300)
    withdrawal = Delivery.objects.get(round=2).pk
    assert refused(lambda: resolve.published(town.desk, town.who("camille"), withdrawal, "https://memory.example/m1")) == "is-withdrawal"
    assert (rounds(town)[1], len(town.texts())) == ((2, "withdraw", "held"), 1)
