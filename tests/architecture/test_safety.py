"""What no line of the product does: build SQL or HTML of strings, call out past the list, guess."""

import ast
from collections.abc import Callable, Iterator

import pytest
from architecture import house

# Each one is here because somebody has read it: what the text of the statement is built of.
SQL_OF_STRINGS = {
    "tenants/copying.py": "a constant, and statements that PostgreSQL has written itself",
    "tenants/leaving/remove.py": "two constants",
    "tenants/migrating.py": "a schema's name, quoted, of the registry",
}
# The registry and the address book are read by everybody: no row of theirs has a door.
HAS_NO_DOOR = {"platform/portal/onboarding.py"}
# Who speaks HTTP without integrations.outgoing: to the own process on loopback, nowhere else.
SPEAKS_HTTP = {
    "platform/integrations/outgoing.py": "the one way out",
    "platform/integrations/keycloak/sync.py": "by what project/commands/keycloak.py made",
    "platform/project/commands/demo.py": "waits for the demo that it has started",
    "platform/project/commands/doctor.py": "asks whether the own port is taken",
}
CLIENTS = ("requests", "httpx", "aiohttp", "urllib3", "urllib.request", "http.client", "socket",
           "smtplib", "ftplib", "telnetlib", "xmlrpc", "authlib.integrations",
           "keycloak")  # fmt: skip
# What reads XML uses defusedxml; these write it.
READS_XML = ("xml", "lxml", "defusedxml.lxml", "xmltodict")
WRITES_XML = {
    "billing/invoices/ubl.py",
    "platform/care/sharing/storelog.py",
    "platform/care/identity/hsa/reading.py",  # names the type alone, and reads by defusedxml
}
STATEMENTS = {"execute", "executemany", "raw", "RawSQL", "extra", "copy", "stream"}
PARSES = {"parse", "fromstring", "iterparse", "XMLParser", "XML", "XMLPullParser"}
OF_CODE = {"eval", "exec", "compile", "__import__"}
OF_PICKLES = ("pickle", "shelve", "marshal", "dill", "yaml", "jsonpickle")
Rule = Callable[[ast.AST], bool]


def found(rule: Rule, *, under: tuple[str, ...] = ("",), migrations: bool = False) -> set[str]:
    """Return the places where a rule is broken: file and line."""
    return {
        f"{name}:{line}"
        for path in house.sources(migrations=migrations)
        if (name := str(path.relative_to(house.ROOT))).startswith(under)
        for line in breaks(rule, house.text_of(path))
    }


def breaks(rule: Rule, source: str) -> Iterator[int]:
    for node in ast.walk(ast.parse(source)):
        if rule(node):
            yield getattr(node, "lineno", 0)


def imports(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (it.name for it in node.names)
    if isinstance(node, ast.ImportFrom) and node.module:
        yield from (f"{node.module}.{it.name}" for it in node.names)


def imports_of(*modules: str) -> Rule:
    return lambda node: any(
        name == it or name.startswith(f"{it}.") for name in imports(node) for it in modules
    )


def name_of(call: ast.AST) -> str:
    target = call.func if isinstance(call, ast.Call) else None
    if isinstance(target, ast.Attribute):
        return target.attr
    return target.id if isinstance(target, ast.Name) else ""


def builds_sql(node: ast.AST) -> bool:
    """Tell whether a statement is put together of values: psycopg's own composition is none."""
    return (
        isinstance(node, ast.Call)
        and name_of(node) in STATEMENTS
        and bool(node.args)
        and any(map(_is_put_together, ast.walk(node.args[0])))
        and not _is_composed(node.args[0])
    )


def _is_put_together(node: ast.AST) -> bool:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        return True
    is_formatted = isinstance(node, ast.Call) and name_of(node) in {"format", "join", "replace"}
    return isinstance(node, ast.JoinedStr) or is_formatted


def _is_composed(node: ast.AST) -> bool:
    # sql.SQL("...").format(sql.Identifier(...)): quoted by psycopg, of a text that stands there.
    inner = node
    while isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute):
        if name_of(inner) == "SQL":
            return not any(map(_is_put_together, ast.walk(inner)))
        inner = inner.func.value
    return False


def gets_past_a_door(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and name_of(node) in {"get", "get_object_or_404", "get_list_or_404"}
        and (".objects" in ast.unparse(node.func) or "_or_404" in name_of(node))
    )


def parses_xml(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and name_of(node) in PARSES and "ET." in ast.unparse(node)


def unescapes(node: ast.AST) -> bool:
    """Tell whether text is called safe that does not stand in the source; format_html escapes."""
    if not isinstance(node, ast.Call):
        return False
    if name_of(node) in {"format_html", "format_html_join"}:
        return any(map(_is_put_together, node.args[:2]))
    is_told = any(not isinstance(it, ast.Constant) for it in node.args)
    return name_of(node) in {"mark_safe", "SafeString", "SafeText"} and is_told


def runs_text(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in OF_CODE
    )


def runs_a_shell(node: ast.AST) -> bool:
    return (isinstance(node, ast.keyword) and node.arg == "shell") or (
        isinstance(node, ast.Call) and ast.unparse(node.func) in {"os.system", "os.popen"}
    )


def test_no_statement_is_put_together_of_values() -> None:
    files = {it.partition(":")[0] for it in found(builds_sql, migrations=True)}

    assert files == set(SQL_OF_STRINGS)


def test_nothing_is_written_into_a_page_unescaped() -> None:
    assert found(unescapes) == set()


def test_no_view_takes_a_row_past_its_door() -> None:
    taken = found(gets_past_a_door, under=("platform/portal/", "api/"))

    assert {it.partition(":")[0] for it in taken} <= HAS_NO_DOOR


def test_every_call_to_another_system_goes_through_the_list() -> None:
    callers = {it.partition(":")[0] for it in found(imports_of(*CLIENTS))}

    # A library's session may be used where it is bound to the list by the same module.
    unbound = {it for it in callers if "outgoing" not in (house.ROOT / it).read_text()}
    assert unbound <= set(SPEAKS_HTTP)


def test_no_xml_is_read_but_by_defusedxml() -> None:
    users = {it.partition(":")[0] for it in found(imports_of(*READS_XML))}

    assert users <= WRITES_XML
    assert found(parses_xml) == set()


def test_no_text_is_run_and_no_object_is_read_that_could_be_code() -> None:
    assert found(runs_text) == set()
    assert found(runs_a_shell) == set()
    assert found(imports_of(*OF_PICKLES)) == set()


@pytest.mark.parametrize(
    ("rule", "planted"),
    [
        (builds_sql, 'cursor.execute(f"SELECT {name}")'),
        (builds_sql, 'cursor.execute("SELECT %s" % name)'),
        (builds_sql, 'Case.objects.raw("SELECT {}".format(name))'),
        (builds_sql, 'cursor.execute("SELECT " + ", ".join(names))'),
        (builds_sql, 'cursor.execute(sql.SQL(f"SELECT {name}").format())'),
        (unescapes, "mark_safe(text)"),
        (unescapes, "SafeString(text)"),
        (unescapes, "format_html(f'<b>{name}</b>')"),
        (gets_past_a_door, "Case.objects.get(pk=1)"),
        (gets_past_a_door, "get_object_or_404(Case, pk=1)"),
        (imports_of(*CLIENTS), "import httpx"),
        (imports_of(*CLIENTS), "from urllib.request import urlopen"),
        (imports_of(*CLIENTS), "from urllib import request"),
        (imports_of(*READS_XML), "from xml.etree import ElementTree as ET"),
        (parses_xml, "ET.fromstring(text)"),
        (runs_text, "eval(text)"),
        (runs_a_shell, "subprocess.run(words, shell=True)"),
        (imports_of(*OF_PICKLES), "import pickle"),
    ],
)
def test_what_a_rule_forbids_would_be_found(rule: Rule, planted: str) -> None:
    assert list(breaks(rule, planted)) != []


@pytest.mark.parametrize(
    "allowed",
    [
        'cursor.execute("SELECT %s", [name])',
        'cursor.execute(sql.SQL("SELECT {}").format(sql.Identifier(name)))',
        "cursor.execute(COUNT, asked)",
    ],
)
def test_a_bound_parameter_is_no_building(allowed: str) -> None:
    assert list(breaks(builds_sql, allowed)) == []
