"""Named reads of the record for its pages. Everything comes back as frozen values; the number of
statements does not depend on the number of rows. Labels are English message ids (the doors translate them)
unless an alias gives them."""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Count, Max, Min, Q, QuerySet
from django.db.models.expressions import Func

from jardam.fields import in_language
from jardam.kernel.text import fold

from .models import (
    ROW_MODELS,
    ContestRow,
    EarlierVersion,
    FigureRow,
    LoadedFile,
    MunicipalityRow,
    Row,
    TargetGroupRow,
)
from .rules.aliases import Alias, AliasTable, Axis, OpenQuestion, read_aliases, read_questions
from .rules.money import FAMILIES, MONEY_KINDS, QUALIFIERS_BEFORE, Family, family_of
from .rules.rows import LEVELS, ROW_TYPES, Figure, Municipality, PastContest, TargetGroup
from .rules.unknowns import UNKNOWN_FIELDS

PAGE = 50
MOST_FIGURES = 400
MOST_COUNTED = 1000
PRESS_RELEASE = "https://dpi.kg/en/press-room/press/print/66.html"
"""The anchor of the record: the press release of 5 November 2019."""


class NotOnRecord(ObjectDoesNotExist):
    """There is no such row, version or page of a list. The door answers "not found"."""


# --- what the project keeps beside the record ---------------------------------------------------------------


@cache
def aliases() -> AliasTable:
    return read_aliases((settings.BASE_DIR / "data" / "record" / "aliases.yaml").read_bytes())


@cache
def open_questions() -> tuple[OpenQuestion, ...]:
    return read_questions((settings.BASE_DIR / "data" / "record" / "open_questions.yaml").read_bytes())


@dataclass(frozen=True, slots=True)
class Named:
    """A canonical customer, place, group or subject in the reader's language."""

    key: str
    label: str
    place: str = ""


def _named(alias: Alias) -> Named:
    return Named(alias.key, in_language(alias.label.texts), alias.place or "")


def _named_all(axis: Axis, text: str) -> tuple[Named, ...]:
    return tuple(_named(alias) for alias in axis.matching(text))


def _subject(key: str) -> Named:
    alias = aliases().subjects.by_key.get(key)
    return _named(alias) if alias else Named(key, key)


# --- figures ------------------------------------------------------------------------------------------------


def stands_before(qualifier: str | None) -> bool:
    """Is this a qualifier that is translated and read before the amount ("about"), or words that follow it?"""
    return qualifier in QUALIFIERS_BEFORE


@dataclass(frozen=True, slots=True)
class FigureLine:
    """One figure as its source states it; `kind_label` is a message id."""

    row: Figure
    version: int
    subject: Named
    kind_label: str
    family: Family

    @property
    def is_corrected(self) -> bool:
        return self.version > 1


def _figure_line(stored: FigureRow) -> FigureLine:
    row = Figure.model_validate(stored.content)
    label = MONEY_KINDS[row.kind].label
    return FigureLine(row, stored.version, _subject(row.subject), label, family_of(row.kind))


def _figures(rows: QuerySet[FigureRow]) -> tuple[FigureLine, ...]:
    lines = [_figure_line(stored) for stored in rows.only("content", "version")[:MOST_FIGURES]]
    return tuple(sorted(lines, key=lambda line: (line.row.year or 0, line.row.key)))


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject that can be chosen, its place among the others and how many figures it has."""

    named: Named
    is_gsz: bool
    part_of: str
    count: int


@dataclass(frozen=True, slots=True)
class YearSlot:
    """A year of the chart. Without figures it stays empty: a gap is not zero."""

    year: int
    figures: tuple[FigureLine, ...]

    @property
    def disagrees(self) -> bool:
        """Do two sources give different amounts for the same level of government?"""
        amounts: dict[str, set[int]] = {}
        for line in self.figures:
            amounts.setdefault(line.row.level, set()).add(line.row.kgs)
        return any(len(different) > 1 for different in amounts.values())


@dataclass(frozen=True, slots=True)
class MoneyPage:
    """One subject and one family of kinds of money. Nothing in it is a sum."""

    subjects: tuple[Subject, ...]
    subject: Named
    part_of: Named | None
    parts: tuple[Named, ...]
    family: Family
    families: tuple[Family, ...]
    level: str
    years: tuple[YearSlot, ...]
    undated: tuple[FigureLine, ...]
    others: tuple[FigureLine, ...]
    comparison: tuple[FigureLine, ...]
    is_cut: bool
    """More figures than one page holds: some are left out."""

    @property
    def disagreements(self) -> tuple[YearSlot, ...]:
        return tuple(slot for slot in self.years if slot.disagrees)

    @property
    def is_chartable(self) -> bool:
        return self.family.is_level and any(slot.figures for slot in self.years)


def money(subject: str = "", family: str = "", level: str = "") -> MoneyPage:
    """The figures of one subject. Without a subject the one with most figures is shown, without a family
    the first one that has any. Raises NotOnRecord for a subject, family or level that does not exist."""
    if level and level not in LEVELS:
        raise NotOnRecord(level)
    subjects = _subjects()
    chosen = _chosen_subject(subjects, subject)
    rows = FigureRow.objects.filter(is_gsz=True, subject=chosen).order_by("key")
    lines = _figures(rows.filter(level=level) if level else rows)
    wanted = _chosen_family(lines, family)
    own = [line for line in lines if line.family == wanted]
    part_of = next((one.part_of for one in subjects if one.named.key == chosen and one.part_of), "")
    comparison = _figures(FigureRow.objects.filter(is_gsz=False).order_by("key"))
    return MoneyPage(
        subjects=subjects,
        subject=_subject(chosen),
        part_of=_subject(part_of) if part_of else None,
        parts=tuple(one.named for one in subjects if one.is_gsz and one.part_of == chosen and chosen),
        family=wanted,
        families=tuple(FAMILIES.values()),
        level=level,
        years=_slots(own),
        undated=tuple(line for line in lines if line.row.year is None),
        others=tuple(line for line in lines if line.family != wanted and line.row.year is not None),
        comparison=comparison,
        is_cut=MOST_FIGURES in (len(lines), len(comparison)),
    )


def _subjects() -> tuple[Subject, ...]:
    rows = (
        FigureRow.objects.values("subject", "is_gsz", "content__part_of").annotate(n=Count("id")).order_by("subject")
    )
    found = [Subject(_subject(r["subject"]), r["is_gsz"], r["content__part_of"] or "", r["n"]) for r in rows]
    return tuple(sorted(found, key=lambda one: (not one.is_gsz, bool(one.part_of), one.named.label)))


def _chosen_subject(subjects: Sequence[Subject], wanted: str) -> str:
    known = [one for one in subjects if one.is_gsz]
    if wanted and wanted not in {one.named.key for one in known}:
        raise NotOnRecord(wanted)
    return wanted or max(known, key=lambda one: (not one.part_of, one.count)).named.key if known else ""


def _chosen_family(lines: Sequence[FigureLine], wanted: str) -> Family:
    if wanted:
        if wanted not in FAMILIES:
            raise NotOnRecord(wanted)
        return FAMILIES[wanted]
    present = {line.family.code for line in lines}
    return next((family for code, family in FAMILIES.items() if code in present), FAMILIES["level"])


def _slots(lines: Sequence[FigureLine]) -> tuple[YearSlot, ...]:
    """Every year from the first to the last figure, the empty ones included."""
    by_year: dict[int, list[FigureLine]] = {}
    for line in lines:
        if line.row.year is not None:
            by_year.setdefault(line.row.year, []).append(line)
    if not by_year:
        return ()
    span = range(min(by_year), max(by_year) + 1)
    return tuple(YearSlot(year, tuple(by_year.get(year, ()))) for year in span)


# --- overview -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Overview:
    """How much is on record, and what its anchor, the press release of 5 November 2019, says."""

    figures: int
    contests: int
    municipalities: int
    groups: int
    first_year: int | None
    last_year: int | None
    loaded_at: datetime | None
    anchors: tuple[FigureLine, ...]
    named: tuple[Named, ...]


def overview() -> Overview:
    spans = FigureRow.objects.aggregate(n=Count("id"), first=Min("year"), last=Max("year"))
    return Overview(
        figures=spans["n"],
        contests=ContestRow.objects.count(),
        municipalities=MunicipalityRow.objects.count(),
        groups=TargetGroupRow.objects.count(),
        first_year=spans["first"],
        last_year=spans["last"],
        loaded_at=LoadedFile.objects.filter(is_refused=False).aggregate(at=Max("at"))["at"],
        anchors=_figures(FigureRow.objects.filter(sources__contains=[PRESS_RELEASE]).order_by("key")),
        named=named_in_press_release(),
    )


def named_in_press_release() -> tuple[Named, ...]:
    """The municipalities named as participants; how many customers there were is another fact."""
    rows = MunicipalityRow.objects.filter(named_in_2019_press_release=True).order_by("key")
    return tuple(_municipality_name(row) for row in rows[:MOST_FIGURES])


def _municipality_name(stored: MunicipalityRow) -> Named:
    content = stored.content
    texts = {code: content[f"name_{code}"] for code in ("ky", "ru", "en") if content[f"name_{code}"]}
    return Named(stored.key, in_language(texts), stored.key)


# --- contests -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ContestLine:
    key: str
    type: str
    years: tuple[int, ...]
    customer_text: str
    customers: tuple[Named, ...]
    programme: str | None
    theme: str | None
    amounts: tuple[AmountLine, ...]
    projects_awarded: int | None
    sources: tuple[str, ...]
    version: int


@dataclass(frozen=True, slots=True)
class AmountLine:
    kgs: int
    kind_label: str
    per: str
    qualifier: str | None


@dataclass(frozen=True, slots=True)
class ContestPage:
    lines: tuple[ContestLine, ...]
    count: int
    is_count_capped: bool
    next: str


@dataclass(frozen=True, slots=True)
class ContestChoices:
    """What the list can be narrowed to: the canonical customers, places and groups of the alias table, the
    years."""

    customers: tuple[Named, ...]
    places: tuple[Named, ...]
    groups: tuple[Named, ...]
    years: tuple[int, ...]


_LISTED = ("type", "customer_text", "programme", "theme", "amounts", "projects_awarded", "sources")


def contest_choices() -> ContestChoices:
    table = aliases()
    unnested = ContestRow.objects.annotate(of=Func("years", function="unnest")).values_list("of", flat=True)
    return ContestChoices(
        customers=_all_named(table.customers),
        places=_all_named(table.places),
        groups=_all_named(table.groups),
        years=tuple(sorted(set(unnested.distinct()), reverse=True)),
    )


def _all_named(axis: Axis) -> tuple[Named, ...]:
    return tuple(sorted((_named(alias) for alias in axis.aliases), key=lambda one: one.label))


def contests(
    *,
    customer: str = "",
    place: str = "",
    group: str = "",
    year: int | None = None,
    theme: str = "",
    after: str = "",
) -> ContestPage:
    """A page of contests, newest first. `theme` is looked for in customer, programme, theme, groups and
    winners. Raises NotOnRecord for a cursor that is none."""
    table = aliases()
    rows = ContestRow.objects.all()
    if customer:
        rows = rows.filter(customer_fold__in=table.customers.folded(customer))
    if place:
        rows = rows.filter(places_fold__overlap=_some(table.places.folded(place)))
    if group:
        rows = rows.filter(groups_fold__overlap=_some(table.groups.folded(group)))
    if year is not None:
        rows = rows.filter(years__contains=[year])
    if theme:
        rows = rows.filter(search_fold__contains=fold(theme))
    return _contest_page(rows, after)


def _some(texts: list[str]) -> list[str]:
    """An empty list has no type in PostgreSQL and overlaps with nothing; the empty text is in no list
    either."""
    return texts or [""]


def _contest_page(rows: QuerySet[ContestRow], after: str) -> ContestPage:
    count = rows.order_by()[: MOST_COUNTED + 1].count()
    shown = rows
    if after:
        year, key = _read_cursor(after)
        shown = rows.filter(Q(last_year__lt=year) | Q(last_year=year, key__gt=key))
    found = list(_contest_lines(shown, PAGE + 1))
    lines = tuple(line for _, line in found[:PAGE])
    following = _cursor(found[PAGE - 1][0], lines[-1].key) if len(found) > PAGE else ""
    return ContestPage(lines, min(count, MOST_COUNTED), count > MOST_COUNTED, following)


def _contest_lines(rows: QuerySet[ContestRow], limit: int) -> Iterator[tuple[int, ContestLine]]:
    columns = ("last_year", "key", "years", "version", *(f"content__{name}" for name in _LISTED))
    for row in rows.order_by("-last_year", "key").values(*columns)[:limit]:
        said = {name: row[f"content__{name}"] for name in _LISTED}
        yield row["last_year"], _contest_line(row, said)


def _contest_line(row: dict[str, Any], said: dict[str, Any]) -> ContestLine:
    return ContestLine(
        key=row["key"],
        type=said["type"],
        years=tuple(row["years"]),
        customer_text=said["customer_text"],
        customers=_named_all(aliases().customers, said["customer_text"]),
        programme=said["programme"],
        theme=said["theme"],
        amounts=tuple(_amount(one) for one in said["amounts"]),
        projects_awarded=said["projects_awarded"],
        sources=tuple(said["sources"]),
        version=row["version"],
    )


def _amount(said: dict[str, Any]) -> AmountLine:
    return AmountLine(said["kgs"], MONEY_KINDS[said["kind"]].label, said["per"], said["qualifier"])


def _cursor(*place: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(place, ensure_ascii=False).encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[int, str]:
    try:
        match json.loads(base64.urlsafe_b64decode(cursor.encode("ascii") + b"==")):
            case [int(year), str(key)] if abs(year) < 2**15 and "\0" not in key:
                return year, key
    except (ValueError, RecursionError):
        pass
    raise NotOnRecord(cursor)


@dataclass(frozen=True, slots=True)
class Group:
    """A target group as the source words it, and the canonical groups it means, if any."""

    text: str
    named: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class ContestDetail:
    row: PastContest
    years: tuple[int, ...]
    customers: tuple[Named, ...]
    groups: tuple[Group, ...]
    amounts: tuple[AmountLine, ...]
    version: int


def contest(key: str) -> ContestDetail:
    stored = _stored(ContestRow, key)
    row = PastContest.model_validate(stored.content)
    table = aliases()
    return ContestDetail(
        row=row,
        years=row.years,
        customers=_named_all(table.customers, row.customer_text),
        groups=tuple(Group(text, _named_all(table.groups, text)) for text in row.target_groups_text or ()),
        amounts=tuple(_amount(amount.model_dump()) for amount in row.amounts),
        version=stored.version,
    )


def _stored(model: Any, key: str) -> Any:
    """The row under its id. Raises NotOnRecord; a key no row can have is not asked for."""
    rows = model.objects if hasattr(model, "objects") else model
    row = rows.filter(key=key).first() if key and "\0" not in key else None
    if row is None:
        raise NotOnRecord(key)
    return row


# --- municipalities and groups ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MunicipalityLine:
    row: Municipality
    name: str
    version: int


@dataclass(frozen=True, slots=True)
class MunicipalityPage:
    """Named as a participant is not the same as being a customer: both are shown."""

    lines: tuple[MunicipalityLine, ...]
    named: tuple[Named, ...]
    customers_as_counted: tuple[FigureLine, ...]
    next: str


@dataclass(frozen=True, slots=True)
class MunicipalityDetail:
    line: MunicipalityLine
    contests: tuple[ContestLine, ...]


def municipalities(after: str = "") -> MunicipalityPage:
    rows, following = _page_by_key(MunicipalityRow.objects.all(), after)
    anchors = FigureRow.objects.filter(sources__contains=[PRESS_RELEASE], year=2019, level="all").order_by("key")
    return MunicipalityPage(
        lines=tuple(_municipality_line(row) for row in rows),
        named=named_in_press_release(),
        customers_as_counted=_figures(anchors),
        next=following,
    )


def municipality(key: str) -> MunicipalityDetail:
    """A municipality and the contests whose customer or winner the alias table places there."""
    stored = _stored(MunicipalityRow, key)
    texts = _some(aliases().places.folded(key))
    found = _contest_lines(ContestRow.objects.filter(places_fold__overlap=texts), MOST_FIGURES)
    return MunicipalityDetail(_municipality_line(stored), tuple(line for _, line in found))


def _municipality_line(stored: MunicipalityRow) -> MunicipalityLine:
    row = Municipality.model_validate(stored.content)
    return MunicipalityLine(row, _municipality_name(stored).label, stored.version)


@dataclass(frozen=True, slots=True)
class GroupLine:
    """`contests`: how many contests name the group, by the alias table."""

    row: TargetGroup
    name: str
    contests: int
    version: int


@dataclass(frozen=True, slots=True)
class GroupPage:
    lines: tuple[GroupLine, ...]
    next: str


def groups(after: str = "") -> GroupPage:
    rows, following = _page_by_key(TargetGroupRow.objects.all(), after)
    counted = _contests_by_group()
    return GroupPage(tuple(_group_line(row, counted) for row in rows), following)


def _contests_by_group() -> Counter[str]:
    """Key of the group → contests; each contest once, however many of its texts mean the group."""
    axis, counted = aliases().groups, Counter[str]()
    combinations = ContestRow.objects.exclude(groups_fold=[]).values_list("groups_fold").annotate(n=Count("id"))
    for texts, n in combinations:
        for key in {alias.key for text in texts for alias in axis.matching(text)}:
            counted[key] += n
    return counted


def _group_line(stored: TargetGroupRow, counted: Counter[str]) -> GroupLine:
    row = TargetGroup.model_validate(stored.content)
    texts = {"ky": row.name_ky or "", "ru": row.name_ru, "en": row.name_en}
    return GroupLine(row, in_language(texts), counted[row.key], stored.version)


def _page_by_key(rows: QuerySet[Any], after: str) -> tuple[list[Any], str]:
    if after:
        rows = rows.filter(key__gt=_read_cursor(after)[1])
    found = list(rows.order_by("key")[: PAGE + 1])
    return found[:PAGE], _cursor(0, found[PAGE - 1].key) if len(found) > PAGE else ""


# --- what is not known --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class UnknownField:
    label: str
    missing: int
    total: int


@dataclass(frozen=True, slots=True)
class UnknownKind:
    kind: str
    fields: tuple[UnknownField, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """What the sources do not say, and what is known to be open. `years` are those without a total."""

    kinds: tuple[UnknownKind, ...]
    years: tuple[int, ...]
    total: Named
    questions: tuple[str, ...]


def unknown() -> Unknown:
    total = "gsz-total"
    figures = FigureRow.objects.filter(is_gsz=True)
    level = [kind for kind in MONEY_KINDS if family_of(kind).code == "level"]
    stated = figures.filter(subject=total, money_kind__in=level).values_list("year", flat=True)
    span = figures.aggregate(first=Min("year"), last=Max("year"))
    every = set() if span["first"] is None else set(range(span["first"], span["last"] + 1))
    return Unknown(
        kinds=tuple(_unknown_kind(kind, fields) for kind, fields in UNKNOWN_FIELDS.items()),
        years=tuple(sorted(every - set(stated))),
        total=_subject(total),
        questions=tuple(in_language(one.question.texts) for one in open_questions()),
    )


def _unknown_kind(kind: str, labels: dict[str, str]) -> UnknownKind:
    missing = {
        f"no_{name}": Count("id", filter=Q(**{f"content__{name}": None}) | Q(**{f"content__{name}": []}))
        for name in labels
    }
    found = ROW_MODELS[kind]._default_manager.aggregate(total=Count("id"), **missing)
    fields = [UnknownField(label, found[f"no_{name}"], found["total"]) for name, label in labels.items()]
    return UnknownKind(kind, tuple(field for field in fields if field.missing))


# --- versions -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version of a row. `said` are its facts as (field, text or None); `changed` the fields that the next
    version says otherwise; `until` is None for the one in force."""

    version: int
    said: tuple[tuple[str, str | None], ...]
    file_name: str
    since: datetime
    until: datetime | None
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class History:
    kind: str
    key: str
    shown: VersionLine
    versions: tuple[VersionLine, ...]


def history(kind: str, key: str, version: int | None = None) -> History:
    """All versions of a row, newest first, and the one asked for (else the one in force)."""
    if kind not in ROW_MODELS:
        raise NotOnRecord(kind)
    model: Any = ROW_MODELS[kind]
    current: Row = _stored(model.objects.select_related("file"), key)
    earlier = EarlierVersion.objects.filter(kind=kind, key=key).select_related("file", "replaced_by")
    versions = _version_lines(current, list(earlier.order_by("-version")))
    shown = next((one for one in versions if version in (None, one.version)), None)
    if shown is None:
        raise NotOnRecord(f"{key} {version}")
    return History(kind, key, shown, versions)


def _version_lines(current: Row, earlier: list[EarlierVersion]) -> tuple[VersionLine, ...]:
    lines = [_version_line(current.KIND, current, None, ())]
    following = current.content
    for old in earlier:
        changed = tuple(sorted(name for name in following if following[name] != old.content.get(name)))
        lines.append(_version_line(current.KIND, old, old.replaced_by.at, changed))
        following = old.content
    return tuple(lines)


def _version_line(kind: str, stored: Any, until: datetime | None, changed: tuple[str, ...]) -> VersionLine:
    order = {name: place for place, name in enumerate(ROW_TYPES[kind].model_fields)}
    said = sorted(stored.content.items(), key=lambda fact: order.get(fact[0], len(order)))
    return VersionLine(stored.version, tuple(_said(dict(said))), stored.file.name, stored.file.at, until, changed)


def _said(value: Any, path: str = "") -> Iterator[tuple[str, str | None]]:
    """A row's content as flat facts: `winners[0].place` and its text, None where the source does not say."""
    if isinstance(value, dict):
        parts: Iterable[tuple[str, Any]] = ((f"{path}.{key}" if path else key, part) for key, part in value.items())
    elif isinstance(value, list) and value:
        parts = ((f"{path}[{place}]", part) for place, part in enumerate(value))
    else:
        yield path, _text(value)
        return
    for deeper, part in parts:
        yield from _said(part, deeper)


def _text(value: Any) -> str | None:
    if value is None or value == []:
        return None
    return json.dumps(value) if isinstance(value, bool) else str(value)
