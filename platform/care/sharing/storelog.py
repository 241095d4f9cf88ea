"""A person's extract as the answer of GetAccessLogsForPatient 2.0 (XML).

Fields, lengths and cardinality are those of the contract's description, version 2.0.8
(informationsecurity:auditing:log). Its schemas were not at hand: `access_logs.xsd` beside the tests
is written down from the tables of the description, and the names of the answer's own elements
(resultCode, resultText) have to be compared with the schemas before it is sent to anybody.
"""

from datetime import datetime
from xml.etree import ElementTree as Xml

from care.law import calendar
from care.sharing.extract import Access, Extract

RESPONDER = "urn:riv:informationsecurity:auditing:log:GetAccessLogsForPatientResponder:2"
LOG = "urn:riv:informationsecurity:auditing:log:2"
PURPOSES = {"care": "Vård och behandling", "administration": "Administration"}
OTHER_PURPOSE = "Annan dokumentation enligt lag"
RESOURCE = "Utskrivning och vårdplanering"
UNKNOWN = "okänd"  # an entry from before the log told it


def xml(extract: Extract, *, names: dict[str, str]) -> bytes:
    """Return an extract as XML.

    :param names: of the huvudmän that have read, by their schemas
    """
    Xml.register_namespace("", RESPONDER)
    Xml.register_namespace("log", LOG)
    answer = Xml.Element(f"{{{RESPONDER}}}GetAccessLogsForPatientResponse")
    result = Xml.SubElement(answer, f"{{{RESPONDER}}}accessLogsResult")
    report = _add(result, "reportResult")
    code = _add(report, "result")
    _add(code, "resultCode", "OK")
    _add(code, "resultText", "")
    logs = _add(result, "accessLogs")
    for it in extract.accesses:
        _entry(_add(logs, "accessLog"), it, names.get(it.reader, it.reader))
    return bytes(Xml.tostring(answer, encoding="utf-8", xml_declaration=True))


def purpose(it: Access) -> str:
    """Return the purpose of an access, in the words of the contract."""
    return PURPOSES.get(it.purpose, OTHER_PURPOSE)


def provider_id(number: str) -> str:
    """Return the HSA-id of a care provider from its organisation number."""
    return f"SE{number}" if number else UNKNOWN


def _entry(place: Xml.Element, it: Access, name: str) -> None:
    # The name of the member of staff may be left out, and is: the unit is what tells.
    _add(place, "careProviderId", provider_id(it.reader_provider))
    _add(place, "careProviderName", name)
    _add(place, "careUnitId", it.unit_id or UNKNOWN)
    _add(place, "careUnitName", it.unit_name)
    _add(place, "accessDate", _local(it.at))
    _add(place, "userId", it.staff_hsa_id or UNKNOWN)
    _add(place, "userTitle", it.title)
    _add(place, "purpose", purpose(it))
    _add(place, "resourceType", RESOURCE)


def _add(place: Xml.Element, name: str, text: str | None = None) -> Xml.Element:
    added = Xml.SubElement(place, f"{{{LOG}}}{name}")
    added.text = text
    return added


def _local(at: datetime) -> str:
    """Return a moment as the contract writes it: Swedish time, milliseconds, no zone."""
    local = at.astimezone(calendar.STOCKHOLM).replace(tzinfo=None)
    return local.isoformat(timespec="milliseconds")
