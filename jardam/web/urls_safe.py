"""Where a page may send a reader next: only to this site."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme


def safe_next(request: HttpRequest, otherwise: str) -> str:
    """The `next` of the form or address if it stays on this host, else the named page."""
    address = request.POST.get("next") or request.GET.get("next") or ""
    if address and url_has_allowed_host_and_scheme(address, {request.get_host()}, request.is_secure()):
        return address
    return reverse(otherwise)
