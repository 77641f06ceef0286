#!/bin/sh
# Writes the four lock files: hashes, no addresses (docs/adr/0003). Needs uv in the venv.
set -eu
cd "$(dirname "$0")/.."
UV=${UV:-.venv/bin/uv}
export UV_CUSTOM_COMPILE_COMMAND="make lock"
opts="--python-version 3.11 --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet"
$UV pip compile pyproject.toml $opts "$@" -o requirements.lock
$UV pip compile pyproject.toml --group test -c requirements.lock $opts "$@" -o requirements-test.lock
$UV pip compile --group browser -c requirements-test.lock $opts "$@" -o requirements-browser.lock
$UV pip compile --group embedded -c requirements-test.lock $opts "$@" -o requirements-embedded.lock
