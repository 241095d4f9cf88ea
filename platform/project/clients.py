"""Where a request comes from, as far as anybody can be believed."""

from ipaddress import IPv4Address, IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest

Address = IPv4Address | IPv6Address


def address_of(request: HttpRequest) -> Address | None:
    """Return the client's address, as the outermost of our own gateways saw it.

    What stands further to the left in the header was written by the client, who may write anything.
    None: the gateway says nothing, or what is no address.
    """
    told: str = request.META.get("REMOTE_ADDR", "")
    if settings.PROXIES:
        seen = [it.strip() for it in request.headers.get("X-Forwarded-For", "").split(",")]
        told = seen[-settings.PROXIES] if len(seen) >= settings.PROXIES else ""
    try:
        return ip_address(told)
    except ValueError:
        return None
