"""Editions: one file per form and version of the law, chosen by the day of the announcement, settled once.

The road: `load_editions` at start-up → `choose` → `resolve` → a `Settlement` stored on the contest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations, pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from jardam.kernel.refusal import Basis, Reason, Refusal, refuse_if_any

from .catalogue import CATALOGUE, FORMS, HIGHER_SCORE_ON, Key, keys_for
from .house import HOUSE
from .methods import highest_total
from .parameter import Parameter, checked
from .reading import (
    ActRow,
    BasisRow,
    EditionFault,
    EditionFile,
    Fault,
    OverlayFile,
    ParameterRow,
    pin_faults,
    read_file,
    sha256_of,
)
from .settlement import Settlement, rule_unknown
from .values import Names

OTHER_FOLDERS = ("demonstration", "calendars")

NO_EDITION = Reason("no_edition", "No edition of the rules for this form of order is in force on {day}.")
NOT_DELEGATED = Reason(
    "not_delegated",
    "“{parameter}” may be set by the customer's act only where the law leaves it to the customer, or with a "
    "signed statement that the official text was read and is silent.",
)
RULE_LOOSENED = Reason(
    "rule_loosened", "The customer's act may tighten “{parameter}” ({confirmed}), not loosen it ({local})."
)
RULES_DISAGREE = Reason("rules_disagree", "“{parameter}” does not agree with the other rules: {why}.")


@dataclass(frozen=True, slots=True)
class Act:
    """A legal act an edition rests on."""

    id: str
    title: str
    url: str


@dataclass(frozen=True)
class Edition:
    """A complete snapshot of one regime. Valid from `valid_from` up to, not including, `valid_until`."""

    key: str  # "grants/2022-604"
    form: str
    jurisdiction: str
    title: Names
    valid_from: date
    valid_from_status: Literal["confirmed", "assumed"]
    valid_until: date | None
    revision: int
    acts: tuple[Act, ...]
    parameters: Mapping[str, Parameter]
    file_sha256: str
    note: str = ""

    def is_valid_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)

    @property
    def unknown_keys(self) -> tuple[str, ...]:
        return tuple(key for key, one in self.parameters.items() if not one.is_known)


@dataclass(frozen=True)
class Overlay:
    """Assumed values of a form, for demonstration instances only (decisions.md §2.3)."""

    form: str
    values: Mapping[str, Any]
    file_sha256: str


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A value found in the official text, entered by a lawyer and checked by another person; for the whole
    instance. It makes `revision` of the edition; the shipped file stays as it is."""

    edition: str
    key: str
    value: Any
    basis: Basis  # law: act, article, address
    revision: int


@dataclass(frozen=True, slots=True)
class Adoption:
    """A value from the customer's own act: it fills an unknown key, or tightens a confirmed one.

    `silence_statement` names the signed statement that the official text was read and is silent; a key that
    the law delegates needs none."""

    key: str
    value: Any
    basis: Basis  # act: number and date
    silence_statement: str = ""


# --- loading ------------------------------------------------------------------------------------------------


def load_editions(folder: Path) -> tuple[Edition, ...]:
    """All editions of all forms, by form and validity. Raises EditionFault with every fault of every file."""
    faults = pin_faults(folder) + _unknown_folders(folder)
    editions = []
    for form in FORMS:
        for path in sorted((folder / form).glob("*.yaml")):
            edition, found = _read_edition(path, form)
            faults += found
            editions += [edition] if edition else []
    editions = _closed(editions)
    faults += _overlaps(editions)
    if not editions and not faults:
        faults.append(Fault(folder.name, "", "holds no edition"))
    if faults:
        raise EditionFault(faults)
    return tuple(editions)


def load_overlay(path: Path) -> Overlay:
    """The assumed values of one form. Raises EditionFault with every fault."""
    file, faults = read_file(path, OverlayFile, f"{path.parent.name}/{path.name}")
    label, values = f"{path.parent.name}/{path.name}", {}
    if file and file.form not in FORMS:
        faults.append(Fault(label, "form", f"{file.form!r} is no form of order"))
    for key, row in file.parameters.items() if file else ():
        if key not in CATALOGUE:
            faults.append(Fault(label, key, "unexpected"))
            continue
        try:
            values[key] = CATALOGUE[key].type.read(row.value)
        except ValueError as error:
            faults.append(Fault(label, key, str(error)))
    faults += [Fault(label, key, why) for key, why in disagreements(values)]
    if faults or file is None:
        raise EditionFault(faults)
    return Overlay(file.form, MappingProxyType(values), sha256_of(path))


def _unknown_folders(folder: Path) -> list[Fault]:
    names = {path.parent.name for path in folder.glob("*/*.yaml")}
    return [Fault(n, "", "is no form of order") for n in sorted(names - set(FORMS) - set(OTHER_FOLDERS))]


def _read_edition(path: Path, form: str) -> tuple[Edition | None, list[Fault]]:
    label = f"{form}/{path.name}"
    file, faults = read_file(path, EditionFile, label)
    if file is None:
        return None, faults
    faults += [Fault(label, key, why) for key, why in _header_faults(file, f"{form}/{path.stem}", form)]
    parameters = {}
    for row in FORMS[form]:
        try:
            parameters[row.key] = _parameter(row, file.parameters.get(row.key), file.acts)
        except ValueError as error:
            faults.append(Fault(label, row.key, str(error)))
    faults += [Fault(label, key, "unexpected") for key in file.parameters if key not in parameters | CATALOGUE]
    known = {key: one.value for key, one in parameters.items() if one.is_known}
    faults += [Fault(label, key, why) for key, why in disagreements(known)]
    return _edition(file, parameters, sha256_of(path)), faults


def _header_faults(file: EditionFile, key: str, form: str) -> list[tuple[str, str]]:
    faults = []
    if file.edition != key:
        faults.append(("edition", f"is {file.edition!r}; by its place the file is {key!r}"))
    if file.form != form:
        faults.append(("form", f"is {file.form!r}; by its folder the file is {form!r}"))
    if file.valid_until is not None and file.valid_until <= file.valid_from:
        faults.append(("valid_until", "is not after valid_from"))
    ids = [act.id for act in file.acts]
    faults += [("acts", f"{id_!r} stands twice") for id_ in sorted({i for i in ids if ids.count(i) > 1})]
    return faults


def _parameter(row: Key, given: ParameterRow | None, acts: Sequence[ActRow]) -> Parameter:
    if given is None:
        raise ValueError("missing")
    tighter = given.tighter or row.tighter
    if given.status == "unknown":
        if given.value is not None:
            raise ValueError("is unknown and yet has a value")
        return Parameter(
            row.key, None, row.type.unit, None, "unknown", tighter, given.delegated, given.note, row.type.name
        )
    if given.basis is None:
        raise ValueError("is confirmed and names no basis")
    value, basis = row.type.read(given.value), _basis(given.basis, acts)
    return Parameter(
        row.key,
        value,
        row.type.unit,
        basis,
        "confirmed",
        tighter,
        given.delegated,
        given.note,
        row.type.name,
    )


def _basis(given: BasisRow, acts: Sequence[ActRow]) -> Basis:
    act = next((act for act in acts if act.id == given.act), None)
    if act is None:
        raise ValueError(f"its basis names an act that the file does not list: {given.act!r}")
    return Basis("law", act.title, given.article, given.url or act.url)


def _edition(file: EditionFile, parameters: Mapping[str, Parameter], sha256: str) -> Edition:
    return Edition(
        file.edition,
        file.form,
        file.jurisdiction,
        Names(**file.title),
        file.valid_from,
        file.valid_from_status,
        file.valid_until,
        file.revision,
        tuple(Act(act.id, act.title, act.url) for act in file.acts),
        MappingProxyType(dict(parameters)),
        sha256,
        file.note,
    )


def _closed(editions: Iterable[Edition]) -> list[Edition]:
    """By country, form and validity; an open edition ends where the next one begins. So a new law never makes
    anyone edit the file of the old one, whose hash the contests under it have stored."""
    rows = sorted(editions, key=lambda e: (e.jurisdiction, e.form, e.valid_from))
    ends = {a.key: b.valid_from for a, b in pairwise(rows) if _same_law(a, b) and a.valid_from < b.valid_from}
    return [replace(e, valid_until=e.valid_until or ends.get(e.key)) for e in rows]


def _overlaps(editions: Iterable[Edition]) -> list[Fault]:
    """Two editions of one form and country may touch, never overlap: on each day one law is in force."""
    return [
        Fault(f"{b.key}.yaml", "valid_from", f"overlaps with {a.key}")
        for a, b in combinations(editions, 2)
        if _same_law(a, b) and (a.valid_until is None or b.valid_from < a.valid_until)
    ]


def _same_law(a: Edition, b: Edition) -> bool:
    return (a.jurisdiction, a.form) == (b.jurisdiction, b.form)


def disagreements(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Keys that contradict each other, with the reason; only what is known is compared."""
    faults = []
    criteria = values.get("eval.criteria")
    if criteria is not None:
        codes = {criterion.code for criterion in criteria}
        for method in values.get("eval.tie_chain", ()):
            if method.startswith(HIGHER_SCORE_ON) and method.removeprefix(HIGHER_SCORE_ON) not in codes:
                faults.append(("eval.tie_chain", f"{method} names no criterion of eval.criteria"))
        pass_mark, method = values.get("eval.pass_mark"), values.get("eval.aggregation")
        if pass_mark is not None and method is not None and pass_mark > highest_total(criteria, method):
            faults.append(("eval.pass_mark", "is above the highest total that can be reached"))
    size_min, size_max = values.get("com.size_min"), values.get("com.size_max")
    if size_min is not None and size_max is not None and size_max < size_min:
        faults.append(("com.size_max", "is below com.size_min"))
    return faults


# --- choosing and resolving ---------------------------------------------------------------------------------


def choose(editions: Iterable[Edition], form: str, announced_on: date, jurisdiction: str = "KG") -> Edition:
    """The edition in force on the day of the announcement. Refuses `no_edition`."""
    for edition in editions:
        if (edition.form, edition.jurisdiction) == (form, jurisdiction) and edition.is_valid_on(announced_on):
            return edition
    raise NO_EDITION.refuse(HOUSE["H-22"].basis, day=announced_on)


def resolve(
    edition: Edition,
    *,
    overlay: Overlay | None = None,
    confirmations: Iterable[Confirmation] = (),
    adoptions: Iterable[Adoption] = (),
    needed: Iterable[str] | None = None,
) -> Settlement:
    """Settle the edition for one contest (by default every key of stage `contest`) or for the keys in
    `needed`.

    Confirmations of other editions are passed over, so the caller may hand over all of them; of two for one
    key the higher revision counts. Each adoption is judged against the law as confirmed; a later one replaces
    an earlier. The overlay fills only what is still unknown. Refuses, all together: `rule_unknown` (once per
    key), `not_delegated`, `rule_loosened`, `rules_disagree`. ValueError: a value not of its key's type.
    """
    law, revision = _confirmed(edition, confirmations)
    parameters, refusals = dict(law), []
    for adoption in adoptions:
        outcome = _adopted(law[adoption.key], adoption)
        if isinstance(outcome, Refusal):
            refusals.append(outcome)
        else:
            parameters[adoption.key] = outcome
    used_overlay = _assume(parameters, overlay, edition.form)
    wanted = keys_for("contest", edition.form) if needed is None else tuple(needed)
    refusals += [rule_unknown(key) for key in wanted if not parameters[key].is_known]
    known = {key: replace(one, note="") for key, one in parameters.items() if one.is_known}
    refusals += [_disagree(key, why) for key, why in disagreements({k: p.value for k, p in known.items()})]
    refuse_if_any(refusals)
    return Settlement(
        edition.key,
        edition.form,
        edition.jurisdiction,
        revision,
        edition.file_sha256,
        MappingProxyType(known),
        used_overlay,
    )


def _confirmed(edition: Edition, confirmations: Iterable[Confirmation]) -> tuple[dict[str, Parameter], int]:
    parameters, revision = dict(edition.parameters), edition.revision
    mine = [one for one in confirmations if one.edition == edition.key]
    for one in sorted(mine, key=lambda one: one.revision):
        value = checked(one.key, one.value)
        parameters[one.key] = parameters[one.key].known(value, "confirmed", one.basis)
        revision = max(revision, one.revision)
    return parameters, revision


def _adopted(law: Parameter, adoption: Adoption) -> Parameter | Refusal:
    value = checked(law.key, adoption.value)
    if adoption.basis.kind != "act":
        raise ValueError(f"{law.key}: an adoption rests on the customer's act, not on {adoption.basis.kind}")
    if law.is_known:
        return tightening_fault(law, value) or law.known(value, "adopted", adoption.basis)
    if not law.delegated and not adoption.silence_statement:
        basis = replace(HOUSE["H-22"].basis, key=law.key)
        return NOT_DELEGATED.refusal(basis, parameter=CATALOGUE[law.key].label)
    return law.known(value, "adopted", adoption.basis)


def tightening_fault(law: Parameter, value: Any) -> Refusal | None:
    """Why a local rule may not put `value` in the place of a confirmed one; None when it tightens or repeats
    it.

    Refuses `rule_loosened` also when the key leaves no room, or when nobody can tell which of the two is
    tighter (five working days against one week)."""
    kind = CATALOGUE[law.key].type
    if value == law.value:
        return None
    if law.tighter != "none" and kind.tightens(law.tighter, law.value, value):
        return None
    plain = {"confirmed": _words(kind.plain(law.value)), "local": _words(kind.plain(value))}
    basis = replace(HOUSE["H-23"].basis, key=law.key)
    return RULE_LOOSENED.refusal(basis, parameter=CATALOGUE[law.key].label, **plain)


def _words(plain: Any) -> str:
    return ", ".join(str(part) for part in plain) if isinstance(plain, list) else str(plain)


def _assume(parameters: dict[str, Parameter], overlay: Overlay | None, form: str) -> str:
    """Fill what is unknown from the overlay, in place; the overlay's hash when anything was let in."""
    if overlay is None:
        return ""
    if overlay.form != form:
        raise ValueError(f"the overlay is for {overlay.form}, the edition for {form}")
    filled = [key for key in overlay.values if not parameters[key].is_known]
    for key in filled:
        parameters[key] = parameters[key].known(overlay.values[key], "assumed", None)
    return overlay.file_sha256 if filled else ""


def _disagree(key: str, why: str) -> Refusal:
    basis = replace(HOUSE["H-16"].basis, key=key)
    return RULES_DISAGREE.refusal(basis, parameter=CATALOGUE[key].label, why=why)


# --- comparing ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Difference:
    """One key on which two editions differ."""

    key: str
    before: Parameter
    after: Parameter


def compare(a: Edition, b: Edition) -> tuple[Difference, ...]:
    """What changes from `a` to `b`, in the catalogue's order: value, status, basis or room for local rules.
    Notes are not rules and do not count."""
    if a.form != b.form:
        raise ValueError(f"{a.key} and {b.key} are different forms")
    rows = ((key, a.parameters[key], b.parameters[key]) for key in a.parameters)
    return tuple(
        Difference(key, before, after)
        for key, before, after in rows
        if replace(before, note="") != replace(after, note="")
    )
