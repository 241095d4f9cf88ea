"""A PDF out of a typst template: for everybody and for the archive, always the same.

It is tagged (PDF/UA-1), holds its typefaces and can be kept as it is (PDF/A-2a).

What people have written travels as JSON and is never read as markup. The same texts give the same
bytes wherever they are set.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from importlib import resources, util
from pathlib import Path
from typing import Any

import typst

FONT_PACKAGE, FONT_FOLDER = "fontpkg_inter", "files"
# In this order; the last one comes with typst itself, so that there is always one.
TYPEFACES = ("Inter", "Libertinus Serif")
# What both have besides Latin letters: typst refuses a text with a sign that it cannot show.
SHOWN_SIGNS = frozenset("\u200b–—‘’‚“”„†‡•…‰€™−≤≥≈⁰⁴⁵⁶⁷⁸⁹")
LAST_LATIN = "\u017f"
NOT_SHOWN = "?"
# By Unicode's category: line ends and tabs, marks that only steer, and what no typeface has.
INSTEAD_OF = {"Cc": " ", "Cf": "", "Cs": NOT_SHOWN, "Co": NOT_SHOWN, "Cn": NOT_SHOWN}
# A word without end breaks anywhere, rather than run into the next column.
ENDLESS, MAY_BREAK = re.compile(r"\S{26}(?=\S)"), "\u200b"
PAPERS_REMEMBERED = 11
COMMON = "paper.typ"  # stands before every template

Texts = Mapping[str, Any]


def pdf(
    template: str,
    texts: Texts,
    *,
    verbatim: Mapping[str, str],
    on: date,
    folder: str = "billing.papers",
    mark: str = "",
    pictures: Path | None = None,
) -> bytes:
    """Return a template of a folder with its texts, as a PDF that was made on a day.

    `texts` is JSON. A sign in it that neither Inter nor typst's own typeface can show is printed as
    a question mark, and long words may break; what is `verbatim` is printed as it is. A `mark`
    stands at the foot of every page. The template may show what lies in the folder of `pictures`.
    """
    printable: dict[str, Any] = {"mark": mark, **_each(texts, _printable)}
    try:
        return _compiled(_source(folder, template), {**printable, **verbatim}, on, pictures)
    except typst.TypstError:
        shown = {**_each(printable, _shown), **verbatim}
        return _compiled(_source(folder, template), shown, on, pictures)
    finally:
        _forget()


def _source(folder: str, template: str) -> bytes:
    common = resources.files("billing.papers").joinpath(COMMON)
    return common.read_bytes() + resources.files(folder).joinpath(template).read_bytes()


def _compiled(source: bytes, content: Texts, on: date, pictures: Path | None) -> bytes:
    root: Any = pictures  # its types ask for what the source is, which is bytes
    return typst.compile(
        source,
        root=root,
        format="pdf",
        pdf_standards=["ua-1", "a-2a"],
        font_paths=_fonts(),
        sys_inputs={"content": json.dumps({"typefaces": _typefaces(), **content})},
        timestamp=datetime.combine(on, time(), UTC),
    )


def _forget() -> None:
    # typst keeps what it has laid out for as many papers more: 50 MB each where many share.
    for _ in range(PAPERS_REMEMBERED):
        typst.compile(b"", format="pdf", font_paths=_fonts())


def _typefaces() -> list[str]:
    # typst warns of a typeface that it does not find.
    return [it for it in TYPEFACES if it in _fonts().families()]


@cache
def _fonts() -> typst.Fonts:
    # The machine's own typefaces are left out: a paper looks alike wherever it is set.
    spec = util.find_spec(FONT_PACKAGE)
    places = (spec.submodule_search_locations if spec else None) or []
    return typst.Fonts(
        include_system_fonts=False, font_paths=[f"{it}/{FONT_FOLDER}" for it in places]
    )


def _printable(text: str) -> str:
    signs = (INSTEAD_OF.get(unicodedata.category(it), it) for it in text)
    return ENDLESS.sub(lambda it: it[0] + MAY_BREAK, unicodedata.normalize("NFC", "".join(signs)))


def _shown(text: str) -> str:
    return "".join(it if it <= LAST_LATIN or it in SHOWN_SIGNS else NOT_SHOWN for it in text)


def _each(content: Any, of: Callable[[str], str]) -> Any:
    if isinstance(content, str):
        return of(content)
    if isinstance(content, Mapping):
        return {key: _each(value, of) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_each(value, of) for value in content]
    return content
