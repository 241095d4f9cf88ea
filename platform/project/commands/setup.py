"""Setting Django up for a command, under the login that the command needs."""

import os

import django as framework


def django(*, migrating: bool = False) -> None:
    """Set Django up; call it before the first import of anything that holds rows.

    :param migrating: as the login that makes schemas, roles and policies (DATABASE_MIGRATOR_URL)
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    if migrating:
        os.environ["SAMPLAN_MIGRATING"] = "1"
    framework.setup()
