"""Huvudmän that join, and whom they have named, for tests of what stands beside the steps."""

from datetime import date

from cast import AT, MUNICIPALITY, REGION

from tenants import progress
from tenants.context import acting_as
from tenants.onboarding import ContactRole
from tenants.progress import By, Contact

OLA, ANNA = By("Ola Drift", "Drift"), By("Anna Berg", "Systemförvaltare")


def begin(tenant: str = MUNICIPALITY, delregion: str = "Norr") -> None:
    """Let a huvudman begin to join, and name somebody for it."""
    with acting_as(REGION):
        progress.open_onboarding(
            tenant=tenant, delregion=delregion, wanted_start_on=date(2026, 5, 4), by=OLA, at=AT
        )
    with acting_as(tenant):
        progress.name_contact(
            Contact(ContactRole.CONTACT_1, name="Karin Nyström"),
            standing=progress.standing(tenant), seen=0, by=ANNA, at=AT,
        )  # fmt: skip
