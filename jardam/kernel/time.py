"""Legal days and deadlines in Bishkek, counted on the national working calendar.

A *leg* is a length in one unit; a *term* is legs counted one after another ("3 working days, then 10 calendar
days"); a *deadline* is the first instant that is too late, with everything it was derived from. The clock is
never read here: every instant comes in as a value, and the time zone of the machine does not matter.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from importlib.metadata import version as version_of
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

import holidays

from .canonical import digest, plain
from .refusal import Basis

BISHKEK = ZoneInfo("Asia/Bishkek")
WHOLE_DAY = "24:00"
"""A day that ends at midnight: the first refused instant is 00:00 of the next day."""

FIRST_YEAR, LAST_YEAR = 2008, 2060
"""The years a calendar answers for: from the first law on the state social order to where nobody plans."""

Unit = Literal["working_days", "calendar_days", "hours", "months"]
UNITS: tuple[Unit, ...] = get_args(Unit)
MAX_LENGTH = 3660

_WORDS: dict[Unit, tuple[str, str]] = {
    "working_days": ("working day", "working days"),
    "calendar_days": ("calendar day", "calendar days"),
    "hours": ("hour", "hours"),
    "months": ("month", "months"),
}
_LEG = re.compile(r"(\d{1,4}) ([a-z_]+)")
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00")


# --- days and instants --------------------------------------------------------------------------------------


def bishkek_day(instant: datetime) -> date:
    """The legal day of an instant. TypeError for a naive one: nobody knows which day that is."""
    if instant.tzinfo is None:
        raise TypeError("an instant needs a time zone")
    return instant.astimezone(BISHKEK).date()


def instant_of(day: date, at: time = time(0)) -> datetime:
    """The aware UTC instant of a Bishkek wall clock."""
    if at.tzinfo is not None:
        raise TypeError("a wall clock carries no time zone")
    return datetime.combine(day, at, tzinfo=BISHKEK).astimezone(UTC)


def end_of(day: date, day_ends: str = WHOLE_DAY) -> datetime:
    """The first instant after `day`, which ends at the Bishkek wall clock `day_ends`: "18:00", "24:00"."""
    if not _CLOCK.fullmatch(day_ends):
        raise ValueError(f"a day ends between 00:00 and 24:00, not at {day_ends!r}")
    if day_ends == WHOLE_DAY:
        return instant_of(day + timedelta(days=1))
    return instant_of(day, time.fromisoformat(day_ends))


def last_day_before(end: datetime) -> date:
    """The legal day that a first refused instant ends: for 00:00 it is the day before."""
    return bishkek_day(end - timedelta(microseconds=1))


# --- terms --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Leg:
    """`length` units, at least one: a term of nothing is not a term."""

    length: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            raise ValueError(f"{self.unit!r} is no unit of time; known: {', '.join(UNITS)}")
        if type(self.length) is not int or not 1 <= self.length <= MAX_LENGTH:
            raise ValueError(f"a term is 1 to {MAX_LENGTH} units long, not {self.length!r}")

    @classmethod
    def read(cls, text: str) -> Leg:
        """The leg written as in an edition: `5 working_days`."""
        if not (match := _LEG.fullmatch(text)):
            raise ValueError(f"a leg is written like `5 working_days`, not {text!r}")
        return cls(int(match[1]), match[2])  # type: ignore[arg-type]  # checked above

    @property
    def code(self) -> str:
        return f"{self.length} {self.unit}"

    def __str__(self) -> str:
        return f"{self.length} {_WORDS[self.unit][self.length != 1]}"


@dataclass(frozen=True, slots=True)
class Term:
    """Legs counted one after another. Hours are counted from an instant, so they never mix with days."""

    legs: tuple[Leg, ...]

    def __post_init__(self) -> None:
        if not self.legs:
            raise ValueError("a term has at least one leg")
        if self.in_hours and any(leg.unit != "hours" for leg in self.legs):
            raise ValueError("hours and days do not mix in one term")

    @classmethod
    def of(cls, *legs: str) -> Term:
        """`Term.of("3 working_days", "10 calendar_days")`."""
        return cls(tuple(Leg.read(leg) for leg in legs))

    @property
    def in_hours(self) -> bool:
        return any(leg.unit == "hours" for leg in self.legs)

    def as_plain(self) -> list[str]:
        return [leg.code for leg in self.legs]

    def __str__(self) -> str:
        return ", then ".join(str(leg) for leg in self.legs)


# --- the working calendar -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Override:
    """One day moved by an act: a transfer, a religious holiday as announced. `basis` names the act."""

    working: bool
    basis: str


@dataclass(frozen=True)
class WorkCalendar:
    """Working days of a country: the `holidays` package, corrected by dated overrides.

    For KG the package knows the Labour Code of 2025 and the yearly transfers, working Saturdays included;
    religious holidays of future years are its estimates. That is why every deadline stores `version`.
    """

    jurisdiction: str = "KG"
    overrides: Mapping[date, Override] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.jurisdiction not in holidays.list_supported_countries():
            raise ValueError(f"no calendar is known for {self.jurisdiction!r}")

    @cached_property
    def version(self) -> str:
        """Names the sources of every answer: package version and the digest of the overrides."""
        rows = {day.isoformat(): [one.working, one.basis] for day, one in self.overrides.items()}
        return f"{self.jurisdiction}:holidays-{version_of('holidays')}:overrides-{digest(rows)[:12]}"

    @cached_property
    def _working(self) -> dict[int, frozenset[date]]:
        return {}

    def _working_in(self, year: int) -> frozenset[date]:
        """Worked out once a year, with both neighbours: a day off in January may be paid for by a Saturday in
        December."""
        if year not in self._working:
            source = holidays.country_holidays(self.jurisdiction, years=(year - 1, year, year + 1))
            first = date(year, 1, 1)
            days = (first + timedelta(days=n) for n in range(366))
            self._working[year] = frozenset(d for d in days if d.year == year and source.is_working_day(d))
        return self._working[year]

    def is_working_day(self, day: date) -> bool:
        """ValueError outside of FIRST_YEAR to LAST_YEAR: a guess would look like an answer."""
        if override := self.overrides.get(day):
            return override.working
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValueError(f"the working calendar does not reach {day}")
        return day in self._working_in(day.year)

    def next_working_day(self, day: date) -> date:
        """`day` itself when it is a working day, else the first one after it."""
        while not self.is_working_day(day):
            day += timedelta(days=1)
        return day

    def working_days_between(self, after: date, until: date) -> int:
        """How many working days lie after `after`, up to and including `until`."""
        days = (after + timedelta(days=n) for n in range(1, (until - after).days + 1))
        return sum(1 for day in days if self.is_working_day(day))


# --- deadlines ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Deadline:
    """`at` is the first refused instant (decisions.md §3.8); `due_on` the last permitted Bishkek day. The
    rest is the derivation, kept so that anybody can count again."""

    at: datetime
    due_on: date
    start: date | datetime
    term: Term
    rolled: bool  # moved off a non-working day
    day_ends: str
    calendar: str  # WorkCalendar.version
    basis: Basis

    def passed(self, at: datetime) -> bool:
        return at >= self.at

    def as_plain(self) -> dict[str, Any]:
        """As JSON knows it, for the contest's row and the journal; instants in UTC."""
        basis = self.basis
        derivation = {
            "at": self.at,
            "due_on": self.due_on,
            "start": self.start,
            "term": self.term.as_plain(),
            "rolled": self.rolled,
            "day_ends": self.day_ends,
            "calendar": self.calendar,
            "basis": {"kind": basis.kind, "act": basis.act, "article": basis.article, "key": basis.key},
        }
        return dict(plain(derivation))


def deadline(
    start: date | datetime,
    term: Term,
    calendar: WorkCalendar,
    basis: Basis,
    *,
    roll_to_working_day: bool,
    day_ends: str = WHOLE_DAY,
) -> Deadline:
    """When `term` from `start` is over. The day of the event does not count.

    `roll_to_working_day`: a term of calendar days or months that ends on a non-working day moves to the next
    working day (edition key `clock.roll_to_working_day`; not assumed to be law). `day_ends`: Bishkek wall
    clock (key `clock.day_ends`). Hours run from an instant, through nights and holidays alike, and never
    move. Raises TypeError for hours from a bare day or for a naive instant.
    """
    day = bishkek_day(start) if isinstance(start, datetime) else start
    if term.in_hours:
        at = _after_hours(start, term.legs)
        due_on, rolled, day_ends = bishkek_day(at - timedelta(microseconds=1)), False, ""
    else:
        ends_on = _after_days(day, term.legs, calendar)
        due_on = calendar.next_working_day(ends_on) if roll_to_working_day else ends_on
        rolled, at = due_on != ends_on, end_of(due_on, day_ends)
    return Deadline(at, due_on, start, term, rolled, day_ends, calendar.version, basis)


def _after_hours(start: date | datetime, legs: Iterable[Leg]) -> datetime:
    if not isinstance(start, datetime):
        raise TypeError("hours are counted from an instant, not from a day")
    return start.astimezone(UTC) + timedelta(hours=sum(leg.length for leg in legs))


def _after_days(day: date, legs: Iterable[Leg], calendar: WorkCalendar) -> date:
    for leg in legs:
        match leg.unit:
            case "working_days":
                day = _add_working_days(day, leg.length, calendar)
            case "calendar_days":
                day += timedelta(days=leg.length)
            case _:
                day = _add_months(day, leg.length)
    return day


def _add_working_days(day: date, length: int, calendar: WorkCalendar) -> date:
    for _ in range(length):
        day = calendar.next_working_day(day + timedelta(days=1))
    return day


def _add_months(day: date, length: int) -> date:
    """The same day of the month, or its last day when it is shorter: 31 January + 1 month = 28 February."""
    years, month = divmod(day.month - 1 + length, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def months_before(day: date, length: int) -> date:
    """The same day `length` months earlier, or the last day of a shorter month."""
    return _add_months(day, -length)
