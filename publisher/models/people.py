"""People who write, agree and look after the service, and who acts in a given moment."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from publisher.models.fields import values

NAME_LENGTH = 64


class Role(StrEnum):
    """What a person may do."""

    AUTHOR = "author"
    APPROVER = "approver"
    ADMINISTRATOR = "administrator"
    READER = "reader"


class Person(AbstractBaseUser):
    """An account; `system_user` is the login of the machine that may act as it on the command line.

    Until `agrees_from` it agrees to nothing, unless somebody else than `raised_by` confirms it (`pipeline.newcomers`).
    """

    name = models.CharField(max_length=NAME_LENGTH, unique=True)
    role = models.CharField(max_length=16)
    email = models.EmailField(blank=True)
    system_user = models.CharField(max_length=NAME_LENGTH, unique=True, null=True, default=None)  # noqa: DJ001 - unique, and most have none
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    agrees_from = models.DateTimeField(null=True, default=None)
    raised_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, default=None, related_name="+", db_index=False)

    USERNAME_FIELD = "name"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["role"]

    objects = BaseUserManager["Person"]()

    class Meta:
        """Roles outside the list cannot be stored."""

        constraints = (models.CheckConstraint(condition=models.Q(role__in=values(Role)), name="person_role"),)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: a person, the login of the machine it came from, or, with neither, the service itself."""

    person: Person | None = None
    system_user: str = ""

    @property
    def name(self) -> str:
        """The name that the audit keeps."""
        return self.person.name if self.person else self.system_user


SERVICE = Actor()
