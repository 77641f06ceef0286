"""The working calendar of a country: the `holidays` package corrected by
`regimes/calendars/<country>.yaml`."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

from jardam.kernel.time import Override, WorkCalendar

from .reading import CalendarFile, EditionFault, Fault, read_file


def load_calendar(folder: Path, jurisdiction: str = "KG") -> WorkCalendar:
    """`folder` is `regimes/`. Raises EditionFault with every fault of the override table."""
    path = folder / "calendars" / f"{jurisdiction}.yaml"
    label = f"calendars/{path.name}"
    file, faults = read_file(path, CalendarFile, label)
    rows = file.overrides if file else []
    days = [row.day for row in rows]
    faults += [Fault(label, str(d), "stands twice") for d in sorted({d for d in days if days.count(d) > 1})]
    if file and file.calendar != jurisdiction:
        faults.append(Fault(label, "calendar", f"is {file.calendar!r}, not {jurisdiction!r}"))
    if faults or file is None:
        raise EditionFault(faults)
    overrides = {row.day: Override(row.working, row.basis) for row in rows}
    return WorkCalendar(jurisdiction, MappingProxyType(overrides))
