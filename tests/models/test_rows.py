"""Rows by plain SQL are the rows that Django would read and write."""

import pytest
from django.apps import apps
from django.db import models

from publisher.models import Delivery, DeliveryStep, Manifest, Receipt, rows
from tests.pipeline.town import Town

KINDS = list(apps.get_app_config("publisher").get_models())


@pytest.fixture
def lived(clock, data_dir) -> Town:
    """A town in which something of everything has been written down."""
    town = Town(clock, data_dir)
    town.channel()
    town.planned()
    town.clock.move(minutes=1)
    town.work()
    return town


def values(row: models.Model) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


@pytest.mark.usefixtures("lived")
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_what_is_found_is_what_django_finds(kind) -> None:
    key = kind._meta.pk.column
    assert [values(row) for row in rows.found(kind, f"1 = 1 ORDER BY {key}")] == [values(row) for row in kind.objects.order_by("pk")]


def test_values_are_compared_as_the_database_keeps_them(lived) -> None:
    (delivery,) = rows.found(Delivery, "due_at = %s AND announcement_id = %s", lived.delivery().due_at, lived.delivery().announcement_id)
    assert delivery == lived.delivery()


def test_what_a_row_refers_to_is_at_hand_once_it_is_fetched(lived, django_assert_num_queries) -> None:
    (delivery,) = rows.found(Delivery, "id = %s", lived.delivery().pk)
    with django_assert_num_queries(3):
        rows.fetch(delivery, "manifest__version__editor")
    with django_assert_num_queries(0):
        assert delivery.manifest.version.editor.name == "camille"


def test_what_is_missing_is_not_fetched(lived) -> None:
    (receipt,) = rows.found(Receipt, "1 = 1")
    attempt = receipt.step.attempts.get()
    rows.fetch(attempt, "dismissed_by")
    assert attempt.dismissed_by is None


def test_an_added_row_has_its_key_and_the_defaults_of_its_kind(lived) -> None:
    step = lived.delivery().steps.get()
    copy = DeliveryStep(delivery=step.delivery, position=7, step="more", effect="publish")
    rows.add(copy)
    assert values(DeliveryStep.objects.get(pk=copy.pk)) == values(copy)


def test_a_change_may_name_a_relation_by_its_object(lived) -> None:
    delivery = lived.delivery()
    other = Manifest.objects.create(
        announcement=delivery.announcement, version=delivery.version, canonical="{}", hash="-", created_at=lived.clock.now()
    )
    assert rows.change(Delivery, [delivery.pk], {"state": "planned"}, {"manifest": other}) == 0
    assert rows.change(Delivery, [delivery.pk], {"state": "delivered"}, {"manifest": other}) == 1
    assert lived.delivery().manifest == other
