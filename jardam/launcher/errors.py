"""The one fault of this room."""

from __future__ import annotations


class LauncherError(Exception):
    """Something could not be started, and nothing was lost. The text is one sentence for the person at the
    terminal, and says what to do."""
