"""Stock projects to measure against: Django as it comes, django-tenants and DRF as documented."""
