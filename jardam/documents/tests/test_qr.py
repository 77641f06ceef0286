"""The square code, against published vectors and read back by its own grid."""

from __future__ import annotations

import pytest

from jardam.documents import qr

ADDRESS = "http://127.0.0.1:8000/ky/check/?q=K3T9V2M4QA"


def test_the_correction_of_a_known_block():
    """ISO/IEC 18004, the block of HELLO WORLD in version 1-M."""
    words = [32, 91, 11, 120, 209, 114, 220, 77, 67, 64, 236, 17, 236, 17, 236, 17]

    assert qr.remainder(words, 10) == [196, 35, 39, 119, 235, 215, 231, 226, 93, 23]


@pytest.mark.parametrize(
    ("mask", "bits"), list(enumerate([0x5412, 0x5125, 0x5E7C, 0x5B4B, 0x45F9, 0x40CE, 0x4F97, 0x4AA0]))
)
def test_the_format_bits_of_level_m(mask, bits):
    """ISO/IEC 18004, table C.1."""
    assert qr.format_bits(mask) == bits


def read(grid: qr.Grid) -> str:
    """A reader of its own: format from beside the corner, mask off, words out of the columns."""
    side = len(grid)
    version = (side - 17) // 4
    places = [*((8, x) for x in (0, 1, 2, 3, 4, 5, 7, 8)), *((y, 8) for y in (7, 5, 4, 3, 2, 1, 0))]
    value = int("".join("1" if grid[y][x] else "0" for y, x in places), 2) ^ 0b101010000010010
    mask = value >> 10 & 0b111
    assert value >> 13 == 0, "level M"

    def reserved(y: int, x: int) -> bool:
        corner = (y < 9 and x < 9) or (y < 9 and x >= side - 8) or (y >= side - 8 and x < 9)
        middle = version > 1 and abs(y - side + 7) <= 2 and abs(x - side + 7) <= 2
        return corner or middle or y == 6 or x == 6

    bits, x, up = [], side - 1, True
    while x > 0:
        x -= x == 6
        for y in range(side - 1, -1, -1) if up else range(side):
            for column in (x, x - 1):
                if not reserved(y, column):
                    bits.append(grid[y][column] ^ qr._MASKS[mask](y, column))
        x, up = x - 2, not up
    total, correction, blocks = qr._VERSIONS[version]
    words = [int("".join(str(int(b)) for b in bits[i * 8 : i * 8 + 8]), 2) for i in range(total)]
    size = total // blocks - correction
    data, check = words[: size * blocks], words[size * blocks :]
    for i in range(blocks):
        assert qr.remainder(data[i::blocks], correction) == check[i::blocks]
    stream = "".join(f"{word:08b}" for i in range(blocks) for word in data[i::blocks])
    length = int(stream[4:12], 2)
    return bytes(int(stream[12 + 8 * i : 20 + 8 * i], 2) for i in range(length)).decode()


@pytest.mark.parametrize("text", ["a", ADDRESS, "ө" * 53, "x" * 106, "x" * 26, "x" * 42])
def test_what_was_drawn_can_be_read(text):
    assert read(qr.matrix(text)) == text


def test_a_text_too_long_is_refused():
    with pytest.raises(ValueError, match="too long"):
        qr.matrix("x" * 107)


def test_the_picture_has_its_white_border():
    side = len(qr.matrix(ADDRESS))

    assert f'viewBox="0 0 {side + 8} {side + 8}"' in qr.svg(ADDRESS)
