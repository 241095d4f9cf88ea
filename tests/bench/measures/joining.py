"""Joining: one huvudman until somebody is in, a county from its file, the board of readiness."""

import csv
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pairs
from databases import CELL, FRESH, LARGE, Databases
from huvudman import joining_values
from pairs import Doing
from results import Result

SAMPLAN = Path(sys.executable).parent / "samplan"
ROUNDS = 31
HEAD = (
    "schema", "namn", "typ", "orgnr", "län", "kommunkod", "värdnamn", "delregion", "önskad_start",
    "administratör", "administratör_namn", "telefon",
)  # fmt: skip


def first_sign_in(databases: Databases) -> list[Result]:
    """Measure from the command that lets a huvudman join until its administrator has a page."""
    databases.make_cell()
    number = LARGE + 20
    it = joining_values(number)
    began = time.perf_counter()
    subprocess.run(
        [SAMPLAN, "tenant", "add", "--schema", it["schema_name"], "--name", it["name"],
         "--kind", it["kind"], "--orgnr", it["organisation_number"], "--county", it["county_code"],
         "--municipality", it["municipality_code"], "--domain", it["domain"],
         "--administrator", f"SE{it['organisation_number']}-P1",
         "--administrator-name", "Ida Norberg", "--phone", "063-00 00 00"],
        env=databases.environment(CELL), check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    added = time.perf_counter() - began
    entered = databases.step("enter", number, database=CELL)
    what = f"samplan tenant add among {LARGE} others until its administrator's first page"
    return [
        Result("first_sign_in", f"{what}, by the clock", added + entered, "s", 2),
        Result("first_sign_in_page", "of which signing in and the page", entered, "s"),
    ]


def county_file(databases: Databases) -> list[Result]:
    """Measure a county of a region and 49 municipalities, from one file into an empty database."""
    databases.make_fresh()
    with TemporaryDirectory() as place:
        file = Path(place) / "county.csv"
        with file.open("w", newline="") as written:
            rows = csv.writer(written, delimiter=";")
            rows.writerow(HEAD)
            rows.writerows(_row(number) for number in range(LARGE))
        began = time.perf_counter()
        subprocess.run(
            [SAMPLAN, "tenant", "add-county", file],
            env=databases.environment(FRESH), check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        seconds = time.perf_counter() - began
    what = "a region and 49 municipalities with an administrator each, from one file"
    return [Result("county_file", f"{what}, by the clock", seconds, "s", 180)]


def readiness_board(databases: Databases) -> list[Result]:
    """Measure the board of 49 municipalities, beside the ward's worklist in the same county."""
    databases.make_cell()
    token = databases.step("tell", LARGE - 1, database=CELL)
    databases.tidy(CELL)
    environment = databases.environment(CELL)
    found = pairs.rounds(
        {
            name: Doing("ours.whole", "subjects:page", ("region.localhost", *words), environment)
            for name, words in {
                "inbox": ("/", databases.known.cookie),
                "board": ("/onboarding", f"__Host-samplan_session={token}"),
            }.items()
        },
        count=ROUNDS,
    )
    ratio = pairs.middle(found, lambda it: it["board"] / it["inbox"])
    alone = pairs.middle(found, lambda it: it["board"])
    what = "readiness board of 49 municipalities over a ward's worklist of 50 rows"
    return [
        Result("readiness_board", f"{what}: CPU", ratio.cpu, "×", 2.0),
        Result("readiness_board_wall", "the same by the clock", ratio.wall, "×"),
        Result("readiness_board_ms", "the board alone: CPU", alone.cpu * 1000, "ms"),
    ]


def _row(number: int) -> tuple[str, ...]:
    it = joining_values(number)
    return (
        it["schema_name"], it["name"], "Kommun" if number else "Region", it["organisation_number"],
        it["county_code"], it.get("municipality_code", ""), it["domain"],
        f"Delregion {number % 6}" if number else "", "", f"SE{it['organisation_number']}-P1",
        "Ida Norberg", "063-00 00 00",
    )  # fmt: skip
