"""Print the mutants of a module as JSON, by mutmut's operators and one more; writes nothing.

Run by the tool's own Python: `python mutants.py FILE [NAME ...]`; names are those of functions and
classes at the top of the module, none of them means the whole.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import libcst as cst
from libcst import matchers as m
from libcst.metadata import MetadataWrapper
from mutmut.mutation.mutators import mutation_operators

# Types are judged by mypy; the words of an enum are names, and decide nothing.
LEFT_OUT = (
    m.Annotation() | m.Decorator() | m.Import() | m.ImportFrom()
    | m.Call(func=m.Name("isinstance")) | m.Assign(value=m.Call(func=m.Name("TypeVar")))
    | m.ClassDef(bases=[m.Arg(m.Name("StrEnum"))])
)  # fmt: skip
OPPOSITES = m.Is() | m.IsNot() | m.In() | m.NotIn() | m.Equal() | m.NotEqual()
TURNED_BY_MUTMUT = m.UnaryOperation(m.Not()) | m.Comparison(
    comparisons=[m.ComparisonTarget(OPPOSITES)]
)


def negated(node: cst.If | cst.CompIf) -> Iterator[cst.CSTNode]:
    """Turn a condition, which mutmut does only where it finds an operator to turn."""
    if not m.matches(node.test, TURNED_BY_MUTMUT):
        inner = node.test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
        yield node.with_changes(test=cst.UnaryOperation(cst.Not(), inner))


OPERATORS = (*mutation_operators, (cst.If, negated), (cst.CompIf, negated))


class Nodes(cst.CSTVisitor):
    """Every node that may be mutated, in which definition, and whether that can be called."""

    def __init__(self) -> None:
        self.found: list[tuple[str, bool, cst.CSTNode]] = []
        self._around: list[cst.FunctionDef | cst.ClassDef] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        """Note a node, and go into it unless it is left out."""
        if m.matches(node, LEFT_OUT):
            return False
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            self._around.append(node)
        name = ".".join(it.name.value for it in self._around)
        is_called = any(isinstance(it, cst.FunctionDef) for it in self._around)
        self.found.append((name, is_called, node))
        return True

    def on_leave(self, node: cst.CSTNode) -> None:
        """Leave a definition."""
        if isinstance(node, cst.FunctionDef | cst.ClassDef) and not m.matches(node, LEFT_OUT):
            self._around.pop()


def mutants(source: str, names: list[str]) -> Iterator[dict[str, Any]]:
    """Return what a statement at the top of the module becomes in each mutant."""
    module = MetadataWrapper(cst.parse_module(source)).module
    for place, statement in enumerate(module.body):
        if names and getattr(getattr(statement, "name", None), "value", "") not in names:
            continue
        nodes = Nodes()
        statement.visit(nodes)
        whole, told = module.code_for_node(statement), set()
        for name, is_called, node in nodes.found:
            for kind, operator in OPERATORS:
                for other in operator(node) if isinstance(node, kind) else ():
                    code = module.code_for_node(statement.deep_replace(node, other))
                    was, now = difference(whole, code)
                    if code != whole and code not in told:
                        told.add(code)
                        yield {"place": place, "in": name, "is_called": is_called, "was": was,
                               "now": now, "code": code}  # fmt: skip


def difference(one: str, other: str) -> tuple[str, str]:
    """Return the lines in which two texts differ."""
    left, right = one.splitlines(), other.splitlines()
    for end in (0, -1):
        while left and right and left[end] == right[end]:
            left.pop(end)
            right.pop(end)
    return tuple(" ".join(it.strip() for it in lines).strip() for lines in (left, right))


if __name__ == "__main__":
    print(json.dumps([*mutants(Path(sys.argv[1]).read_text(), sys.argv[2:])]))
