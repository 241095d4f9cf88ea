"""What the provider and Samplan have agreed on."""

from dataclasses import dataclass

LOA3 = "http://id.sambi.se/loa/loa3"


@dataclass(frozen=True)
class Registration:
    """Registrering: Samplan as a client of one provider."""

    issuer: str
    client_id: str
    client_secret: str
    acr_values: tuple[str, ...] = (LOA3,)  # any of them will do
    scope: str = "openid"
