"""The one place where the time is read: at the door, once for each request (decisions.md §3.8)."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC)
