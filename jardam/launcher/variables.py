"""The variables of the environment that decide what is started, read once (table: README)."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path

from .errors import LauncherError

ROOT = Path(__file__).resolve().parents[2]
"""The checkout."""


@dataclass(frozen=True, slots=True)
class Variables:
    data: Path
    bind: str
    port: int
    is_demonstration: bool
    database_url: str  # empty: the private server

    @property
    def address(self) -> str:
        """Where a person on this machine opens it."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.bind, self.bind)
        return f"http://{f'[{host}]' if ':' in host and host[0] != '[' else host}:{self.port}"

    def export(self, environ: MutableMapping[str, str]) -> None:
        """Settle them for the processes we start, whatever folder those work in."""
        environ["JARDAM_DATA"] = str(self.data)
        environ["JARDAM_BIND"] = self.bind
        environ["JARDAM_PORT"] = str(self.port)
        environ["JARDAM_DEMO"] = "1" if self.is_demonstration else "0"
        if key_file := environ.get("JARDAM_KEY_FILE"):
            environ["JARDAM_KEY_FILE"] = str(Path(key_file).resolve())


def read(environ: Mapping[str, str], *, demonstration: bool = False) -> Variables:
    """`demonstration` is what JARDAM_DEMO means when it is not set. An empty variable counts as not set."""
    return Variables(
        data=Path(environ.get("JARDAM_DATA") or ROOT / "var").resolve(),
        bind=environ.get("JARDAM_BIND") or "127.0.0.1",
        port=_port(environ.get("JARDAM_PORT") or "8000"),
        is_demonstration=_flag("JARDAM_DEMO", environ.get("JARDAM_DEMO") or str(int(demonstration))),
        database_url=environ.get("DATABASE_URL", ""),
    )


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < int(text) < 65536):
        raise LauncherError(f"JARDAM_PORT is {text}: give a port number, such as 8000.")
    return int(text)


def _flag(name: str, text: str) -> bool:
    if text not in ("0", "1"):
        raise LauncherError(f"{name} is {text}: give 0 or 1.")
    return text == "1"
