"""A person's extract as a FHIR R4 bundle of AuditEvent (JSON)."""

import json
from typing import Any

from care.individuals.models import Identity
from care.sharing.extract import Access, Extract
from care.sharing.storelog import purpose

HSA_ID = "urn:oid:1.2.752.129.2.1.4.1"
# A reserve number is of whoever gave it out, which nobody has told us: it has no system.
NUMBERS = {
    Identity.Kind.PERSONNUMMER: "urn:oid:1.2.752.129.2.1.3.1",
    Identity.Kind.SAMORDNINGSNUMMER: "urn:oid:1.2.752.129.2.1.3.3",
}
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
ACTIONS = {"write": "U"}  # everything else is a read
SUCCESS, REFUSED = "0", "4"


def bundle(extract: Extract, *, names: dict[str, str]) -> bytes:
    """Return an extract as FHIR.

    :param names: of the huvudmän that have read, by their schemas
    """
    told = {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": extract.at.isoformat(),
        "entry": [
            {"resource": _event(it, _identifier(extract), names.get(it.reader, it.reader))}
            for it in extract.accesses
        ],
    }
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def _identifier(extract: Extract) -> dict[str, str]:
    system = NUMBERS.get(Identity.Kind(extract.kind))
    return {"value": extract.number} | ({"system": system} if system else {})


def _event(it: Access, person: dict[str, str], huvudman: str) -> dict[str, Any]:
    return {
        "resourceType": "AuditEvent",
        "id": f"{it.reader.replace('_', '-')}-{it.number}",
        "type": {"system": f"{TERMINOLOGY}/audit-event-type", "code": "rest"},
        "action": ACTIONS.get(it.activity, "R"),
        "recorded": it.at.isoformat(),
        "outcome": REFUSED if it.decision == "denied" else SUCCESS,
        "purposeOfEvent": [{"text": purpose(it)}],
        "agent": [_person(it), _unit(it, huvudman)],
        "source": {"observer": {"display": it.system or "Samplan"}},
        "entity": [
            {
                "what": {"identifier": person},
                "type": {"system": f"{TERMINOLOGY}/audit-entity-type", "code": "1"},
                "role": {"system": f"{TERMINOLOGY}/object-role", "code": "1"},
            }
        ],
    }


def _person(it: Access) -> dict[str, Any]:
    agent: dict[str, Any] = {"role": [{"text": it.title}], "requestor": True}
    if it.staff_hsa_id:
        agent["who"] = {"identifier": {"system": HSA_ID, "value": it.staff_hsa_id}}
    return agent


def _unit(it: Access, huvudman: str) -> dict[str, Any]:
    who = {"identifier": {"system": HSA_ID, "value": it.unit_id}} if it.unit_id else {}
    return {"who": who | {"display": f"{it.unit_name}, {huvudman}"}, "requestor": False}
