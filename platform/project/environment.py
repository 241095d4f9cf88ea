"""Typed readers of the environment. A secret may come from a file: NAME_FILE names it."""

import os
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict


class Missing(Exception):
    """A value without which the product does not start."""


def text(name: str, default: str | None = None) -> str:
    """Return a value.

    :raises Missing: if it is not set and has no default
    """
    if file := os.environ.get(f"{name}_FILE"):
        return Path(file).read_text().strip()
    value = os.environ.get(name, default)
    if value is None:
        raise Missing(f"{name} saknas i miljön. Sätt {name} eller {name}_FILE och starta igen.")
    return value


def flag(name: str) -> bool:
    """Tell whether a switch is on."""
    return os.environ.get(name, "") == "1"


def number(name: str, default: int) -> int:
    """Return a whole number."""
    return int(text(name, str(default)))


def words(name: str, default: str = "") -> list[str]:
    """Return a list written with commas."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def database(url: str) -> dict[str, Any]:
    """Return Django's settings for a PostgreSQL URL."""
    parts = conninfo_to_dict(url)
    return {
        "ENGINE": "tenants.backend",
        "NAME": parts.get("dbname", "samplan"),
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": str(parts.get("port", "")),
    }
