"""What the serving role may do with each table: one declared list, applied after every migration."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings

from .models import AppendOnly

DELETABLE = {
    "account_emailaddress",
    "account_emailconfirmation",
    "contests_draftsection",
    "contests_lot",  # of drafts only: a trigger keeps those of announced contests
    "django_session",
    "journal_outbox",
    "journal_actkey",
    "parties_tally",
    "transparency_searchentry",
}
"""Rows that end with their use. Everything else stays."""

READ_ONLY = {"django_content_type", "auth_permission", "auth_group", "auth_group_permissions"}


def privileges() -> dict[str, str]:
    """Table → the privileges of the serving role."""
    granted = {"django_migrations": "SELECT"}
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        if table in READ_ONLY:
            granted[table] = "SELECT"
        elif issubclass(model, AppendOnly):
            granted[table] = "SELECT, INSERT"
        else:
            granted[table] = "SELECT, INSERT, UPDATE" + (", DELETE" if table in DELETABLE else "")
    return granted


def apply(connection: Any) -> None:
    """Make the role if need be and give it exactly the declared privileges. Run as the owner; repeatable."""
    role = settings.APP_ROLE
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if not cursor.fetchone():
            cursor.execute(f"CREATE ROLE {role} NOLOGIN")
        cursor.execute("SELECT pg_has_role(current_user, %s, 'MEMBER')", [role])
        if not cursor.fetchone()[0]:
            cursor.execute(f"GRANT {role} TO CURRENT_USER")
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}")
        cursor.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
        cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}")
        for table, rights in privileges().items():
            cursor.execute(f'GRANT {rights} ON "{table}" TO {role}')
