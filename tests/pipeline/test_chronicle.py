"""The journal has words for every act and every reason that the audit can keep, and they are French in French."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

import publisher
from publisher.i18n import answering
from publisher.models import Attempt, Delivery, DeliveryStep, Kind
from publisher.models.states import AttemptState, DeliveryState, StepState
from publisher.pipeline import act_words, chronicle, manifest
from publisher.pipeline.reasons import Reason

ROOT = Path(publisher.__file__).parent
CODE = re.compile(r"^[a-z_]+([.-][a-z_-]+)*$")

PATTERNS = {
    "delivery.*": {f"delivery.{state}" for state in DeliveryState},
    "manifest.*": {f"manifest.{kind}" for kind in Kind},
    "person.*": {
        f"person.{call.args[2].value}"
        for call in ast.walk(ast.parse((ROOT / "web/protection.py").read_text("utf-8")))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "_changed"
    },
    "*.*": {
        f"{kind.__name__.lower()}.{state}"
        for kind, states in ((Delivery, DeliveryState), (DeliveryStep, StepState), (Attempt, AttemptState))
        for state in states
    },
}
"""The acts whose name the code puts together, by how it does."""


def written(path: Path) -> Iterator[str]:
    """The acts that a module writes into the audit."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and ast.unparse(node.func) == "audit.record":
            act = node.args[1]
            if isinstance(act, ast.Name):
                yield getattr(importlib.import_module(".".join(path.relative_to(ROOT.parent).with_suffix("").parts)), act.id)
            elif isinstance(act, ast.JoinedStr):
                yield from PATTERNS["".join(part.value if isinstance(part, ast.Constant) else "*" for part in act.values)]
            else:
                yield ast.literal_eval(act)


EVERY_ACT = sorted({act for path in ROOT.rglob("*.py") for act in written(path)})


def kept(action: str, reason: str = "", **detail: object) -> SimpleNamespace:
    return SimpleNamespace(action=action, detail={"reason": reason, **detail}, person=None)


def test_every_act_that_the_code_writes_is_found() -> None:
    assert len(EVERY_ACT) > 60
    assert {"manifest.visa", "delivery.held", "deliverystep.in_doubt", "attempt.intent", "person.second-factor-added"} < {*EVERY_ACT}
    assert {*EVERY_ACT} - {*act_words.ACTS} == set()


@pytest.mark.parametrize("action", EVERY_ACT)
def test_every_act_has_french_words(action) -> None:
    with answering("fr"):
        assert act_words.said(action) not in {action, act_words.ACTS[action]}


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_told_in_french_and_not_by_its_code(reason) -> None:
    with answering("fr"):
        told = act_words.why(kept("delivery.held", reason))
        assert told != reason.value
        assert told.endswith(".")
        assert not CODE.match(told)


@pytest.mark.parametrize("reason", manifest.REDRAWN)
def test_so_is_every_reason_for_which_times_were_altered(reason) -> None:
    with answering("fr"):
        assert act_words.why(kept("manifest.voided", reason)).endswith(".")
        assert not CODE.match(act_words.why(kept("manifest.drawn", reason)))


def test_what_a_person_said_is_told_as_they_said_it() -> None:
    by_person = kept("channel.paused", "late")
    by_person.person = object()
    assert act_words.why(by_person) == "late"
    assert act_words.why(kept("channel.paused", "late")) == act_words.SENTENCES[Reason.LATE]
    by_person.action, by_person.detail = "delivery.held", {"reason": Reason.BY_PERSON}
    assert act_words.why(by_person) == ""  # who it was stands beside it


@pytest.mark.parametrize(
    ("action", "detail", "told"),
    [
        ("person.added", {"role": "approver", "login": None}, "valideur"),
        ("person.role-changed", {"from": "reader", "to": "author"}, "lecteur auparavant, désormais auteur"),
        ("person.second-factor-added", {"kind": "webauthn"}, "clé d’accès"),
        (
            "person.absent",
            {"first": "2026-12-01", "last": "2026-12-04", "substitute": None},
            "du mardi 1er décembre 2026 au vendredi 4 décembre 2026",
        ),
        ("announcement.queued", {"purpose": "withdraw", "reason": "Erreur."}, "retrait"),
        ("token.created", {"person": "camille", "scopes": ["read", "queue"]}, "lire où en sont les annonces, soumettre des textes"),
        ("mailing.ended", {"sent": 3, "failed": 1}, "3 envoyés, 1 en échec"),
        ("draft.discarded", {"title": "Le marché"}, "Le marché"),
        ("channel.connected", {"account": "ville", "name": "Ville"}, "ville"),
        ("manifest.visa", {"hash": "sha256:0"}, ""),
    ],
)
def test_an_act_tells_what_it_changed(action, detail, told) -> None:
    with answering("fr"):
        assert act_words.more(kept(action, **detail)) == told


def test_an_act_of_a_later_version_is_called_by_its_code() -> None:
    assert act_words.said("moon.reached") == "moon.reached"
    assert chronicle.TECHNICAL
