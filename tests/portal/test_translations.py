"""The English catalogue: complete, without doubt, and of the same placeholders as the Swedish."""

from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.utils import translation
from django.utils.translation import gettext, ngettext, trans_real
from pytest_django import Settings
from visits import browser

from infra.dev import messages


def test_the_catalogue_has_every_text_and_no_other() -> None:
    assert list(messages.faults()) == []


class TestExtraction:
    def test_reads_calls_in_python_and_joins_their_parts(self) -> None:
        source = 'x = gettext_lazy("Hej"\n    " du")\ny = ngettext("{n} dag", "{n} dagar", n)'

        assert set(messages.in_python(source)) == {("Hej du", ""), ("{n} dag", "{n} dagar")}

    def test_leaves_what_is_looked_up_to_the_tables(self) -> None:
        assert list(messages.in_python("gettext(LABELS[act])")) == []

    def test_reads_templates_also_inside_the_attributes_of_components(self) -> None:
        source = """<c-card title="{% translate 'Text' %}">{% blocktranslate trimmed %}
            Hej
            {{ name }}
        {% endblocktranslate %}</c-card>"""

        assert set(messages.in_template(source)) == {("Text", ""), ("Hej %(name)s", "")}

    def test_reads_plurals_of_templates(self) -> None:
        source = (
            "{% blocktranslate count number=rows %}{{ number }} rad{% plural %}"
            "{{ number }} rader{% endblocktranslate %}"
        )

        assert list(messages.in_template(source)) == [("%(number)s rad", "%(number)s rader")]

    def test_finds_the_tables_of_the_law_and_the_roles(self) -> None:
        found = messages.texts()

        assert ("Underrättelse om utskrivningsklar", "") in found
        assert ("Koordinator i kommunen", "") in found
        assert ("Utskrivningsklar", "") in found


class TestAFault:
    @pytest.fixture
    def catalogue(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> polib.POFile:
        copy = tmp_path / "django.po"
        copy.write_bytes(messages.CATALOGUE.read_bytes())
        monkeypatch.setattr(messages, "CATALOGUE", copy)
        return polib.pofile(str(copy))

    def found(self, catalogue: polib.POFile) -> str:
        before = set(messages.faults())
        catalogue.save()
        (fault,) = set(messages.faults()) - before
        return fault

    def test_is_a_text_that_is_not_translated(self, catalogue: polib.POFile) -> None:
        catalogue.find("Kvittera").msgstr = ""

        assert self.found(catalogue).startswith("untranslated: 'Kvittera'")

    def test_is_a_translation_in_doubt(self, catalogue: polib.POFile) -> None:
        catalogue.find("Kvittera").flags.append("fuzzy")

        assert self.found(catalogue).startswith("fuzzy: 'Kvittera'")

    def test_is_a_text_that_is_missing(self, catalogue: polib.POFile) -> None:
        catalogue.remove(catalogue.find("Kvittera"))

        assert self.found(catalogue).startswith("missing: 'Kvittera'")

    def test_is_a_text_that_nobody_uses(self, catalogue: polib.POFile) -> None:
        catalogue.append(polib.POEntry(msgid="Borta", msgstr="Gone"))

        assert self.found(catalogue).startswith("obsolete: 'Borta'")

    def test_is_a_placeholder_that_differs(self, catalogue: polib.POFile) -> None:
        catalogue.find("%(unit)s bevakar inkorgen nu.").msgstr = "%(units)s watches the inbox."

        assert self.found(catalogue).startswith("placeholders differ")


@pytest.fixture
def english(tmp_path: Path, settings: Settings) -> Iterator[None]:
    """Compile the catalogue and read it, and forget it afterwards."""
    messages.compile_catalogue(tmp_path / "en" / "LC_MESSAGES" / "django.mo")
    settings.LOCALE_PATHS = [tmp_path]
    trans_real._translations.clear()
    with translation.override("en"):
        yield
    trans_real._translations.clear()


def test_texts_are_english_when_english_is_chosen(english: None) -> None:
    assert gettext("Kvittera") == "Acknowledge"
    assert ngettext("{number} dag", "{number} dagar", 1) == "{number} day"
    assert ngettext("{number} dag", "{number} dagar", 2) == "{number} days"


def test_a_page_is_english_for_who_has_chosen_it(english: None, units: None) -> None:
    client = browser()

    client.post("/language", {"language": "en", "next": "/help"})

    page = client.get("/help").content.decode()
    assert '<html lang="en"' in page
    assert "What the words mean" in page
    assert "Vad orden betyder" not in page


def test_pages_are_swedish_unless_another_language_is_chosen(units: None) -> None:
    page = browser().get("/help", headers={"accept-language": "sv"}).content.decode()

    assert '<html lang="sv"' in page
    assert "Vad orden betyder" in page
