"""Stock views: one row as JSON, one row by DRF, a list as a page."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.views.generic import ListView
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.serializers import ModelSerializer
from yardstick.rows import one_row
from yardstick.wards.models import Case, Individual, WorklistRow


def individual(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Answer one row by its primary key."""
    return one_row(Individual, pk)


class CaseSerializer(ModelSerializer):
    """A case as JSON."""

    class Meta:
        model = Case
        fields = "__all__"


class CaseView(RetrieveAPIView):
    """One case."""

    queryset = Case.objects.all()
    serializer_class = CaseSerializer


class WorklistSerializer(ModelSerializer):
    """A row of a worklist as JSON, with its case."""

    class Meta:
        model = WorklistRow
        fields = "__all__"
        depth = 2


class WorklistView(ListAPIView):
    """The first fifty rows of the worklist of a unit."""

    serializer_class = WorklistSerializer

    def get_queryset(self) -> "QuerySet[WorklistRow]":
        """Return them."""
        rows = WorklistRow.objects.filter(unit_id=self.kwargs["unit_id"], is_open=True)
        return rows.select_related("case__individual").order_by("due_at", "-latest_at")[:50]


class Worklist(ListView):
    """The worklist of a unit."""

    template_name = "wards/worklist.html"

    def get_queryset(self) -> "QuerySet[WorklistRow]":
        """Return its first fifty rows."""
        rows = WorklistRow.objects.filter(unit_id=self.kwargs["unit_id"], is_open=True)
        return rows.select_related("case__individual").order_by("due_at", "-latest_at")[:50]


def other(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Stand behind the links of the list."""
    return HttpResponse()
