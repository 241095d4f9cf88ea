"""Lists that are read whole, since they are short, and answered a page at a time."""

from collections.abc import Sequence
from typing import Any

from api import paging
from api.operation import Call
from api.v1.rows import page_of


def cut(request: Call, rows: Sequence[Any]) -> dict[str, Any]:
    """Return the page of some rows that is asked for."""
    page, limit = paging.asked(request.query_params)
    found = paging.cut(tuple(rows), page, limit)
    return page_of(found, page, limit, has_more=len(rows) > page * limit)
