"""Who must agree (delivery.md §3): every pair of editor and person, for zero, one and two besides the last editor."""

import itertools
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from publisher.adapters.base import Idempotency
from publisher.errors import Refused, UsageError
from publisher.models import Actor, Approval, Audit, Manifest
from publisher.pipeline import approve, people, resolve, schedule, status
from publisher.pipeline import manifest as manifests
from publisher.pipeline.plan import Window
from publisher.testing.memory_platform import accept, refuse
from tests.database import NOON
from tests.pipeline.town import ROLES, Town, at


def refusal(town: Town, name: str, **options: Any) -> Refused:
    before = list(Approval.objects.values_list("pk", flat=True)), Audit.objects.count()
    with pytest.raises(Refused) as caught:
        town.approve(name, **options)
    assert (list(Approval.objects.values_list("pk", flat=True)), Audit.objects.count()) == before
    return caught.value


def outcome_of(town: Town, name: str, person: str) -> str:
    try:
        agreement = town.approve(name, by=person)
    except Refused as refused:
        return refused.code
    kind = Approval.objects.latest("pk").kind
    return f"{kind}, sealed" if agreement.sealed else kind


# editor, then people in their order: what each of them is answered
ONE_BESIDES_THE_EDITOR = [
    ("camille", ["camille"], ["author-alone"]),
    ("camille", ["alix"], ["role-missing"]),
    ("camille", ["lou"], ["role-missing"]),
    ("camille", ["eden"], ["role-missing"]),
    ("camille", ["dominique"], ["visa, sealed"]),
    ("camille", ["alix", "dominique"], ["role-missing", "visa, sealed"]),
    ("camille", ["dominique", "sacha"], ["visa, sealed", "already-sealed"]),
    ("dominique", ["dominique"], ["author-alone"]),
    ("dominique", ["camille"], ["accord, sealed"]),
    ("dominique", ["sacha"], ["visa, sealed"]),
    ("dominique", ["lou"], ["role-missing"]),
    ("dominique", ["eden"], ["role-missing"]),
]
TWO_BESIDES_THE_EDITOR = [
    ("camille", ["dominique", "sacha"], ["visa", "visa, sealed"]),
    ("camille", ["dominique", "dominique"], ["visa", "already-agreed"]),
    ("camille", ["dominique", "alix"], ["visa", "role-missing"]),
    ("camille", ["dominique", "camille"], ["visa", "author-alone"]),
    ("dominique", ["camille", "alix"], ["accord", "accord, sealed"]),
    ("dominique", ["camille", "sacha"], ["accord", "visa, sealed"]),
]
MATRIX = [(1, *row) for row in ONE_BESIDES_THE_EDITOR] + [(2, *row) for row in TWO_BESIDES_THE_EDITOR]


@pytest.mark.parametrize(("required", "editor", "agreeing", "answers"), MATRIX)
def test_who_may_agree_and_when_it_is_enough(clock, data_dir, required, editor, agreeing, answers) -> None:
    town = Town(clock, data_dir, required=required)
    town.channel()
    name = town.queue(by=editor)
    assert [outcome_of(town, name, person) for person in agreeing] == answers


def test_nothing_leaves_that_two_people_did_not_agree_to_one_of_them_an_approver(clock, data_dir) -> None:
    """Every order of every two people: what leaves was agreed to by two, one of them an approver."""
    for number, (editor, *others) in enumerate(itertools.permutations(["camille", "alix", "dominique", "sacha", "lou"], 3)):
        town = Town(clock, data_dir)
        town.channel()
        name = town.queue(f"Annonce {number}", by=editor, memory=town.part("memory", f"Texte {number}", window=Window(None, None, None)))
        sealed = [answer.endswith("sealed") and answer != "already-sealed" for answer in (outcome_of(town, name, each) for each in others)]
        agreed = {editor, *itertools.compress(others, sealed)}
        manifest = Manifest.objects.get(announcement=name)
        assert bool(manifest.sealed_at) == (len(agreed) == 2 and "approver" in {ROLES[person] for person in agreed})


def test_a_person_agrees_to_a_hash(town) -> None:
    town.channel()
    name = town.queue()
    agreement = town.approve(name)
    manifest, approval = Manifest.objects.get(), Approval.objects.get()
    assert (agreement.id, agreement.hash, agreement.sealed) == (name, manifest.hash, True)
    assert (approval.hash, approval.person.name, approval.system_user, approval.kind) == (manifest.hash, "dominique", "login", "visa")
    assert list(Audit.objects.values_list("action", "person__name")) == [
        ("announcement.queued", "camille"),
        ("manifest.visa", "dominique"),
        ("manifest.sealed", "dominique"),
    ]


def test_the_last_editor_cannot_be_forged_into_an_approval(town) -> None:
    town.channel()
    name = town.queue()
    with pytest.raises(Exception, match="approval_by_another"):
        manifests.agree(town.who("camille"), Manifest.objects.get(announcement=name), "visa", NOON)


def test_nobody_is_no_second_person(town) -> None:
    town.channel()
    name = town.queue()
    from publisher.pipeline import approve

    with pytest.raises(Refused) as caught:
        approve.approve(town.desk, Actor(None, "root"), name)
    assert caught.value.code == "author-alone"


def test_a_delivery_s_id_names_its_announcement(town) -> None:
    town.channel()
    town.queue()
    assert town.approve(town.delivery().pk).sealed


@pytest.mark.parametrize("name", ["a-zzzzzzzz", "", "d-zzzzzzzz", "★"])
def test_an_unknown_id_is_refused(town, name) -> None:
    town.channel()
    town.queue()
    assert refusal(town, name).code == "unknown-id"


def test_what_was_sent_back_is_not_approved_any_more(town) -> None:
    town.channel()
    name = town.queue()
    town.reject(name, reason="Le titre est faux.")
    refused = refusal(town, name)
    assert (refused.code, str(refused)) == ("voided", f"{name} was sent back (Le titre est faux.): queue the corrected text.")


def test_what_was_canceled_awaits_nothing(town) -> None:
    town.channel()
    name = town.queue()
    town.cancel(name)
    assert refusal(town, name).code == "not-awaiting"


def test_a_rejection_says_why_and_leaves_a_draft_of_which_nothing_leaves(town) -> None:
    town.channel()
    name = town.queue()
    with pytest.raises(Refused) as caught:
        town.reject(name, reason=" ")
    assert caught.value.code == "reason-missing"
    town.reject(name)
    assert Audit.objects.latest("sequence").detail == {"reason": "Le titre est faux."}
    town.clock.move(minutes=2)
    town.work()
    assert town.announcement_state(name) == "draft"
    assert town.state() == ("planned", "not-approved")


def moved_apart(town: Town) -> str:
    """Approved on both channels; then the second gets another time, and so awaits a new visa."""
    name = town.planned(one=town.part("one", "Un.", "Deux."), two=town.part("two"))
    schedule.reschedule(town.desk, town.who("camille"), town.delivery("two").pk, at(town.clock, 90).isoformat())
    return name


def test_sent_back_nothing_of_it_leaves_though_a_part_was_approved_before(town) -> None:
    town.channel("one")
    town.channel("two")
    name = moved_apart(town)
    town.reject(name)
    assert set(Manifest.objects.values_list("void_reason", flat=True)) == {"Le titre est faux."}
    town.clock.move(minutes=2)
    town.work()
    town.clock.move(minutes=90)
    town.work()
    assert (town.texts("one"), town.texts("two"), town.announcement_state(name)) == ([], [], "draft")


def test_what_was_out_before_it_was_sent_back_is_no_draft(town) -> None:
    town.channel("one")
    town.channel("two")
    name = moved_apart(town)
    town.clock.move(minutes=2)
    town.work()
    town.reject(name)
    assert (town.state("one"), town.state("two")[0], town.announcement_state(name)) == (("delivered", ""), "planned", "partial")
    assert status.one(town.desk, name)["sent_back"]["reason"] == "Le titre est faux."


def test_what_was_half_out_when_it_was_sent_back_is_for_a_person(town) -> None:
    town.channel("one")
    name = town.planned(one=town.part("one", "Un.", "Deux."))
    town.platforms["one"].script("send", accept(), refuse())
    town.clock.move(minutes=1)
    town.work()
    schedule.reschedule(town.desk, town.who("camille"), name, at(town.clock, 90).isoformat())
    town.reject(name)
    assert (town.state("one"), town.announcement_state(name)) == (("held", "stopped-midway"), "held")
    resolve.drop(town.desk, town.who("camille"), name)
    assert (town.state("one"), town.texts("one")) == (("delivered", "dropped-partly"), ["Un."])


@pytest.mark.parametrize(("known", "state"), [(True, ("planned", "")), (False, ("held", "stopped-midway"))])
def test_what_only_the_account_sees_is_a_draft_like_the_rest(town, known, state) -> None:
    """Without its channel in config.toml nobody can say whether readers see it."""
    town.channel("one", idempotency=Idempotency.TWO_PHASE)
    name = town.planned(one=town.part("one", "Un."))
    town.platforms["one"].script("send", accept(), refuse())
    town.clock.move(minutes=1)
    town.work()
    schedule.reschedule(town.desk, town.who("camille"), name, at(town.clock, 90).isoformat())
    if not known:
        del town.channels["one"]
    town.reject(name)
    assert town.state("one") == state


@pytest.mark.parametrize("begin", [None, refuse()], ids=["planned", "refused"])
def test_a_new_time_brings_no_visa_back_that_was_sent_back(town, begin) -> None:
    town.channel("one")
    town.channel("two")
    name = moved_apart(town)
    town.clock.move(minutes=1 if begin else 0)
    if begin:
        town.platforms["one"].script("send", begin)
        town.work()
    town.reject(name)
    assert not schedule.reschedule(town.desk, town.who("camille"), town.delivery("one").pk, at(town.clock, 10).isoformat())
    assert town.announcement_state(name) == "awaiting_approval"
    town.clock.move(minutes=10)
    town.work()
    assert town.texts("one") == []


def test_what_is_approved_is_not_sent_back(town) -> None:
    town.channel()
    name = town.planned()
    with pytest.raises(Refused) as caught:
        town.reject(name)
    assert caught.value.code == "already-sealed"


# ---------------------------------------------------------------- the document changed


@pytest.mark.parametrize(("editor", "agreeing"), [("camille", "dominique"), ("dominique", "camille")])
@pytest.mark.parametrize("whose", ["camille", "dominique"])
def test_a_visa_stays_given_when_somebody_gets_another_role(town, editor, agreeing, whose) -> None:
    town.channel()
    name = town.queue(by=editor)
    town.approve(name, by=agreeing)
    people.change_role(town.desk, town.who("lou"), whose, "reader")
    town.clock.move(minutes=1)
    town.work()
    assert town.state() == ("delivered", "")


def test_an_author_who_becomes_an_approver_has_given_no_visa(clock, data_dir) -> None:
    town = Town(clock, data_dir, required=2)
    town.channel()
    name = town.queue(by="dominique")
    town.approve(name, by="camille")
    people.change_role(town.desk, town.who("lou"), "dominique", "author")
    assert outcome_of(town, name, "alix") == "role-missing"
    assert outcome_of(town, name, "sacha") == "visa, sealed"


def test_what_too_few_people_agreed_to_is_held_when_its_time_is_over(town) -> None:
    """config.toml asks for more since the visa: those who gave it must be told that it did not leave."""
    town.channel()
    name = town.queue()
    town.approve(name)
    town.required = 2
    town.clock.move(minutes=1)
    begun = town.work()
    assert town.state() == ("planned", "not-approved")
    town.clock.move(minutes=31)
    town.work(begun)
    assert (town.state(), town.announcement_state(name)) == (("held", "not-approved"), "held")


@pytest.mark.parametrize(("at_first", "more"), [(0, ["dominique"]), (0, ["dominique", "sacha"]), (1, ["sacha"])])
def test_when_more_people_must_agree_than_did_they_still_can(clock, data_dir, at_first, more) -> None:
    """config.toml asks for more since: what nobody can agree to any more would stay for ever."""
    town = Town(clock, data_dir, required=at_first)
    town.channel()
    name = town.queue(memory=town.part(window=Window(None, None, None)))
    if at_first:
        town.approve(name)
    town.required = at_first + len(more)
    begun = town.work()
    assert (town.state(), town.announcement_state(name), status.idle(begun)) == (("planned", "not-approved"), "awaiting_approval", True)
    assert [town.approve(name, by=person).sealed for person in more] == [False] * (len(more) - 1) + [True]
    assert (town.announcement_state(name), status.idle(begun)) == ("planned", False)
    with pytest.raises(Refused, match="already approved"):
        town.approve(name, by="sacha")
    town.work(begun)
    assert town.state() == ("delivered", "")


def test_each_part_that_awaits_a_visa_can_have_it(town) -> None:
    """Two times, two manifests; more people must agree to both."""
    town.channel("one")
    town.channel("two")
    name = town.planned()
    schedule.reschedule(town.desk, town.who("camille"), town.delivery("two").pk, at(town.clock, 90).isoformat())
    town.approve(name)
    town.required = 2
    assert [town.approve(name, by="sacha").sealed for _ in range(2)] == [True, True]
    town.clock.move(minutes=90)
    assert status.everything(town.desk)["announcements"][0]["state"] == "planned"


def test_a_document_that_changed_since_is_refused(town) -> None:
    town.channel()
    name = town.queue()
    path = town.folder.parent / "Le marché change de place.md"
    path.write_text("Un autre texte.", encoding="utf-8")
    refused = refusal(town, name)
    assert refused.code == "file-changed"
    assert str(refused) == (f"{path} has changed since it was queued: queue the new file, or approve what was queued with --as-queued.")
    assert town.approve(name, as_queued=True).sealed


@pytest.mark.parametrize("change", [Path.unlink, lambda path: (path.unlink(), path.mkdir())], ids=["removed", "a folder now"])
def test_a_document_that_is_no_longer_there_says_nothing(town, change) -> None:
    town.channel()
    name = town.queue()
    change(town.folder.parent / "Le marché change de place.md")
    assert town.approve(name).sealed


# ---------------------------------------------------------------- the time is past


def test_a_time_that_is_past_asks_for_now_or_another(town) -> None:
    town.channel()
    name = town.queue()
    town.clock.move(minutes=2)
    refused = refusal(town, name)
    assert (refused.code, str(refused)) == (
        "due-past",
        "The planned time (Tuesday 24 November 2026 at 13:01) is past: approve with --now, or with a new time (--at).",
    )


def test_now_approves_and_sends_in_one_act(town) -> None:
    town.channel()
    name = town.queue()
    town.clock.move(minutes=45)
    assert town.approve(name, now=True).sealed
    assert (town.delivery().due_at, town.delivery().not_after) == (town.clock.now(), at(town.clock, 30))
    town.work()
    assert town.state() == ("delivered", "")
    assert list(Manifest.objects.order_by("pk").values_list("void_reason", flat=True)) == ["new-time", ""]


def test_a_new_time_approves_too(town) -> None:
    town.channel()
    name = town.queue()
    town.clock.move(minutes=45)
    assert town.approve(name, at="2026-11-24T18:00").sealed
    assert town.delivery().due_at == NOON + timedelta(hours=5)


def test_a_new_time_is_not_past_either(town) -> None:
    town.channel()
    name = town.queue()
    town.clock.move(minutes=45)
    assert refusal(town, name, at="2026-11-24T13:44").code == "time-past"


def test_now_is_for_what_is_past(town) -> None:
    town.channel()
    name = town.queue()
    assert refusal(town, name, now=True).code == "not-late"
    assert refusal(town, name, at="2026-11-24T18:00").code == "not-late"


def test_only_what_is_past_gets_the_new_time(town) -> None:
    town.channel("one")
    town.channel("two")
    later = Window(at(town.clock, 60), at(town.clock, 90), None)
    name = town.queue(one=town.part("one"), two=town.part("two", window=later))
    town.clock.move(minutes=5)
    town.approve(name, now=True)
    assert (town.delivery("one").due_at, town.delivery("two").due_at) == (town.clock.now(), later.due_at)
    assert Manifest.objects.filter(sealed_at__isnull=False).count() == 1


def test_an_end_that_is_past_asks_for_a_new_time_too(town) -> None:
    town.channel()
    name = town.queue(memory=town.part(window=Window(None, at(town.clock, 10), None)))
    town.clock.move(minutes=10)
    assert refusal(town, name).code == "due-past"
    assert town.approve(name, now=True).sealed


def test_a_bad_time_is_wrong_usage(town) -> None:
    town.channel()
    name = town.queue()
    town.clock.move(minutes=5)
    with pytest.raises(UsageError):
        town.approve(name, at="demain")


def test_an_earlier_agreement_was_to_other_times_and_now_is_when_the_last_one_agrees(clock, data_dir) -> None:
    town = Town(clock, data_dir, required=2)
    town.channel()
    name = town.queue()
    assert not town.approve(name).sealed
    town.clock.move(minutes=5)
    assert not town.approve(name, by="sacha", now=True).sealed
    town.clock.move(minutes=5)
    assert town.approve(name, now=True).sealed
    assert town.delivery().due_at == town.clock.now()


@pytest.mark.parametrize("options", [{"now": True}, {"at": "2026-11-24T15:00"}])
def test_an_author_does_not_agree_alone_to_a_time_of_their_own_for_an_approver_s_text(town, options) -> None:
    town.channel()
    name = town.queue(by="dominique")
    town.clock.move(minutes=5)
    assert refusal(town, name, by="camille", **options).code == "time-of-another"
    town.work()
    assert town.platforms["memory"].accepted == []
    schedule.reschedule(town.desk, town.who("dominique"), name, "2026-11-24T15:00")
    assert town.approve(name, by="camille").sealed, "the time is the one that the approver chose"


def test_a_text_that_an_author_moved_needs_an_approver_who_did_not_write_it(town) -> None:
    town.channel()
    name = town.queue(by="dominique")
    assert not schedule.reschedule(town.desk, town.who("camille"), name, "2026-11-24T15:00")
    waiting = approve.awaiting(town.desk, name)
    assert [who for who in ROLES if approve.may_agree(town.who(who), waiting)] == ["sacha"]
    assert refusal(town, name, by="camille").code == refusal(town, name, by="alix").code == "time-of-another"
    assert town.approve(name, by="sacha").sealed


# ---------------------------------------------------------------- due when approved


@pytest.mark.parametrize(
    ("embargo", "end", "due", "not_after"),
    [
        (None, None, 0, 30),
        (None, 20, 0, 20),
        (40, None, 40, 70),
        (40, 50, 40, 50),
        (-10, None, 0, 30),
    ],
)
def test_without_a_time_it_is_due_when_approved_and_never_under_embargo(town, embargo, end, due, not_after) -> None:
    town.channel()
    window = Window(None, at(town.clock, end) if end else None, at(town.clock, embargo) if embargo else None)
    name = town.queue(memory=town.part(window=window))
    town.approve(name)
    assert (town.delivery().due_at, town.delivery().not_after) == (at(town.clock, due), at(town.clock, not_after))
