#!/bin/sh
# Compiles the translations that changed; a fault in one is told and does no harm.
# With --all it compiles every one, says how complete each is, and fails on a fault.
set -eu
cd "$(dirname "$0")/.."
catalogues=$(find locale -name '*.po' 2>/dev/null || true)
[ -n "$catalogues" ] || exit 0
if [ "${1:-}" = --all ]; then
    exec .venv/bin/pybabel compile -d locale -D django --statistics
fi
for po in $catalogues; do
    mo=${po%.po}.mo
    if [ ! -e "$mo" ] || [ -n "$(find "$po" -newer "$mo")" ]; then
        .venv/bin/pybabel --quiet compile -d locale -D django || true
        exit 0
    fi
done
