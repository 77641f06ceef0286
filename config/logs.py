"""What the log of our own processes leaves out of a fault."""

from __future__ import annotations

import logging
import re
from types import TracebackType

_Fault = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

# What PostgreSQL adds to the sentence of a failure: the row that broke a constraint, the statement, the argument. What
# people typed may have any lines, so it ends only where the next fault is told.
_ADDED = re.compile(
    r"^(DETAIL|HINT|QUERY|CONTEXT|LINE \d+): .*?(?=^\s*^(?:The above exception|During handling)|\Z)",
    re.MULTILINE | re.DOTALL,
)


class Discreet(logging.Formatter):
    """A fault of the database without the row it is about: no personal data in logs (blueprint §4.6). The sentence,
    the name of the constraint and the place in the code stay. The server keeps the same silence in its own log
    (jardam.launcher.postgres.DISCREET)."""

    def formatException(self, ei: _Fault) -> str:  # noqa: N802 (the name of logging)
        return _ADDED.sub("", super().formatException(ei)).rstrip("\n")
