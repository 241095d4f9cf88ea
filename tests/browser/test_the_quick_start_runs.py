"""The quick start of the API runs as it stands, against the demo: curl, Python and JavaScript."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from served import Demo

from api import problems
from portal.assets import build

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "api" / "index.md"


def block(language: str, demo: Demo) -> str:
    found = re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert len(found) == 1
    return (
        str(found[0]).replace(":8000", f":{demo.port}").replace("port: 8000", f"port: {demo.port}")
    )


def run(words: list[str]) -> str:
    done = subprocess.run(
        words, cwd=ROOT, env=os.environ | {"SAMPLAN_DEMO": "1"}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_with_curl(demo: Demo) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not here")

    told = run(["bash", "-euc", block("bash", demo)])

    assert '"api_status":"active"' in told
    assert '"ward_nurse"' in told
    assert '"has_more"' in told


def test_with_python(demo: Demo) -> None:
    told = run([sys.executable, "-c", block("python", demo)]).splitlines()

    assert told[0].startswith("201 ")
    assert told[0] == told[1]


def test_with_javascript(demo: Demo) -> None:
    node, _ = build.toolchain()

    told = run([node, "-e", block("javascript", demo)])

    assert re.fullmatch(r"200 [1-9][0-9]* 304\n", told)


def test_every_problem_stands_in_the_table() -> None:
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| (\d{3}) \|", PAGE.read_text(), re.MULTILINE))

    assert rows == {it.name: str(it.status) for it in problems.ALL}
