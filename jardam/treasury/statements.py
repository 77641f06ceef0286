"""Reading statement files of a treasury or bank, line by line. Pure: bytes in, lines out, or a refusal with its line.

Two formats. *CSV* with the header `date;number;amount;direction;account` (`;` or `,`): date as 2026-03-12 or
12.03.2026, amount with two places, direction `out` or `in`, account of the other side, which may be empty. And the
text format *1CClientBankExchange*: of each section of a document number, date, amount, the two accounts and the days
of debit and credit are read; the totals its head declares must be the sums of its documents. UTF-8 or Windows-1251.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from jardam.kernel.money import CENT, LIMIT, Money
from jardam.kernel.refusal import Reason
from jardam.rulebook.house import HOUSE

BAD_ENCODING = Reason("statement_encoding", "The file is neither UTF-8 nor Windows-1251 text.")
BAD_FORMAT = Reason(
    "statement_format", "The file is neither a CSV with the documented columns nor in the 1C exchange format."
)
BAD_LINE = Reason("statement_line", "Line {number}: {what} is missing or cannot be read.")
UNFINISHED = Reason("statement_unfinished", "Line {number}: a document or the file ends too early.")
TOTALS_DIFFER = Reason("statement_totals", "The file declares {declared}; its documents add up to {found}.")
NO_LINES = Reason("statement_empty", "The file has no payments in it.")
TOO_LONG = Reason("statement_too_long", "Line {number}: the file has more or longer lines than a statement has.")

COLUMNS = ("date", "number", "amount", "direction", "account")
MOST_LINES = 500_000
LONGEST_LINE = 4_000
_WHY = HOUSE["H-16"].basis
_AMOUNT = re.compile(r"\d{1,16}([.,]\d{1,2})?")
_HEAD_1C = "1CClientBankExchange"


@dataclass(frozen=True, slots=True)
class Line:
    """One payment of a statement. *Amount* in the account's currency; *direction*: "out" or "in"."""

    number: int  # of the line in the file where it stands or begins
    day: date
    document: str
    amount: Decimal
    direction: str
    account: str


def read(content: bytes) -> Iterator[Line]:
    """The payments of a file in its order. Refuses with the first fault and its line number."""
    encoding = _encoding(content)
    texts = _texts(content, encoding)
    _, first = next(texts, (1, ""))
    lines = _exchange(texts) if first.strip() == _HEAD_1C else _table(first, texts)
    found = False
    for line in lines:
        found = True
        yield line
    if not found:
        raise NO_LINES.refuse(_WHY, at_field="file")


def _encoding(content: bytes) -> str:
    for name in ("utf-8-sig", "cp1251"):
        decoder = codecs.getincrementaldecoder(name)()
        try:
            for start in range(0, len(content), 65_536):
                decoder.decode(content[start : start + 65_536])
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        if b"\0" not in content:
            return name
    raise BAD_ENCODING.refuse(_WHY, at_field="file")


def _texts(content: bytes, encoding: str) -> Iterator[tuple[int, str]]:
    with io.TextIOWrapper(io.BytesIO(content), encoding=encoding) as text:
        number = 0
        while line := text.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE or number > MOST_LINES:
                raise TOO_LONG.refuse(_WHY, at_field="file", number=number)
            yield number, line.rstrip("\r\n")


# --- CSV -------------------------------------------------------------------------------------------------------


def _table(first: str, texts: Iterator[tuple[int, str]]) -> Iterator[Line]:
    mark = ";" if ";" in first else ","
    if tuple(name.strip().lower() for name in first.split(mark)) != COLUMNS:
        raise BAD_FORMAT.refuse(_WHY, at_field="file")
    for number, text in texts:
        if not text.strip():
            continue
        cells = [cell.strip() for cell in next(csv.reader([text], delimiter=mark), [])]
        if len(cells) != len(COLUMNS):
            raise BAD_LINE.refuse(_WHY, at_field="file", number=number, what="columns")
        row = dict(zip(COLUMNS, cells, strict=True))
        if row["direction"] not in ("out", "in"):
            raise BAD_LINE.refuse(_WHY, at_field="file", number=number, what="direction")
        yield _line(number, row["date"], row["number"], row["amount"], row["direction"], row["account"])


def _line(number: int, day: str, document: str, amount: str, direction: str, account: str) -> Line:
    if not document or len(document) > 40:
        raise BAD_LINE.refuse(_WHY, at_field="file", number=number, what="number")
    if len(account) > 34:
        raise BAD_LINE.refuse(_WHY, at_field="file", number=number, what="account")
    return Line(number, _day(number, day), document, _amount(number, amount), direction, account)


def _day(number: int, text: str) -> date:
    try:
        if re.fullmatch(r"\d{2}\.\d{2}\.\d{4}", text):
            return date(int(text[6:]), int(text[3:5]), int(text[:2]))
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise BAD_LINE.refuse(_WHY, at_field="file", number=number, what="date")


def _amount(number: int, text: str) -> Decimal:
    try:
        if _AMOUNT.fullmatch(text):
            amount = Decimal(text.replace(",", ".")).quantize(CENT)
            if 0 < amount < LIMIT:
                return amount
    except InvalidOperation:
        pass
    raise BAD_LINE.refuse(_WHY, at_field="file", number=number, what="amount")


# --- 1CClientBankExchange --------------------------------------------------------------------------------------


def _exchange(texts: Iterator[tuple[int, str]]) -> Iterator[Line]:
    """Documents between `СекцияДокумент=` and `КонецДокумента`; own accounts from `РасчСчет=` of the head."""
    own: set[str] = set()
    declared: dict[str, Decimal] = {}
    sums = {"out": Decimal(0), "in": Decimal(0)}
    document: dict[str, str] | None = None
    begun = last = 1
    ended = False
    for number, text in texts:
        last = number
        name, _, value = text.strip().partition("=")
        value = value.strip()
        if ended and name:
            raise UNFINISHED.refuse(_WHY, at_field="file", number=number)
        if name == "СекцияДокумент":
            if document is not None:
                raise UNFINISHED.refuse(_WHY, at_field="file", number=number)
            document, begun = {}, number
        elif name == "КонецДокумента":
            if document is None:
                raise UNFINISHED.refuse(_WHY, at_field="file", number=number)
            line = _of_document(begun, document, own)
            sums[line.direction] += line.amount
            document = None
            yield line
        elif document is not None:
            document.setdefault(name, value)
        elif name == "РасчСчет":
            own.add(value)
        elif name in ("ВсегоСписано", "ВсегоПоступило"):
            declared[name] = declared.get(name, Decimal(0)) + _total(number, value)
        ended = ended or name == "КонецФайла"
    if document is not None or not ended:
        raise UNFINISHED.refuse(_WHY, at_field="file", number=last)
    for name, direction in (("ВсегоСписано", "out"), ("ВсегоПоступило", "in")):
        if name in declared and declared[name] != sums[direction]:
            raise TOTALS_DIFFER.refuse(
                _WHY, at_field="file", declared=Money(declared[name]), found=Money(sums[direction])
            )


def _total(number: int, text: str) -> Decimal:
    """A total of the head; nothing may have moved that day."""
    return Decimal(0) if re.fullmatch(r"0+([.,]0{1,2})?", text) else _amount(number, text)


def _of_document(number: int, found: dict[str, str], own: set[str]) -> Line:
    """Debited or credited says which way it went; where the bank left both out, the own account does."""
    out_on, in_on = found.get("ДатаСписано", ""), found.get("ДатаПоступило", "")
    payer, payee = found.get("ПлательщикСчет", ""), found.get("ПолучательСчет", "")
    if bool(out_on) != bool(in_on):
        direction = "out" if out_on else "in"
    elif (payer in own) != (payee in own):
        direction = "out" if payer in own else "in"
    else:
        raise BAD_LINE.refuse(_WHY, at_field="file", number=number, what="direction")
    day = (out_on if direction == "out" else in_on) or found.get("Дата", "")
    other = payee if direction == "out" else payer
    return _line(number, day, found.get("Номер", ""), found.get("Сумма", ""), direction, other)
