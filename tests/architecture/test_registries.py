"""No file names the host of a package registry: where packages come from, the machine decides."""

import re

from architecture import house

# In pieces, so that this file names none either.
HOSTS = tuple(
    ".".join(pieces)
    for pieces in (
        ("registry", "npmjs", "org"), ("registry", "yarnpkg", "com"), ("npmjs", "com"),
        ("pypi", "org"), ("files", "pythonhosted", "org"), ("proxy", "golang", "org"),
        ("sum", "golang", "org"), ("repo", "maven", "apache", "org"), ("repo1", "maven", "org"),
        ("crates", "io"), ("rubygems", "org"), ("nuget", "org"), ("ghcr", "io"), ("docker", "io"),
        ("quay", "io"), ("deb", "debian", "org"), ("conda", "anaconda", "org"),
    )
)  # fmt: skip
ADDRESS = re.compile(r"--(?:extra-)?index-url|\"resolved\":|https?://[\w.-]+/(?:simple|-/)")


def named(text: str) -> set[str]:
    """Return the hosts that a text names, and the ways in which a lock may name others."""
    hosts = {host for host in HOSTS if re.search(rf"(?<![\w.-]){re.escape(host)}(?!\w)", text)}
    return hosts | set(ADDRESS.findall(text))


def test_no_file_names_a_registry() -> None:
    found = {
        str(path.relative_to(house.ROOT)): it
        for path in house.tracked()
        if not path.samefile(__file__) and (it := named(house.text_of(path)))
    }

    assert found == {}


def test_a_registry_would_be_found() -> None:
    for host in HOSTS:
        assert named(f"https://{host}/package") == {host}
    assert named('"resolved": "x"')
    assert named("--index-url=https://packages.example/simple")
    assert named("https://github.com/someone/something") == set()
