"""Rows of the platform itself in a huvudman's schema."""

from django.db import models

from tenants.rows import Home


class Answer(Home):
    """The answer to one request, so that a repeated request gets the same one."""

    client = models.CharField(max_length=100)
    key = models.CharField(max_length=100)
    body_hash = models.CharField(max_length=64)
    status = models.IntegerField()
    body = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "key"], name="answer_once")]

    def __str__(self) -> str:
        return f"{self.client} {self.key}"
