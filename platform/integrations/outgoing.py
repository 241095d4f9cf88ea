"""The one way out: whatever calls another system calls through a session from here.

The hosts that may be called stand in the setting OUTGOING (`SAMPLAN_OUTGOING`). A name there may
not lead into a private network, so that neither an address in a token nor a record in DNS opens
the way to what stands beside us; where a host does stand there, the network is named with it,
once for each of several: `keycloak.region.example@10.20.0.0/16`. Anything but https is refused
outside loopback, and a redirect to another host too.

Where a network lets nothing out by itself, the setting OUTGOING_PROXY (`SAMPLAN_OUTGOING_PROXY`)
names the proxy that all of it goes through; the list is asked before the proxy is.
"""

import socket
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, TypeVar
from urllib.parse import SplitResult, urljoin, urlsplit

from django.conf import settings
from requests import PreparedRequest, RequestException, Response, Session
from requests.adapters import HTTPAdapter

SECONDS = (5.0, 30.0)  # to be let in, and then without a word
S = TypeVar("S", bound=Session)
Address = IPv4Address | IPv6Address


class Refused(RequestException):
    """A call that is not made; the text is Swedish and says what to do."""


def session() -> Session:
    """Return a session that calls none but the hosts of the list."""
    return guarded(Session())


def guarded(other: S) -> S:
    """Return a session, also of a library that builds on requests, bound to the list."""
    other.trust_env = False  # no proxy and no password that the environment happens to hold
    other.proxies = {"all": settings.OUTGOING_PROXY} if settings.OUTGOING_PROXY else {}
    other.adapters.clear()
    for scheme in ("https://", "http://"):
        other.mount(scheme, Guard())
    return other


class Guard(HTTPAdapter):
    """Sends a request where the list lets it, each hop of a redirect anew."""

    def send(  # type: ignore[override] # the arguments are passed on as they come
        self, request: PreparedRequest, **more: Any
    ) -> Response:
        """Send, and refuse to be led to another host.

        :raises Refused: where the request would go to what is not on the list
        """
        refuse_unless_listed(str(request.url))
        more["timeout"] = more.get("timeout") or SECONDS
        response = super().send(request, **more)
        if response.is_redirect:
            _refuse_other_host(str(request.url), response.headers["location"])
        return response


def refuse_unless_listed(url: str) -> None:
    """Let an address be called that the list has, and that lies where the list says.

    :raises Refused: otherwise
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    networks = [network for name, network in _listed() if name == host]
    if not networks:
        raise Refused(
            f"{host or 'Adressen'} får inte anropas. Lägg till värdnamnet i SAMPLAN_OUTGOING om det"
            " är rätt."
        )
    addresses = set(_addresses(parts))
    if parts.scheme != "https" and not all(it.is_loopback for it in addresses):
        raise Refused(f"{host} får bara anropas med https.")
    outside = [it for it in addresses if not any(_lies_at(it, network) for network in networks)]
    if outside:
        raise Refused(
            f"{host} leder till {outside[0]}, ett eget nät. Skriv {host}@nätet i SAMPLAN_OUTGOING"
            " om det är rätt."
        )


def _listed() -> Iterator[tuple[str, str]]:
    for it in settings.OUTGOING:
        host, _, network = it.partition("@")
        yield host.lower(), network


def _addresses(parts: SplitResult) -> Iterator[Address]:
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
    except (OSError, ValueError):
        raise Refused(f"{parts.hostname} finns inte i DNS. Kontrollera namnet.") from None
    for *_, address in found:
        yield ip_address(str(address[0]).partition("%")[0])


def _lies_at(address: Address, network: str) -> bool:
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if network:
        return address in ip_network(network)
    return address.is_global and not address.is_multicast


def _refuse_other_host(url: str, location: str) -> None:
    here, there = urlsplit(url), urlsplit(urljoin(url, location))
    if (here.scheme, here.netloc) != (there.scheme, there.netloc):
        raise Refused(f"{here.hostname} leder vidare till {there.hostname}, som inte anropas.")
