"""The square code on a print."""

from __future__ import annotations

import pytest
import segno

from jardam.documents.printing import square_code

ADDRESS = "http://127.0.0.1:8000/ky/check/?q=K3T9V2M4QA"


@pytest.mark.parametrize("address", [ADDRESS, "https://" + "a" * 300 + ".example/ky/check/?q=K3T9V2M4QA"])
def test_the_code_has_its_white_border_and_corrects_a_seventh_of_itself(address):
    """Level M; a scratched or folded paper is still read. However long the address of an instance is."""
    side = segno.make_qr(address, error="m", boost_error=False).symbol_size(border=4)[0]
    drawn = square_code(address)

    assert f'viewBox="0 0 {side} {side}"' in drawn
    assert drawn.startswith("<svg xmlns=")
    assert "#fff" in drawn


def test_another_address_is_another_code():
    assert square_code(ADDRESS) != square_code(ADDRESS + "A")
    assert square_code(ADDRESS) == square_code(ADDRESS)
