"""One address and method of the API: what it needs, takes, answers and is described by.

An operation is a function of the request that makes one call and returns values. What all of them
share is here: rights, the one-time key, ETag, paging.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any, ClassVar, cast
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request as HttpCall
from rest_framework.response import Response
from rest_framework.views import APIView

from api import errors, problems
from api.errors import Refused
from api.fields import Values
from care.identity.actors import Actor
from care.identity.permissions import Permission
from care.identity.scopes import Scope
from care.sharing import access
from tenants import idempotency

KEY, IF_MATCH, IF_NONE_MATCH = "Idempotency-Key", "If-Match", "If-None-Match"
SHORTEST_KEY, LONGEST_KEY = 8, 100


class Call(HttpCall):
    """A request as an operation gets it; project.machines has told who acts, and when."""

    at: datetime
    actor: Actor
    client_id: str
    # Raises where an address may not be called from here; who may be, the integrations know.
    refuse_unless_callable: Callable[[str], None]


@dataclass(frozen=True)
class Operation:
    """Operation: a function with what the description and the door need to know of it."""

    method: str
    name: str
    tag: str
    does: str  # in Swedish, for the heading
    means: str  # in English, with what a client should know
    run: Callable[..., Any]
    answers: type[Values] | None
    takes: type[Values] | None = None
    scope: Scope | None = None  # None: whoever may call at all
    needs: tuple[Permission, ...] = ()
    status: int = 200
    is_open: bool = False  # to anybody, without a token
    has_key: bool = False  # it changes something: the same key, the same answer
    parameters: tuple[OpenApiParameter, ...] = ()

    def __call__(self, request: Call, **where: Any) -> Response:
        """Carry the operation out for one request."""
        if self.scope and self.scope not in (request.actor.scopes or ()):
            raise Refused(problems.NOT_ALLOWED)
        for it in self.needs:
            access.refuse_unless(request.actor, it)
        if self.has_key:
            return self._once(request, where)
        with transaction.atomic():
            content = self._content(request, where)
            response = Response(content, status=self.status)
            if self.method == "GET":
                tag = etag(content)
                response["ETag"] = tag
                if tag in _tags(request.headers.get(IF_NONE_MATCH, "")):
                    # Nothing new is shown, so nothing has been read: the log row goes too.
                    transaction.set_rollback(True)
                    response = Response(status=304, headers={"ETag": tag})
        return response

    def _content(self, request: Call, where: Mapping[str, Any]) -> Any:
        """Return what the function answers, as JSON has it."""
        more = dict(where)
        if self.takes is not None:
            sent = self.takes(data=request.data)
            sent.is_valid(raise_exception=True)
            more["sent"] = sent.validated_data
        found = self.run(request, **more)
        if self.answers is None:
            return None
        return self.answers(found).data

    def _once(self, request: Call, where: Mapping[str, Any]) -> Response:
        key = request.headers.get(KEY, "").strip('"')
        if not SHORTEST_KEY <= len(key) <= LONGEST_KEY or not key.isprintable():
            raise Refused(problems.KEY_MISSING)
        status, content = idempotency.once(
            client=f"api:{request.client_id}",
            key=key,
            # Of another assignment the same key is another change: its answer is not theirs.
            body=JSONRenderer().render(
                [request.method, request.path, request.data, request.actor.assignment_id]
            ),
            act=lambda: (self.status, self._stored(request, where)),
            at=request.at,
        )
        return Response(content or None, status=status)

    def _stored(self, request: Call, where: Mapping[str, Any]) -> dict[str, Any]:
        content = self._content(request, where)
        return {} if content is None else dict(content)

    @property
    def described(self) -> Callable[..., Any]:
        """Return what describes the operation to drf-spectacular."""
        answers = self.answers
        takes = self.takes
        examples = []
        if answers is not None:
            examples.append(
                OpenApiExample(
                    self.name, answers.example, response_only=True, status_codes=[str(self.status)]
                )
            )
        if takes is not None:
            examples.append(OpenApiExample(self.name, takes.example, request_only=True))
        more = {"x-has-key": True} if self.has_key else {}
        asked = {"oauth2": [str(self.scope)] if self.scope else []}
        return extend_schema(
            extensions=more,
            operation_id=self.name,
            summary=self.does,
            description=f"{self.does} {self.means}",
            tags=[self.tag],
            request=takes,
            responses={self.status: answers},
            parameters=[*self.parameters],
            examples=examples,
            auth=cast(Any, [{} if self.is_open else asked]),
        )


def operation(method: str, **told: Any) -> Callable[[Callable[..., Any]], Operation]:
    """Make an operation of a function; its name is the function's."""

    def made(run: Callable[..., Any]) -> Operation:
        does, _, means = (run.__doc__ or "").partition("\n\n")
        words = (" ".join(it.split()) for it in (does, means))
        return Operation(method, run.__name__, run=run, does=next(words), means=next(words), **told)

    return made


class Endpoint(APIView):
    """An address. Who calls has been told by the door, before any view."""

    authentication_classes: ClassVar[Sequence[Any]] = ()
    permission_classes: ClassVar[Sequence[Any]] = ()
    operations: ClassVar[Mapping[str, Operation]] = {}
    http_method_names: ClassVar[Sequence[str]] = ("get", "head", "post", "put", "patch", "delete")

    def handle_exception(self, exc: Exception) -> HttpResponse:
        """Answer every exception as a problem."""
        response = errors.answer(self.request._request, exc)
        if response.status_code == 405:
            response["Allow"] = ", ".join(self.allowed_methods)
        return response


def address(**operations: Operation) -> Any:
    """Return the view of an address: its operations by method."""
    methods = {
        name: it.described(_method(replace(it, method=name.upper())))
        for name, it in operations.items()
    }
    names = "_".join(it.name for it in operations.values())
    kind = type(names, (Endpoint,), {**methods, "operations": operations})
    return cast(Any, kind).as_view()


def _method(one: Operation) -> Callable[..., Response]:
    def method(self: Endpoint, request: Call, **where: Any) -> Response:
        return one(request, **where)

    method.__name__ = one.method.lower()
    method.__doc__ = one.does
    return method


def etag(content: Any) -> str:
    """Return the entity tag of an answer: strong, the same as long as the content is."""
    return f'"{sha256(JSONRenderer().render(content)).hexdigest()[:32]}"'


def refuse_unless_matched(request: HttpRequest, current: Any) -> None:
    """Let a change through that was made to what the resource is now.

    :raises Refused: 428 if the request does not say what it changes, 412 if that is another
    """
    told = request.headers.get(IF_MATCH, "")
    if not told:
        raise Refused(problems.IF_MATCH_MISSING)
    if told != "*" and etag(current) not in _tags(told):
        raise Refused(problems.STALE)


def _tags(header: str) -> set[str]:
    return {it.strip().removeprefix("W/") for it in header.split(",") if it.strip()}


def uuid_of(text: str) -> UUID | None:
    """Return an identity that a header or a parameter names, or None for what is none."""
    try:
        return UUID(text)
    except ValueError:
        return None
