"""The checkable rules of the Swedish national REST API profile (1.2.0), over an OpenAPI document.

Each rule judges as Digg's linter RAP-LP does: references are followed first, and what stands
beside a `$ref` does not count. Where RAP-LP is silent because the thing it looks at is missing
(no servers, an error without content, a date that may be null), the rule speaks. RES.02 is ours
to check: RAP-LP's command line leaves it out, and it never looks into path templates.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import NamedTuple

from tests.api.document import (
    Node,
    bodies,
    dated,
    examples,
    is_error,
    leaves,
    lists_of_parameters,
    operations,
    parameters,
    properties,
    resolved,
    responses,
    schemes,
    urls,
)

Fault = tuple[str, str]  # where, and what is wrong
Rule = Callable[[Node], Iterator[Fault]]

PROBLEM = "application/problem+json"
PROBLEM_MEMBERS = ("type", "title", "status", "detail", "instance")
LONGEST_URL = 2048

# RAP-LP knows the two languages by these words.
ENGLISH = frozenset(
    """
    and to the is in that for on with but of has if we it they was from by request response
    resource call access authentication authorization error update create delete retrieve example
    header body parameters key description password security requests result
    """.split()
)
SWEDISH = frozenset(
    """
    och att i det som är för på med men en av har om vi den de var från till begäran svar resurs
    anrop åtkomst autentisering behörighet felmeddelande uppdatera skapa hämta förfrågan objekt
    rubrik kropp nyckel beskrivning lösenord säkerhet förfrågningar resultat
    """.split()
)
LIMITS = ("limit", "begränsning", "problem")
# The first line is RAP-LP's; the numbers of those who have no personnummer are ours.
IDENTITY_NUMBERS = frozenset(
    """
    pnr personnummer personnr personalidentitynumber ssn socialsecuritynumber
    identitynumber personalnumber coordinationnumber samordningsnummer reservnummer
    """.split()
)

JSON = re.compile(r"application/json(?:$|;\s*charset=.*)")
UTF_8 = re.compile(r"application/json(?:$|;\s*charset=\"?utf-8\"?)", re.IGNORECASE)
SNAKE = re.compile(r"[a-z]+(?:_[a-z]+)*")
CAMEL = re.compile(r"[a-z]+(?:[A-Z][a-z]*)*")
QUERY_NAME = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*|[a-z]+(?:[A-Z][a-z]*)*")
URL_SAFE = re.compile(r"[a-zA-Z0-9._~-]+")
TEMPLATE = re.compile(r"\{[^{}]+\}")
ADDRESS = re.compile(r"[a-z0-9/.,~-]+")
API_URL = re.compile(r"[^/:]+://[^/]+/[^/]+/v+[0-9]+/?")
VERSION = re.compile(r"v[0-9]+")
PORT = re.compile(r"^https?://[^/]+?:([0-9]+)(?:/|$)")
HTTPS = re.compile(
    r"https://((localhost|\d{1,3}(\.\d{1,3}){3})|([a-zA-Z0-9-]+\.)+[a-zA-Z]{2,})(:\d+)?(/\S*)?"
)
WEB = re.compile(r"(https?://)?(www\.)?([a-zA-Z0-9-]+\.)+[a-zA-Z]{2,}(/\S*)?")
MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?(?P<zone>Z|[+-]\d{2}:\d{2})?"
)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
LIKE_A_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}\S*")

RULES: dict[str, Rule] = {}


class Finding(NamedTuple):
    """A place that breaks a rule."""

    rule: str
    place: str
    fault: str


def rule(name: str) -> Callable[[Rule], Rule]:
    """Register a rule under the profile's name for it."""

    def register(function: Rule) -> Rule:
        RULES[name] = function
        return function

    return register


def judge(document: Node, *names: str) -> list[Finding]:
    """Return what breaks the named rules, or any rule."""
    followed = resolved(document)
    return [Finding(name, *fault) for name in names or RULES for fault in RULES[name](followed)]


def missing(place: str, node: Node, *names: str) -> Iterator[Fault]:
    """Yield the members that are not there, or are empty."""
    for name in names:
        value = node.get(name)
        if not (value.strip() if isinstance(value, str) else value):
            yield f"{place}.{name}", "is missing or empty"


def mixed(named: list[tuple[str, str]]) -> Iterator[Fault]:
    """Yield the names that are written in the rarer of two ways."""
    snake = [it for it in named if "_" in it[1]]
    camel = [it for it in named if re.search("[A-Z]", it[1])]
    if snake and camel:
        for place, name in min(snake, camel, key=len):
            yield place, f"{name} is written in another way than the other names"


def is_moment(text: object) -> bool:
    """Tell whether a text is a moment according to RFC 3339, with or without its zone."""
    if not (isinstance(text, str) and MOMENT.fullmatch(text)):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def is_day(text: object) -> bool:
    """Tell whether a text is a date according to RFC 3339."""
    if not (isinstance(text, str) and DAY.fullmatch(text)):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


# Documentation.


@rule("DOK.01")
def documentation_lies_open(document: Node) -> Iterator[Fault]:
    """Documentation and specification are to be had online."""
    yield from missing("externalDocs", document.get("externalDocs") or {}, "description", "url")


@rule("DOK.03")
def it_says_what_it_is(document: Node) -> Iterator[Fault]:
    """About the API, terms of use, versions, contact, licence."""
    info = document.get("info", {})
    yield from missing("info", info, "title", "version", "description", "termsOfService")
    yield from missing("info.contact", info.get("contact", {}), "name", "url", "email")
    yield from missing("info.license", info.get("license", {}), "name", "url")


@rule("DOK.06")
def two_languages(document: Node) -> Iterator[Fault]:
    """Documentation is in Swedish and in English."""
    description = str(document.get("info", {}).get("description") or "")
    words = set(re.findall("[a-zåäö]+", description.lower()))
    for language, known in (("Swedish", SWEDISH), ("English", ENGLISH)):
        if not words & known:
            yield "info.description", f"holds no {language}"


@rule("DOK.07")
def an_overview(document: Node) -> Iterator[Fault]:
    """The documentation gives an overview."""
    yield from missing("info", document.get("info", {}), "description")


@rule("DOK.08")
def service_level(document: Node) -> Iterator[Fault]:
    """The level of service is described."""
    info, more = document.get("info", {}), document.get("externalDocs") or {}
    level = info.get("x-sla") or {}
    described = str(more.get("description") or "").lower()
    if not (
        info.get("termsOfService")
        or all(level.get(it) for it in ("availability", "responseTime", "support"))
        or (
            ("sla" in described or "service level agreement" in described)
            and WEB.fullmatch(str(more.get("url") or ""))
        )
    ):
        yield "info", "has no termsOfService and no x-sla, and no externalDocs on the SLA"


@rule("DOK.09")
def known_limits(document: Node) -> Iterator[Fault]:
    """Known problems and limits are described."""
    info, more = document.get("info", {}), document.get("externalDocs") or {}
    texts = (str(it.get("description") or "").lower() for it in (info, more))
    if not (info.get("x-limitations") or any(word in it for it in texts for word in LIMITS)):
        yield "info.description", f"names none of {', '.join(LIMITS)}"


@rule("DOK.11")
def purpose(document: Node) -> Iterator[Fault]:
    """What the API is for is described, and by words."""
    if not isinstance(document.get("info", {}).get("description"), str):
        yield "info.description", "is no text"
    yield from an_overview(document)


@rule("DOK.15")
def examples_in_full(document: Node) -> Iterator[Fault]:
    """Every request and every answer has an example."""
    contents = [*bodies(document)]
    contents += [(place, it.get("content", {})) for place, _, it in responses(document)]
    for place, content in contents:
        for kind, media in content.items():
            if (
                JSON.match(kind)
                and not {"example", "examples"} & media.keys()
                and not media.get("schema", {}).get("example")
            ):
                yield f"{place}.{kind}", "has no example"


@rule("DOK.17")
def newest_version(document: Node) -> Iterator[Fault]:
    """The document is written in the newest major version of OpenAPI."""
    if document.get("swagger"):
        yield "swagger", "is of an older version"
    if not re.fullmatch(r"(3|[4-9]|[1-9]\d+)\.\d+\.\d+", str(document.get("openapi"))):
        yield "openapi", "is no version from 3 on"


@rule("DOK.19")
def operations_described(document: Node) -> Iterator[Fault]:
    """Every operation is described; RAP-LP takes every member of a path for one."""
    for path, item in document.get("paths", {}).items():
        for name, operation in item.items():
            if isinstance(operation, dict):
                yield from missing(f"paths.{path}.{name}", operation, "description")
            else:
                yield f"paths.{path}.{name}", "stands among the operations and is none"


@rule("DOK.20")
def answers_described(document: Node) -> Iterator[Fault]:
    """Every answer and every error is described."""
    for place, _, operation in operations(document):
        yield from missing(place, operation, "responses")
    for place, _, response in responses(document):
        yield from missing(place, response, "description")


# Dates and moments.


@rule("DOT.01")
def rfc_3339(document: Node) -> Iterator[Fault]:
    """Dates and moments follow RFC 3339, shown by the example of each (DOT.02 in RAP-LP's code)."""
    for place, kind, example in dated(document):
        if not (is_day(example) if kind == "date" else is_moment(example)):
            yield f"{place}.example", f"{example!r} is no {kind} according to RFC 3339"


@rule("DOT.04")
def utc(document: Node) -> Iterator[Fault]:
    """A moment has its zone, and what is answered is in UTC."""
    for place, kind, example in dated(document):
        if kind == "date-time" and not (is_moment(example) and str(example).endswith("Z")):
            yield f"{place}.example", f"{example!r} is not in UTC"
    for place, _, response in responses(document):
        for kind, media in response.get("content", {}).items():
            for leaf in (leaf for it in examples(media) for leaf in leaves(it)):
                text = str(leaf)
                if LIKE_A_MOMENT.fullmatch(text) and not (is_moment(text) and text.endswith("Z")):
                    yield f"{place}.{kind}", f"answers {text}, which is not in UTC"


# Resources.


@rule("RES.02")
def no_identity_number_in_an_address(document: Node) -> Iterator[Fault]:
    """Nobody's identity number stands in an address."""
    named = [(place, it["name"]) for place, it in parameters(document, "query", "path")]
    named += [
        (f"paths.{path}", name)
        for path in document.get("paths", {})
        for name in re.findall(r"\{([^{}]+)\}", path)
    ]
    for place, name in named:
        if re.sub("[_-]", "", name).lower() in IDENTITY_NUMBERS:
            yield place, f"{name} would put an identity number in an address"


# Format and names of addresses.


@rule("UFN.01")
def form_of_addresses(document: Node) -> Iterator[Fault]:
    """Addresses are {protocol}://{domain}/{api}/{version}/{resource}/{identifier}."""
    yield from missing("", document, "servers")
    for place, url in urls(document):
        if not API_URL.fullmatch(url):
            yield place, f"{url} is not protocol://domain/api/version"
    for path in document.get("paths", {}):
        if path.endswith("/") or not path.startswith("/"):
            yield f"paths.{path}", "begins without a slash, or ends with one"


@rule("UFN.02")
def port_443(document: Node) -> Iterator[Fault]:
    """Every API is served by HTTPS, at port 443."""
    for place, url in urls(document):
        port = PORT.match(url)
        if not url.startswith("https:") or (port and port[1] != "443"):
            yield place, f"{url} is not HTTPS at port 443"


@rule("UFN.05")
def length_of_addresses(document: Node) -> Iterator[Fault]:
    """No address is longer than 2,048 characters."""
    longest = max((len(url) for _, url in urls(document)), default=0)
    for place, path, operation in operations(document):
        names = [it["name"] for it in operation.get("parameters", []) if it["in"] == "path"]
        if longest + len(path) + 1 + sum(len(name) + 2 for name in names) > LONGEST_URL:
            yield place, f"is longer than {LONGEST_URL} characters"


@rule("UFN.07")
def characters_of_addresses(document: Node) -> Iterator[Fault]:
    """Addresses are written with a-z, 0-9, hyphen, full stop and tilde."""
    named = [(place, url.replace(":", "")) for place, url in urls(document)]
    named += [(f"paths.{path}", path) for path in document.get("paths", {})]
    for place, address in named:
        if not ADDRESS.fullmatch(TEMPLATE.sub("", address)):
            yield place, "has characters other than a-z, 0-9, -, . and ~"


@rule("UFN.08")
def hyphens_between_words(document: Node) -> Iterator[Fault]:
    """Words are separated by hyphens, and by nothing else."""
    for path in document.get("paths", {}):
        for part in path.split("/"):
            if not part.startswith("{") and re.search(r"[,._~]|^-|-$|--", part):
                yield f"paths.{path}", f"{part} separates words by something else than a hyphen"


@rule("UFN.09")
def no_blank_and_no_underscore(document: Node) -> Iterator[Fault]:
    """Neither blank nor underscore stands in an address, but for its query."""
    named = [*urls(document)]
    named += [(f"paths.{path}", path) for path in document.get("paths", {})]
    named += [(place, it["name"]) for place, it in parameters(document, "path")]
    for place, text in named:
        if re.search(r"[\s_]", text):
            yield place, f"{text} holds a blank or an underscore"


# Messages.


@rule("AME.01")
def json_both_ways(document: Node) -> Iterator[Fault]:
    """Requests and answers are JSON."""
    for place, content in bodies(document):
        if not any(JSON.match(kind) for kind in content):
            yield place, "is no JSON"
    for place, status, response in responses(document):
        if (
            not is_error(status)
            and "content" in response
            and not any(JSON.match(kind) for kind in response["content"])
        ):
            yield place, "is no JSON"


@rule("AME.02")
def json_is_what_is_accepted(document: Node) -> Iterator[Fault]:
    """Who names no format gets JSON."""
    for place, content in bodies(document):
        if not any(JSON.match(kind) for kind in content):
            yield place, "is not accepted as JSON"


@rule("AME.04")
def one_of_two_notations(document: Node) -> Iterator[Fault]:
    """Fields are named in snake_case or in camelCase."""
    for place, name, _ in properties(document):
        if not (SNAKE.fullmatch(name) or CAMEL.fullmatch(name)):
            yield place, f"{name} is neither snake_case nor camelCase, or has a figure"


@rule("AME.05")
def one_notation(document: Node) -> Iterator[Fault]:
    """The two are not mixed."""
    yield from mixed([(place, name) for place, name, _ in properties(document)])


@rule("AME.07")
def alphanumeric(document: Node) -> Iterator[Fault]:
    """Fields are named by letters, figures and the underscore."""
    for place, name, _ in properties(document):
        if not re.fullmatch("[a-zA-Z0-9_]+", name):
            yield place, f"{name} has other characters"


# Requests.


@rule("ARQ.01")
def utf_8(document: Node) -> Iterator[Fault]:
    """A request is sent in UTF-8, which JSON always is."""
    for place, content in bodies(document):
        if not any(UTF_8.match(kind) for kind in content):
            yield place, "is not sent as JSON in UTF-8"


@rule("ARQ.03")
def headers(document: Node) -> Iterator[Fault]:
    """The headers that every API should know have the form they have everywhere."""
    found = [*parameters(document, "header", "cookie")]
    for place, _, response in responses(document):
        for name, header in response.get("headers", {}).items():
            found.append((f"{place}.headers.{name}", {**header, "name": name, "in": "header"}))
    for place, it in found:
        schema, name = it.get("schema", {}), it["name"].lower()
        if (
            (it["in"] == "cookie" and "type" not in schema)
            or (name == "date" and schema.get("format") != "date-time")
            or (name == "cache-control" and not schema.get("enum"))
            or (name == "etag" and schema.get("format") != "etag")
            or (name == "connection" and "keep-alive" not in schema.get("enum", []))
        ):
            yield place, "has not the form of that header"


@rule("ARQ.05")
def no_payload_in_headers(document: Node) -> Iterator[Fault]:
    """A header holds no structure and nothing binary."""
    for place, it in parameters(document, "header"):
        schema = it.get("schema", {})
        if "content" in it or schema.get("type") == "object":
            yield place, "is a structure"
        if schema.get("format") == "binary":
            yield place, "is binary"


# Errors.


@rule("FEL.01")
def problem_details(document: Node) -> Iterator[Fault]:
    """An error says what RFC 9457 says of it."""
    for place, _, response in responses(document):
        if PROBLEM in response.get("content", {}):
            schema = response["content"][PROBLEM].get("schema", {})
            if schema.get("type") != "object":
                yield f"{place}.{PROBLEM}", "is no object"
            yield from missing(f"{place}.{PROBLEM}", schema.get("properties", {}), *PROBLEM_MEMBERS)


@rule("FEL.02")
def problem_json(document: Node) -> Iterator[Fault]:
    """Every error is application/problem+json."""
    for place, status, response in responses(document):
        if is_error(status) and PROBLEM not in response.get("content", {}):
            yield place, f"is not {PROBLEM}"


# Versions.


@rule("VER.05")
def version_in_the_address(document: Node) -> Iterator[Fault]:
    """The major version stands in the address."""
    for place, url in urls(document):
        if not any(VERSION.fullmatch(part) for part in url.split("/")[3:]):
            yield place, f"{url} names no version"


@rule("VER.06")
def api_info(document: Node) -> Iterator[Fault]:
    """What API it is can be read at its root."""
    yield from missing("paths", document.get("paths", {}), "/api-info")


# Filters, pages, search parameters.


@rule("FNS.01")
def one_convention(document: Node) -> Iterator[Fault]:
    """Query parameters are named in one way."""
    named = [(place, it["name"]) for place, it in parameters(document, "query")]
    for place, name in named:
        if not QUERY_NAME.fullmatch(name):
            yield place, f"{name} is neither snake_case nor camelCase"
    yield from mixed(named)


@rule("FNS.03")
def begins_with_a_letter(document: Node) -> Iterator[Fault]:
    """The name of a query parameter begins with a letter."""
    for place, it in parameters(document, "query"):
        if not re.match("[a-zA-Z]", it["name"]):
            yield place, "begins with something else than a letter"


@rule("FNS.05")
def optional(document: Node) -> Iterator[Fault]:
    """Query parameters may be left out."""
    for place, it in parameters(document, "query"):
        if it.get("required", False) is not False:
            yield place, "cannot be left out"


@rule("FNS.06")
def safe_names(document: Node) -> Iterator[Fault]:
    """The names of query parameters need no encoding."""
    for place, it in parameters(document, "query"):
        if not URL_SAFE.fullmatch(it["name"]):
            yield place, "has characters that an address cannot hold as they are"


@rule("FNS.07")
def limit_and_page(document: Node) -> Iterator[Fault]:
    """Pages have a limit, and are asked for by page or by offset."""
    for place, query in lists_of_parameters(document):
        if {"page", "offset"} & query.keys() and "limit" not in query:
            yield place, "has pages without a limit"


@rule("FNS.08")
def pages_start_at_one(document: Node) -> Iterator[Fault]:
    """The first page is number 1."""
    for place, query in lists_of_parameters(document):
        if "page" in query and query["page"].get("schema", {}).get("default") != 1:
            yield f"{place}.parameters.page", "does not start at 1"


@rule("FNS.09")
def twenty_at_a_time(document: Node) -> Iterator[Fault]:
    """A page holds 20, unless told otherwise."""
    for place, query in lists_of_parameters(document):
        if "limit" in query and query["limit"].get("schema", {}).get("default") != 20:
            yield f"{place}.parameters.limit", "is not 20 by default"


# Security.


@rule("SAK.01")
def https(document: Node) -> Iterator[Fault]:
    """All that is sent is sent by HTTPS."""
    yield from missing("", document, "servers")
    for place, url in urls(document):
        if not HTTPS.fullmatch(url):
            yield place, f"{url} is no https address"


@rule("SAK.09")
def no_password(document: Node) -> Iterator[Fault]:
    """Neither Basic nor Digest is used."""
    for place, scheme in schemes(document):
        if str(scheme.get("scheme")).lower() in {"basic", "digest"}:
            yield place, f"is {scheme['scheme']}"


@rule("SAK.10")
def bearer(document: Node) -> Iterator[Fault]:
    """Who asks shows a token, in the header Authorization: Bearer."""
    found = [*schemes(document)]
    for place, scheme in found:
        if "scheme" in scheme and str(scheme["scheme"]).lower() != "bearer":
            yield place, f"is {scheme['scheme']} and not Bearer"
    if not any(it.get("scheme") or it.get("type") == "oauth2" for _, it in found):
        yield "components.securitySchemes", "holds no way to show a token"


@rule("SAK.15")
def no_key_in_an_address(document: Node) -> Iterator[Fault]:
    """No key stands in an address."""
    for place, scheme in schemes(document):
        if scheme.get("type") == "apiKey" and str(scheme.get("in")).lower() == "query":
            yield place, "is a key in an address"


@rule("SAK.16")
def keys_in_headers(document: Node) -> Iterator[Fault]:
    """A key stands in a header."""
    for place, scheme in schemes(document):
        if scheme.get("type") == "apiKey" and str(scheme.get("in")).lower() != "header":
            yield place, "is a key outside the headers"


@rule("SAK.18")
def oauth_2(document: Node) -> Iterator[Fault]:
    """OAuth 2 is how access is given, and its addresses are https."""
    found = [(place, it) for place, it in schemes(document) if it.get("type") == "oauth2"]
    if not found:
        yield "components.securitySchemes", "holds no OAuth 2"
    for place, scheme in found:
        for flow, it in scheme.get("flows", {}).items():
            for name, url in it.items():
                if name.lower().endswith("url") and not str(url).startswith("https://"):
                    yield f"{place}.flows.{flow}.{name}", "is no https address"


# What RAP-LP adds to the profile.


@rule("FOR.02")
def get_has_no_body(document: Node) -> Iterator[Fault]:
    """A GET takes no body."""
    for place, _, operation in operations(document):
        if place.endswith(".get") and "requestBody" in operation:
            yield f"{place}.requestBody", "is a body of a GET"
