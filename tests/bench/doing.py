"""A process under one settings module that does one thing as often as asked, and tells the cost.

    python doing.py SETTINGS MODULE:FUNCTION ARGUMENT...

The function is called once and returns what is to be done. Then each line on standard input says
how many times, and each line on standard output what once has cost.
"""

import importlib
import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict

import cost
import django


def main() -> None:
    """Prepare once, then measure until standard input ends."""
    settings, subject, *arguments = sys.argv[1:]
    os.environ["DJANGO_SETTINGS_MODULE"] = settings
    django.setup()
    module, _, function = subject.partition(":")
    act: Callable[[], object] = getattr(importlib.import_module(module), function)(*arguments)
    act()
    print("ready", flush=True)
    for line in sys.stdin:
        print(json.dumps(asdict(cost.of(act, times=int(line)))), flush=True)


if __name__ == "__main__":
    main()
