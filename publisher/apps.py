"""The one Django app."""

from django.apps import AppConfig


class PublisherConfig(AppConfig):
    """Publisher, as Django knows it."""

    name = "publisher"
    default_auto_field = "django.db.models.BigAutoField"
