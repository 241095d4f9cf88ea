"""What the API's description says of the whole: title, contact, licence, service level, limits."""

from typing import Any

VERSION = "1.0.0"
HOME = "https://samplan.example.se"

TEXT = """\
Samplan låter huvudmän arbeta tillsammans med en persons väg hem från sjukhuset (lag 2017:612).
API:et har samma händelser, frågor och rättigheter som webbsidorna: en händelse heter likadant i
adressen, i beskrivningen och i loggen. Varje läsning skrivs i åtkomstloggen.

**Så börjar du.** Hämta en token med client_credentials, anropa `GET /assignments` och sedan
`GET /cases`. Varje POST som ändrar något har ett eget `Idempotency-Key`. Fel är
`application/problem+json` (RFC 9457). Tider är UTC.

**Kända begränsningar.** Högst 100 rader på en sida. En klient får göra 50 anrop i sekunden, och
200 på en gång. Personnummer finns aldrig i en adress. En person med skyddade personuppgifter öppnas
bara av en människa i Samplan.

Samplan lets care providers work together on a person's way home from hospital. The API has the same
acts, queries and rights as the pages, and every read is written to the access log.

**Getting started.** Fetch a token with client_credentials, call `GET /assignments` and then
`GET /cases`. Every POST that changes something carries an `Idempotency-Key` of its own. Errors are
problems (RFC 9457). Times are UTC.

**Known limits.** At most 100 rows in a page. A client may make 50 requests a second, and 200 at
once. No identity number is ever part of an address. A person with protected identity is opened by
people in Samplan only.
"""

SETTINGS: dict[str, Any] = {
    "TITLE": "Samplan",
    "VERSION": VERSION,
    "DESCRIPTION": TEXT,
    "TOS": f"{HOME}/villkor",
    "CONTACT": {"name": "Samplans förvaltning", "url": f"{HOME}/kontakt",
                "email": "forvaltning@samplan.example.se"},
    "LICENSE": {"name": "EUPL-1.2", "url": "https://eupl.eu/1.2/sv/"},
    "EXTERNAL_DOCS": {"description": "Snabbstart, servicenivå (SLA), checklista för leverantörer.",
                      "url": f"{HOME}/api/dokumentation"},
    "SERVERS": [
        {
            "url": f"{HOME}/api/v1",
            "description": "Produktion: värdnamnet är huvudmannens eget. / Production.",
            "x-internal": False,
        }
    ],
    "EXTENSIONS_INFO": {
        "x-sla": {
            "availability": "99,9 % varje månad, dygnet runt",
            "responseTime": "95 % av svaren inom 300 ms",
            "support": "Vardagar 8-17, driftstörning dygnet runt",
        },
        "x-limitations": "Högst 100 rader på en sida; 50 anrop i sekunden för varje klient.",
    },
    "TAGS": [
        {"name": "cases", "description": "Ärenden och deras händelser. / Cases and their acts."},
        {"name": "messages", "description": "Meddelanden och kvittenser. / Messages, receipts."},
        {"name": "individuals", "description": "Sök en person. / Find a person."},
        {"name": "directory", "description": "Enheter och uppdrag. / Units and assignments."},
        {"name": "agreements", "description": "Överenskommelser. / Agreements."},
        {"name": "readiness", "description": "Vilka som är redo att börja. / Who is ready."},
        {"name": "costs", "description": "Den gemensamma nämndens kostnader. / Shared costs."},
        {"name": "events", "description": "Händelseflödet. / The event feed."},
        {"name": "webhooks", "description": "Anrop när något händer. / Calls when it happens."},
        {"name": "service", "description": "Om API:et. / About the API."},
    ],
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SCHEMA_PATH_PREFIX_TRIM": True,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": ["api.schema.complete"],
    "AUTHENTICATION_WHITELIST": [],
    "APPEND_COMPONENTS": {
        "securitySchemes": {
            "oauth2": {
                "type": "oauth2",
                "description": "OAuth 2 client credentials med private_key_jwt (RFC7523); token"
                " enligt RFC9068 och RFC8725. Huvudmannen står i token.",
                "flows": {
                    "clientCredentials": {
                        "tokenUrl": "https://inloggning.samplan.example.se/realms/api/protocol/"
                        "openid-connect/token",
                        "refreshUrl": "https://inloggning.samplan.example.se/realms/api/protocol/"
                        "openid-connect/token",
                        "scopes": {
                            "case.read": "Läs ärenden",
                            "case.write": "Skriv i ärenden",
                            "message.read": "Läs meddelanden",
                            "message.send": "Skicka meddelanden",
                            "inbox.ack": "Kvittera och fördela",
                            "directory.read": "Läs enheter och uppdrag",
                            "agreement.read": "Läs överenskommelser",
                            "cost.read": "Läs kostnader",
                            "event.read": "Läs händelser",
                        },
                    }
                },
            }
        }
    },
}  # fmt: skip
