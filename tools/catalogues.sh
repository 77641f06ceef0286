#!/bin/sh
# Compiles the translations that changed. With --all it compiles every one and says how complete each is.
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
        exec .venv/bin/pybabel --quiet compile -d locale -D django
    fi
done
