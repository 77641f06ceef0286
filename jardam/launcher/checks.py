"""Questions asked before something is started, so that the answer is a sentence and not a traceback."""

from __future__ import annotations

import errno
import http.client
import socket
from collections.abc import Set
from urllib.parse import SplitResult, urlsplit

import psycopg

from .binaries import OLDEST
from .errors import LauncherError
from .postgres import check_letters

Migration = tuple[str, str]
REDIRECTS = (301, 302, 303, 307, 308)


def check_not_newer(applied: Set[Migration], known: Set[Migration]) -> None:
    """Refuse a database that newer code has migrated: this code would write what that one does not expect.
    Both are sets of (app, migration)."""
    strange = sorted(applied - known)
    if strange:
        more = f" and {len(strange) - 1} more" if len(strange) > 1 else ""
        raise LauncherError(
            "The database is newer than this code, which does not know its migration "
            f"{'.'.join(strange[0])}{more}: update the code, or restore the backup made before the newer "
            "code ran."
        )


def check_port(bind: str, port: int) -> None:
    """Refuse an address on which we could not listen."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(bind, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except socket.gaierror as fault:
        raise LauncherError(f"JARDAM_BIND is {bind}, which is no address: give one, such as 127.0.0.1.") from fault
    except OSError as fault:
        raise LauncherError(_cannot_listen(bind, port, fault)) from fault


def _cannot_listen(bind: str, port: int, fault: OSError) -> str:
    if fault.errno == errno.EADDRINUSE:
        other = port + 1 if port < 32767 else 8001
        return f"Port {port} is taken by another program: end it, or choose another with JARDAM_PORT={other}."
    if fault.errno == errno.EACCES:
        return f"Port {port} may be opened by root only: choose one above 1023 with JARDAM_PORT."
    return f"{bind} is no address of this machine: correct JARDAM_BIND, or leave it at 127.0.0.1."


def check_external(url: str) -> None:
    """Refuse a DATABASE_URL whose server cannot be reached, is too old, or does not know Cyrillic letters."""
    try:
        connection = psycopg.connect(url, autocommit=True, connect_timeout=10, client_encoding="UTF8")
    except psycopg.Error as fault:
        # Only the last line: the others may repeat the address with its password.
        raise LauncherError(
            "The database of DATABASE_URL cannot be reached "
            f"({str(fault).strip().splitlines()[-1].strip()}): start it, correct the variable, or unset it "
            "to use a private server."
        ) from fault
    with connection:
        if connection.info.server_version < OLDEST * 10000:
            raise LauncherError(
                f"The server of DATABASE_URL is PostgreSQL {connection.info.server_version // 10000}: Jardam "
                f"needs {OLDEST} or newer."
            )
        check_letters(connection)


def check_serving_role(url: str) -> None:
    """Refuse to serve as a superuser or as the owner of the tables: the triggers would be all that is left."""
    with psycopg.connect(url, autocommit=True, connect_timeout=10, client_encoding="UTF8") as connection:
        row = connection.execute(
            "SELECT session_user, rolsuper OR EXISTS (SELECT 1 FROM pg_tables WHERE tableowner = session_user "
            "AND schemaname = 'public') FROM pg_roles WHERE rolname = session_user"
        ).fetchone()
    if row and row[1]:
        raise LauncherError(
            f"DATABASE_URL signs in as {row[0]}, who owns the tables or is a superuser: give the serving role there, "
            "and the owner in DATABASE_OWNER_URL."
        )


def answers(address: str) -> bool:
    """Whether the first page can be had there, its redirections on the spot included. False while nobody
    listens; a page that fails is a fault, for asking again would not mend it."""
    where = urlsplit(address)
    path = "/"
    for _ in range(4):
        response = _get(where, path)
        if response is None:
            return False
        if response.status >= 500:
            raise LauncherError(
                f"The page {path} fails with status {response.status}: mend what the lines above say, and start again."
            )
        location = urlsplit(response.headers.get("Location", ""))
        # Redirected elsewhere or to HTTPS, which a proxy in front gives: that is an answer.
        if response.status not in REDIRECTS or location.netloc not in ("", where.netloc):
            return True
        if location.scheme not in ("", "http"):
            return True
        path = location.path or "/"
    raise LauncherError("The first page redirects in a circle: mend its address in the code, and start again.")


def _get(where: SplitResult, path: str) -> http.client.HTTPResponse | None:
    # The proxies of the environment must not come between, so no urllib here.
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=10)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        response.read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    return response
