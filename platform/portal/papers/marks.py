"""What stands at the foot of every page of a paper beside its number."""

from tenants.apart import is_training
from tenants.context import acting_for


def mark() -> str:
    """Return the mark of a training huvudman's papers, or nothing for a real one's."""
    return "Övning" if is_training(acting_for()) else ""
