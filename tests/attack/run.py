"""Let wapiti, sqlmap and schemathesis loose on the demo, on loopback and signed in: `make attack`.

Bounded in time. Ends with 1 where a tool finds what `docs/security/attacks.json` does not explain,
or where the demo has failed at a request. Says what was found in .samplan/attack.json.
"""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread

import psycopg
import requests

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

os.environ["DJANGO_SETTINGS_MODULE"] = "project.settings"
os.environ["SAMPLAN_DEMO"] = "1"  # its key signs the tokens of the systems that call

import django  # noqa: E402

django.setup()
import described  # noqa: E402 - a file beside this one
from served import Demo, serving  # noqa: E402 - a file beside the tests

TOOLS = ROOT / ".samplan" / "attack" / "bin"
EXPLAINED = ROOT / "docs" / "security" / "attacks.json"
TO = ROOT / ".samplan" / "attack.json"
SCAN, MODULE, TARGET = 240, 60, 150  # seconds
MODULES = ("cookieflags,crlf,csp,csrf,exec,file,http_headers,ldap,methods,permanentxss,redirect,"
           "sql,timesql,upload,xss")  # fmt: skip
# Who attacks: a role that meets people, and one that changes the address book.
ONLY = os.environ.get("ONLY", "")  # pages, or api
ATTACKERS = (("regionjh", "Sara Lindmark"), ("krokom", "Karin Nyström"))
LEFT_ALONE = ("/sign-out", "/assignments", "/language")
QUERIES = (
    "/?view=todo&order=deadline&page=1&state=planning&sender=x",
    "/units/route?unit=x&kind=x&at=x",
    "/cases/00000000-0000-4000-8000-000000000000?lane=x",
)
FORMS = (
    ("/search", "/", "text=x"),
    ("/help/keys", "/help", "keys=on"),
)


@dataclass(frozen=True)
class Finding:
    """What a tool says that it has found."""

    tool: str
    kind: str
    place: str


@dataclass(frozen=True)
class Session:
    """A browser in which somebody has signed in."""

    base: str
    host: str
    cookies: dict[str, str]

    @property
    def cookie(self) -> str:
        """Return the header."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())


def main() -> int:
    """Serve the demo, attack it, and say what came of it."""
    with TemporaryDirectory(prefix="samplan-") as place:
        Path(place).chmod(0o755)
        with serving(Path(place), people=16) as demo:
            findings = attack(demo)
        faults = re.findall(r" ERROR portal\.errors (.+)", (Path(place) / "log").read_text())
    return told(findings, faults)


def told(findings: list[Finding], faults: list[str]) -> int:
    """Write what was found, and return whether anything of it is unexplained."""
    explained = {(it["tool"], it["kind"]) for it in json.loads(EXPLAINED.read_text())}
    new = [it for it in findings if (it.tool, it.kind) not in explained]
    TO.write_text(
        json.dumps({"findings": [asdict(it) for it in findings], "faults": faults}, indent=1)
    )
    for it in new:
        print(f"{it.tool}: {it.kind} at {it.place}")
    for fault in faults:
        print(f"fault: {fault}")
    print(f"{len(findings)} found, {len(new)} of them unexplained, {len(faults)} faults.")
    return int(bool(new or faults))


def attack(demo: Demo) -> list[Finding]:
    """Try everything as each of the attackers."""
    findings: list[Finding] = []
    if ONLY != "api":
        with without_pace(demo):
            for slug, name in ATTACKERS:
                session = sign_in(demo, slug, name)
                findings += [*wapiti(session), *sqlmap(session)]
    if ONLY != "pages":
        for tried in described.attack(demo):
            findings += [Finding("schemathesis", it, tried.role) for it in tried.found]
    return findings


@contextmanager
def without_pace(demo: Demo) -> Iterator[None]:
    """Let the tools ask as often as they like; that nobody else can is tried elsewhere."""
    ended = Event()

    def forget() -> None:
        with psycopg.connect(host=str(demo.postgres), user="postgres", dbname="samplan",
                             autocommit=True) as superuser:  # fmt: skip
            found = superuser.execute(
                "SELECT format('TRUNCATE %I.home_allowance', schema_name) FROM tenants_tenant"
            )
            statements = [row[0] for row in found]
            while not ended.wait(1):
                for statement in statements:
                    superuser.execute(statement)

    thread = Thread(target=forget, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def sign_in(demo: Demo, slug: str, name: str) -> Session:
    """Sign in as a persona, by number with the name in the header."""
    base, host = f"http://127.0.0.1:{demo.port}", f"{slug}.localhost:{demo.port}"
    with requests.Session() as browser:
        browser.headers["Host"] = host
        page = browser.get(f"{base}/sign-in").text
        button = page[: page.index(name)]
        fields = {
            "csrfmiddlewaretoken": re.findall(r'csrfmiddlewaretoken" value="([^"]+)"', page)[0],
            "persona": re.findall(r'name="persona" value="([^"]+)"', button)[-1],
        }
        browser.post(f"{base}/sign-in", fields, allow_redirects=False)
        choice = browser.get(f"{base}/assignments").text
        if chosen := re.findall(r'name="chosen" value="([^"]+)"', choice):
            token = re.findall(r'csrfmiddlewaretoken" value="([^"]+)"', choice)[0]
            browser.post(
                f"{base}/assignments", {"csrfmiddlewaretoken": token, "chosen": chosen[0]},
                allow_redirects=False,
            )  # fmt: skip
        assert browser.get(f"{base}/").status_code == 200, name
        return Session(base, host, dict(browser.cookies))


def wapiti(session: Session) -> Iterator[Finding]:
    """Crawl the pages, and try what a browser can send at each."""
    with TemporaryDirectory() as place:
        report = Path(place) / "report.json"
        words = [str(TOOLS / "wapiti"), "-u", f"{session.base}/", "-H", f"Host: {session.host}",
                 "-H", f"Cookie: {session.cookie}", "-m", MODULES, "-d", "4",
                 "--max-scan-time", str(SCAN), "--max-attack-time", str(MODULE), "--tasks", "1",
                 "--max-links-per-page", "40", "--max-files-per-dir", "25", "--no-bugreport",
                 "--endpoint", "http://127.0.0.1:9/", "--dns-endpoint", "127.0.0.1",
                 "--flush-session", "--store-session", place, "--store-config", place,
                 "-f", "json", "-o", str(report)]  # fmt: skip
        for path in LEFT_ALONE:
            words += ["-x", f"{session.base}{path}"]
        # Twice what it is told: it ends a module late on a busy machine.
        said = _run(words, 2 * (SCAN + MODULE * (MODULES.count(",") + 1)))
        if not report.exists():
            raise RuntimeError(said[-2000:])
        known = json.loads(report.read_text())
    print(f"wapiti at {session.host}: {known['infos'].get('crawled_pages_nbr')} pages")
    for group in ("vulnerabilities", "anomalies"):
        for kind, entries in known[group].items():
            yield from (Finding("wapiti", kind, f"{it['method']} {it['path']}: {it['info']}")
                        for it in entries)  # fmt: skip


def sqlmap(session: Session) -> Iterator[Finding]:
    """Try each parameter for injected SQL."""
    for path in QUERIES:
        yield from _sqlmap(session, path, [])
    for path, page, data in FORMS:
        more = ["--data", f"{data}&csrfmiddlewaretoken=x", "--csrf-token", "csrfmiddlewaretoken",
                "--csrf-url", f"{session.base}{page}"]  # fmt: skip
        yield from _sqlmap(session, path, more)


def _sqlmap(session: Session, path: str, more: list[str]) -> Iterator[Finding]:
    with TemporaryDirectory() as place:
        words = [str(TOOLS / "sqlmap"), "-u", f"{session.base}{path}", "--host", session.host,
                 "--cookie", session.cookie, "--batch", "--dbms", "PostgreSQL", "--level", "2",
                 "--risk", "1", "--technique", "BEUT", "--time-sec", "2", "--timeout", "15",
                 "--ignore-code", "404,422,403,400,405", "--drop-set-cookie", "--flush-session",
                 "--output-dir", place, *more]  # fmt: skip
        began = time.monotonic()
        said = _run(words, TARGET)
    print(f"sqlmap at {session.host}{path}: {time.monotonic() - began:.0f} s")
    for found in re.findall(r"^Parameter: (.+)$", said, re.MULTILINE):
        yield Finding("sqlmap", "SQL injection", f"{path}: {found}")


def _run(words: list[str], seconds: float) -> str:
    try:
        done = subprocess.run(
            words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=seconds,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as late:
        return (late.stdout or b"").decode(errors="replace")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
