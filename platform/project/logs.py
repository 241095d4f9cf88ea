"""What the log says of a fault: its class and its place, never its own words.

A database names in them the row that it could not write, and so a patient: "Key (number)=(...)
already exists". No library that logs an exception is trusted to leave that out.
"""

import logging
from copy import copy
from traceback import walk_tb
from types import FrameType
from typing import Any

OURS = ("billing.", "care.", "portal.", "project.", "tenants.")


class WithoutValues(logging.Formatter):
    """Writes a record that brings an exception as the class and place of the exception alone."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; the record is left as it is, for whoever else reads it."""
        line = copy(record)
        if record.exc_info and record.exc_info[1]:
            line.msg, line.args = without_values(record.exc_info[1]), None
        elif isinstance(record.args, tuple):
            line.args = tuple(map(_named, record.args))
        elif record.args:
            line.args = {name: _named(it) for name, it in record.args.items()}
        line.exc_info = line.exc_text = line.stack_info = None
        return super().format(line)


def without_values(fault: BaseException) -> str:
    """Name a fault and the innermost place of ours that it came through."""
    frames = list(walk_tb(fault.__traceback__))
    ours = [it for it in frames if _module(it[0]).startswith(OURS)]
    if not frames:
        return type(fault).__qualname__
    frame, line = (ours or frames)[-1]
    return f"{type(fault).__qualname__} in {_module(frame)}.{frame.f_code.co_qualname}:{line}"


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", "?"))


def _named(value: Any) -> Any:
    return without_values(value) if isinstance(value, BaseException) else value
