"""The square code on every official document: an address as a QR symbol, level M (ISO/IEC 18004), drawn as SVG.

Versions 1 to 6 (up to 106 octets) need no version field and no blocks of different lengths, which keeps this short.
"""

from __future__ import annotations

from itertools import groupby

_QUIET = 4  # modules of white around it, as the standard wants
_VERSIONS = {1: (26, 10, 1), 2: (44, 16, 1), 3: (70, 26, 1), 4: (100, 18, 2), 5: (134, 24, 2), 6: (172, 16, 4)}
"""Version → all codewords, error correction codewords of a block, blocks."""
_LEVEL_M = 0b00

Grid = list[list[bool]]


def svg(text: str) -> str:
    """A picture of the code for `text`, one unit a module."""
    grid = matrix(text)
    side = len(grid) + 2 * _QUIET
    dots = "".join(
        f"M{x + _QUIET} {y + _QUIET}h1v1h-1z" for y, row in enumerate(grid) for x, dark in enumerate(row) if dark
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}h-{side}z"/><path d="{dots}"/></svg>'
    )


def matrix(text: str) -> Grid:
    """True is dark. ValueError for a text of more than 106 octets."""
    data = text.encode()
    version = next((v for v in _VERSIONS if len(data) + 2 <= _capacity(v)), 0)
    if not version:
        raise ValueError("the text is too long for this code")
    bits = [int(bit) for word in codewords(data, version) for bit in format(word, "08b")]
    drawn = [_draw(version, bits, mask) for mask in range(8)]
    return min(drawn, key=_penalty)


def _capacity(version: int) -> int:
    total, correction, blocks = _VERSIONS[version]
    return total - correction * blocks


# --- codewords -------------------------------------------------------------------------------------------------


def codewords(data: bytes, version: int) -> list[int]:
    """Mode, length, octets and padding, cut into blocks, each with its correction, interleaved."""
    _, correction, count = _VERSIONS[version]
    bits = f"0100{len(data):08b}" + "".join(f"{octet:08b}" for octet in data) + "0000"
    bits += "0" * (-len(bits) % 8)
    words = [int(bits[i : i + 8], 2) for i in range(0, len(bits), 8)]
    padding = (0xEC, 0x11)
    words += [padding[i % 2] for i in range(_capacity(version) - len(words))]
    size = len(words) // count
    blocks = [words[i * size : (i + 1) * size] for i in range(count)]
    corrections = [remainder(block, correction) for block in blocks]
    return [word for group in (blocks, corrections) for column in zip(*group, strict=True) for word in column]


def _times(a: int, b: int) -> int:
    """In the field of 256 elements over x⁸ + x⁴ + x³ + x² + 1."""
    product = 0
    while b:
        product ^= a if b & 1 else 0
        a = (a << 1) ^ (0x11D if a & 0x80 else 0)
        b >>= 1
    return product


def _generator(degree: int) -> list[int]:
    coefficients, root = [1], 1
    for _ in range(degree):
        shifted = [*coefficients, 0]
        scaled = [0, *(_times(c, root) for c in coefficients)]
        coefficients = [a ^ b for a, b in zip(shifted, scaled, strict=True)]
        root = _times(root, 2)
    return coefficients


def remainder(words: list[int], degree: int) -> list[int]:
    """The Reed–Solomon correction of a block."""
    divisor = _generator(degree)
    rest = [*words, *([0] * degree)]
    for i in range(len(words)):
        if factor := rest[i]:
            for j, coefficient in enumerate(divisor):
                rest[i + j] ^= _times(coefficient, factor)
    return rest[-degree:]


# --- the picture -----------------------------------------------------------------------------------------------

_MASKS = (
    lambda y, x: (y + x) % 2 == 0,
    lambda y, _x: y % 2 == 0,
    lambda _y, x: x % 3 == 0,
    lambda y, x: (y + x) % 3 == 0,
    lambda y, x: (y // 2 + x // 3) % 2 == 0,
    lambda y, x: (y * x) % 2 + (y * x) % 3 == 0,
    lambda y, x: ((y * x) % 2 + (y * x) % 3) % 2 == 0,
    lambda y, x: ((y + x) % 2 + (y * x) % 3) % 2 == 0,
)


def format_bits(mask: int) -> int:
    """Level and mask with their own correction: fifteen bits."""
    data = _LEVEL_M << 3 | mask
    rest = data << 10
    for shift in range(4, -1, -1):
        if rest >> (shift + 10) & 1:
            rest ^= 0b10100110111 << shift
    return (data << 10 | rest) ^ 0b101010000010010


def _draw(version: int, bits: list[int], mask: int) -> Grid:
    side = 17 + 4 * version
    fixed: dict[tuple[int, int], bool] = {}
    for top, left in ((0, 0), (0, side - 7), (side - 7, 0)):
        for y in range(top - 1, top + 8):
            for x in range(left - 1, left + 8):
                if 0 <= y < side and 0 <= x < side:
                    ring = max(abs(y - top - 3), abs(x - left - 3))
                    fixed[y, x] = ring in (0, 1, 3)
    if version > 1:
        middle = side - 7
        for y in range(middle - 2, middle + 3):
            for x in range(middle - 2, middle + 3):
                fixed[y, x] = max(abs(y - middle), abs(x - middle)) != 1
    for i in range(8, side - 8):
        fixed[6, i] = fixed[i, 6] = i % 2 == 0
    _put_format(fixed, format_bits(mask), side)
    grid = [[fixed.get((y, x), False) for x in range(side)] for y in range(side)]
    stream = iter(bits)
    for y, x in _path(side):
        if (y, x) not in fixed:
            grid[y][x] = bool(next(stream, 0)) ^ _MASKS[mask](y, x)
    return grid


def _put_format(fixed: dict[tuple[int, int], bool], value: int, side: int) -> None:
    beside = [*((8, x) for x in (0, 1, 2, 3, 4, 5, 7, 8)), *((y, 8) for y in (7, 5, 4, 3, 2, 1, 0))]
    apart = [*((side - 1 - i, 8) for i in range(7)), *((8, side - 8 + i) for i in range(8))]
    for places in (beside, apart):
        for i, place in enumerate(places):
            fixed[place] = bool(value >> (14 - i) & 1)
    fixed[side - 8, 8] = True


def _path(side: int) -> list[tuple[int, int]]:
    """From the lower right corner upwards and downwards in columns of two, past the timing column."""
    places, upwards = [], True
    for right in (*range(side - 1, 6, -2), 5, 3, 1):
        rows = range(side - 1, -1, -1) if upwards else range(side)
        places += [(y, x) for y in rows for x in (right, right - 1)]
        upwards = not upwards
    return places


def _penalty(grid: Grid) -> int:
    """How hard this mask makes reading: long runs, full squares, false corners, too much of one colour."""
    side = len(grid)
    lines = grid + [list(column) for column in zip(*grid, strict=True)]
    runs = sum(n - 2 for line in lines for _, run in groupby(line) if (n := sum(1 for _ in run)) >= 5)
    squares = sum(
        3
        for y in range(side - 1)
        for x in range(side - 1)
        if grid[y][x] == grid[y][x + 1] == grid[y + 1][x] == grid[y + 1][x + 1]
    )
    texts = ["".join("1" if dark else "0" for dark in line) for line in lines]
    corners = sum(40 * (text.count("10111010000") + text.count("00001011101")) for text in texts)
    dark = sum(map(sum, grid)) * 100 // (side * side)
    return runs + squares + corners + abs(dark - 50) // 5 * 10
