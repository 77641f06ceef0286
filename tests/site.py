"""A running site for tests: the real WSGI application on a real port, over a committed database, with a clock the test
moves."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 64

    def process_request_thread(self, request, client_address):
        from django.db import connections

        try:
            super().process_request_thread(request, client_address)
        finally:
            connections.close_all()


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        """Tests print what they need."""


@dataclass
class Site:
    url: str
    at: datetime


@contextmanager
def running(monkeypatch: pytest.MonkeyPatch, at: datetime) -> Iterator[Site]:
    """Serve until the block ends; `site.at` is what the door's clock says."""
    from django.core.handlers.wsgi import WSGIHandler

    from jardam.web import clock

    with serving(WSGIHandler()) as url:
        site = Site(url, at)
        monkeypatch.setattr(clock, "now", lambda: site.at)
        yield site


@contextmanager
def serving(application: Any) -> Iterator[str]:
    """Serve a WSGI application, and our static files, until the block ends; yields where."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler

    server = _Server(("127.0.0.1", 0), _Quiet)
    server.set_app(StaticFilesHandler(application))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()


def chromium() -> str:
    """The browser, or a failure that says how to get it: a missing browser is never a skip."""
    if CHROMIUM is None:
        pytest.fail("no Chromium is installed: `make test` installs it on Debian; else see README.md")
    return CHROMIUM
