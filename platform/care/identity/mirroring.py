"""Those who work at a real huvudman may practise at its training huvudman, in the same roles.

Run by the migrator, in the role of the one whose rows it reads or writes. The same twice changes
nothing but what has changed at the real one: an assignment that has ended there ends here, and who
is protected there is so here.
"""

from uuid import UUID, uuid5

from care.identity.models import Assignment, Staff
from tenants import apart
from tenants.context import in_the_name_of

NAMESPACE = UUID("5c1f4d0e-0000-4000-8000-0000000a0001")


def copy_staff(*, real: str, training: str) -> int:
    """Let the staff of a huvudman act at its training huvudman; return how many they are."""
    with in_the_name_of(real):
        staff = list(Staff.objects.all())
        assignments = list(Assignment.objects.all())
    for person in staff:
        person.id = _id_of(person.id)
    for it in assignments:
        it.id, it.staff_id = _id_of(it.id), _id_of(it.staff_id)
        it.unit_id = apart.unit_id_of(it.unit_id)
        it.last_used_at = None
        # Nobody confirms it there: it follows the real one at each copying.
        it.kind, it.confirmed_at = Assignment.Kind.LOCAL, None
    with in_the_name_of(training):
        # Whom and what the training huvudman's own administrator has entered stays as entered.
        known = dict(Staff.objects.values_list("hsa_id", "pk"))
        ids = {it.id: known.get(it.hsa_id, it.id) for it in staff}
        Staff.objects.bulk_create(
            [it for it in staff if ids[it.id] == it.id],
            batch_size=1000,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["name", "name_sort", "is_protected", "is_protected_here"],
        )
        hidden = [it for it in staff if it.is_protected or it.is_protected_here]
        by_hand = [ids[it.id] for it in hidden if ids[it.id] != it.id]
        Staff.objects.filter(pk__in=by_hand).update(is_protected=True)
        for it in assignments:
            it.staff_id = ids[it.staff_id]
        entered = Assignment.objects.filter(revoked_at=None).exclude(
            pk__in=[it.id for it in assignments]
        )
        held = set(entered.values_list("staff", "unit", "role"))
        Assignment.objects.bulk_create(
            # What has ended makes room for what has been given anew.
            sorted(
                (it for it in assignments if (it.staff_id, it.unit_id, it.role) not in held),
                key=lambda it: it.revoked_at is None,
            ),
            batch_size=1000,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["role", "title", "purpose", "valid_from", "valid_until", "revoked_at"],
        )
    return len(staff)


def _id_of(real: UUID) -> UUID:
    """Return the same identity at each copying, and another than at the real huvudman."""
    return uuid5(NAMESPACE, str(real))
