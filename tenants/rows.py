"""Kinds of rows: what a huvudman may do with them at home, and what the others may read.

Every model names its kind; `isolation` turns the kind into grants and policies.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

from django.contrib.postgres.indexes import GinIndex
from django.db import models

from tenants.apart import PREFIX
from tenants.current import connection


@dataclass(frozen=True)
class Policy:
    """A named condition under which another huvudman may read a row."""

    name: str
    condition: str


@dataclass(frozen=True)
class Isolation:
    """Rights at home, and the policy for the others.

    None: they never read; of the rows in public, those of the owner's kind read them.
    """

    at_home: str
    abroad: Policy | None = None


# Who may read is written on the row, by its owner. Without a subquery the GIN index answers it.
DISCLOSED = Policy(
    "disclosed",
    "open_to ? current_user::text AND (open_to ->> current_user::text)::timestamptz > now()",
)
# The sender's outbox and the reader's access log. current_user carries the collation of type name;
# without COLLATE the comparison would use that one, and the index on the column, built with the
# default, could not answer it.
TO_RECIPIENT = Policy("to_recipient", 'recipient = current_user::text COLLATE "default"')
ABOUT_ME = Policy("about_me", 'owner = current_user::text COLLATE "default"')
POLICIES = (DISCLOSED, TO_RECIPIENT, ABOUT_ME)
# Rows in public are read by every huvudman of the same kind, real or training (apart), and written
# by the one that owns them.
OF_REAL = Policy("read", f"NOT owner ^@ '{PREFIX}'")
OF_TRAINING = Policy("read_training", f"owner ^@ '{PREFIX}'")
OF_ALL = Policy("read", "true")
OWN = 'owner = current_user::text COLLATE "default"'

HOME = Isolation("SELECT, INSERT, UPDATE, DELETE")
APPEND_ONLY = Isolation("SELECT, INSERT")
SHAREABLE = Isolation("SELECT, INSERT, UPDATE, DELETE", DISCLOSED)
LETTER = Isolation("SELECT, INSERT", TO_RECIPIENT)
RECORD = Isolation("SELECT, INSERT", DISCLOSED)
READING = Isolation("SELECT, INSERT", ABOUT_ME)
COMMON = Isolation("SELECT, INSERT, UPDATE")
COMMON_APPEND_ONLY = Isolation("SELECT, INSERT")
# Read by both kinds: counts without a name.
TOLD_TO_ALL = Isolation("SELECT, INSERT", OF_ALL)


class NotAtHome(Exception):
    """Another huvudman's row was about to become a model instance, whose save() copies it home."""


class CurrentTransaction(models.Func):
    """The number of the running transaction, never reused (xid8)."""

    template = "pg_current_xact_id()::text::bigint"
    output_field = models.BigIntegerField()


class Row(models.Model):
    """A row in a huvudman's schema. Through a window it can be read as plain values only."""

    isolation: ClassVar[Isolation]

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Self:
        """Make an instance of a row that was read at home."""
        if connection().window:
            raise NotAtHome("read values() or values_list() through a window")
        return super().from_db(*args, **kwargs)


class Home(Row):
    """A row that nobody else may read."""

    isolation: ClassVar[Isolation] = HOME

    class Meta:
        abstract = True


class AppendOnly(Row):
    """A row that can be added, but neither changed nor removed."""

    isolation: ClassVar[Isolation] = APPEND_ONLY

    class Meta:
        abstract = True


class Shareable(Row):
    """A row that its owner can open to others: open_to is {schema of the reader: until when}."""

    isolation: ClassVar[Isolation] = SHAREABLE

    open_to = models.JSONField(default=dict, editable=False)

    class Meta:
        abstract = True
        indexes = [GinIndex(fields=["open_to"], name="%(class)s_open_to")]


class Disclosed(Row):
    """A row that is never changed, and that its owner opens at its birth: open_to as above."""

    isolation: ClassVar[Isolation] = RECORD

    open_to = models.JSONField(default=dict, editable=False)

    class Meta:
        abstract = True
        indexes = [GinIndex(fields=["open_to"], name="%(class)s_open_to")]


class Common(models.Model):
    """A row in public, without patient data: all of its kind read it, its owner writes it."""

    isolation: ClassVar[Isolation] = COMMON

    owner = models.CharField(max_length=63, editable=False)

    class Meta:
        abstract = True
