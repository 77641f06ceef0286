#!/bin/sh
# Sees that a Chromium is there for the browser tests. Root on Debian installs it; others are told how.
set -eu

is_there() {
    command -v chromium || command -v chromium-browser || command -v google-chrome
} >/dev/null

install() {
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium
} >/dev/null

is_there && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing chromium for the browser tests" >&2
    # The lists of packages may be missing or old, so a first failure is not the last word.
    install 2>/dev/null || { apt-get update -qq && install; } || true
    is_there && exit 0
fi
cat >&2 <<'END'
The browser tests need Chromium. Install it:
    sudo apt-get install chromium
or leave these tests out:
    JARDAM_NO_BROWSER=1 make test
END
exit 1
