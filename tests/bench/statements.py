"""The SQL statements that one request sends: `python statements.py PATH COOKIE`, as JSON."""

import json
import os
import sys
from typing import Any

import django


def main() -> None:
    """Ask once to warm up, and once to listen."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "ours.whole"
    django.setup()
    from django.db import connection
    from subjects import page

    ask = page("region.localhost", *sys.argv[1:])
    ask()
    sent = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        sent.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        ask()
    print(json.dumps(sent))


if __name__ == "__main__":
    main()
