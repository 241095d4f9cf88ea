"""Addresses of the pages: no patient data in any of them."""

from portal.views import (
    acts,
    agreement,
    agreements,
    allocations,
    assignments,
    cases,
    cloud,
    costs,
    help,
    invoices,
    liability,
    messages,
    offers,
    outcomes,
    staff,
    start,
    units,
    worklist,
)

app_name = "portal"
urlpatterns = [
    *start.urlpatterns,
    *assignments.urlpatterns,
    *worklist.urlpatterns,
    *cases.urlpatterns,
    *messages.urlpatterns,
    *acts.urlpatterns,
    *units.urlpatterns,
    *staff.urlpatterns,
    *agreements.urlpatterns,
    *costs.urlpatterns,
    *agreement.urlpatterns,
    *allocations.urlpatterns,
    *cloud.urlpatterns,
    *offers.urlpatterns,
    *outcomes.urlpatterns,
    *invoices.urlpatterns,
    *liability.urlpatterns,
    *help.urlpatterns,
]
