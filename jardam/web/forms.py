"""The form of every page: one renderer, one anatomy (label, hint, error, input) and the fields.

A page declares `class TitleForm(Form): title = TextField(_("Title"), hint=_("…"))` and writes `{% act_form form %}`.
Labels are questions or nouns; a field is required unless `required=False`, and then says "(optional)". Every error
sentence says what to do. Whatever is typed, nothing leaves `cleaned_data` that `kernel.text.clean` would not pass.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, time
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.forms.boundfield import BoundField
from django.forms.renderers import DjangoTemplates
from django.utils.functional import cached_property, lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from jardam.documents.operations import UPLOAD_LIMIT, endings_of, examined_name
from jardam.kernel.money import CENT, LIMIT, Money
from jardam.kernel.ref import read_ref
from jardam.kernel.refusal import Refused
from jardam.kernel.text import clean
from jardam.web import formats

FEW_CHOICES = 7  # more than these become a <select>
DEFAULT_LENGTH, DEFAULT_LONG_LENGTH = 255, 5000


# --- rendering -------------------------------------------------------------------------------------------------


class Bound(BoundField):
    """What the field template asks for beyond Django."""

    @property
    def optional(self) -> bool:
        return not self.field.required and not getattr(self.field, "silent_optional", False)

    @property
    def error_target(self) -> str:
        """The id that the error summary leads to: the first box or choice at fault."""
        if not self.use_fieldset:
            return self.auto_id
        place = getattr(self.field.widget, "first_wrong", lambda _errors: 0)(self.errors)
        return f"{self.auto_id}_{place}"

    @property
    def width(self) -> str:
        return getattr(self.field, "width", "")

    @property
    def suffix(self) -> str:
        return getattr(self.field, "suffix", "")

    @property
    def limit_text(self) -> str:
        return formats.number(getattr(self.field, "limit", 0))

    @property
    def is_single_checkbox(self) -> bool:
        return isinstance(self.field.widget, forms.CheckboxInput)


class JardamRenderer(DjangoTemplates):
    """Our templates for forms and fields, Django's own for single inputs."""

    form_template_name = "forms/form.html"
    formset_template_name = "forms/formset.html"
    field_template_name = "forms/field.html"
    bound_field_class = Bound

    @cached_property
    def engine(self) -> Any:
        return self.backend(
            {
                "APP_DIRS": False,
                "DIRS": [Path(__file__).parent / "templates", Path(forms.__file__).parent / "templates"],
                "NAME": "jardamforms",
                "OPTIONS": {"builtins": ["django.templatetags.i18n"]},
            }
        )


class Form(forms.Form):
    """The base of our forms. `blame(refused)` puts an operation's refusals where their fields are."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **({"label_suffix": ""} | kwargs))

    def blame(self, refused: Refused) -> None:
        for refusal in refused.refusals:
            place = refusal.at_field if refusal.at_field in self.fields else None
            self.add_error(place, ValidationError(formats.sentence(refusal), code=refusal.code))


# --- text ------------------------------------------------------------------------------------------------------


class _Plain:
    """Shared by all our fields: `hint`, `width` (in characters: 2, 4, 10, 20; empty = the whole line), attributes of
    the input, and clean text in both directions."""

    width = ""
    suffix: Any = ""
    multiline = False

    def __init__(
        self,
        label: Any = None,
        *,
        hint: Any = "",
        autocomplete: str = "off",
        attrs: Mapping[str, Any] | None = None,
        width: str = "",
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("help_text", hint)
        self.width = width or self.width
        super().__init__(label=label, **kwargs)  # type: ignore[call-arg]
        widget: forms.Widget = self.widget  # type: ignore[attr-defined]
        if autocomplete:
            widget.attrs.setdefault("autocomplete", autocomplete)
        widget.attrs.update(attrs or {})

    def typed(self, value: Any) -> str:
        return clean(str(value), multiline=self.multiline) if value not in (None, "") else ""

    def bound_data(self, data: Any, initial: Any) -> Any:
        """What is shown again after an error is clean too."""
        if getattr(self, "disabled", False):
            return initial
        return self.typed(data) if isinstance(data, str) else data


def _says(**sentences: Any) -> dict[str, Any]:
    return {"required": _("Fill in this field."), **sentences}


class TextField(_Plain, forms.CharField):
    """One line. `max_length` counts characters after cleaning."""

    default_error_messages = _says(too_long=_("Shorten the text to %(limit)s characters: now it has %(length)s."))
    limit = DEFAULT_LENGTH

    def __init__(self, label: Any = None, *, max_length: int | None = None, **kwargs: Any) -> None:
        super().__init__(label, strip=False, **kwargs)
        self.limit = max_length or self.limit

    def to_python(self, value: Any) -> str:
        text = self.typed(value)
        if len(text) > self.limit:
            params = {"limit": formats.number(self.limit), "length": formats.number(len(text))}
            raise ValidationError(self.error_messages["too_long"], code="too_long", params=params)
        return text


class LongTextField(TextField):
    """Several lines; the limit stands under the box."""

    widget = forms.Textarea
    multiline = True
    limit = DEFAULT_LONG_LENGTH

    def __init__(self, label: Any = None, *, rows: int = 6, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.widget.attrs |= {"rows": rows, "data-limit": self.limit}
        self.widget.attrs.pop("cols", None)


class EmailField(TextField):
    widget = forms.EmailInput
    default_error_messages = _says(invalid=_("Write the address in full, like name@example.kg."))

    def __init__(self, label: Any = None, *, autocomplete: str = "email", **kwargs: Any) -> None:
        super().__init__(label, autocomplete=autocomplete, **kwargs)
        self.widget.attrs["spellcheck"] = "false"

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if text:
            EmailValidator(self.error_messages["invalid"])(text)
        return text


# --- numbers and codes -----------------------------------------------------------------------------------------

_MINUSES = str.maketrans({"−": "-", "–": "-"})
_APOSTROPHES = str.maketrans("", "", "'’\u02bc")
_CURRENCY_WORDS = re.compile(r"(сомдор|сома|сомов|сом|som|kgs|⃀)\.?", re.IGNORECASE)
_NUMBER = re.compile(r"-?[0-9]+(?:[.,][0-9]+)?")
_GROUPED = re.compile(r"-?[0-9]{1,3}(?:([.,])[0-9]{3})(?:\1[0-9]{3})*(?:(?!\1)[.,][0-9]+)?")


def read_number(typed: str) -> Decimal:
    """The number a person wrote: «1 234 567,50», "1234567.5", "1,234,567.50". ValueError where two readings are
    possible: "1,234" may be one and a bit or a thousand and more."""
    text = "".join(typed.translate(_MINUSES).translate(_APOSTROPHES).split())
    if _NUMBER.fullmatch(text):
        whole, _sep, rest = text.replace(",", ".").partition(".")
        if len(rest) == 3 and len(whole.lstrip("-")) <= 3 and whole.lstrip("-").strip("0"):
            raise ValueError("ambiguous")
        return Decimal(f"{whole}.{rest}" if rest else whole)
    if match := _GROUPED.fullmatch(text):
        mark = match[1]
        text = text.replace(mark, "").replace(",", ".")
        if text.count(".") > 1:
            raise ValueError("unreadable")
        return Decimal(text)
    raise ValueError("unreadable")


class _NumberField(TextField):
    """Base of what is typed as a number: one line of text with a number pad, never <input type=number>."""

    inputmode = "decimal"
    width = "10"

    def __init__(self, label: Any = None, *, min_value: Any = 0, max_value: Any = None, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.widget.attrs["inputmode"] = self.inputmode
        self.min_value, self.max_value = min_value, max_value

    def shown(self, value: Any) -> str:
        return formats.number(value)

    def prepare_value(self, value: Any) -> Any:
        """What stands in the box can be sent back as it is: "5,400", which nobody could read, is written 5400."""
        if not isinstance(value, int | Decimal | Money):
            return value
        shown = self.shown(value)
        try:
            read_number(shown)
        except ValueError:
            return str(value)
        return shown

    def _within(self, value: Any) -> Any:
        for code, wrong, limit in (
            ("too_small", self.min_value is not None and value < self.min_value, self.min_value),
            ("too_big", self.max_value is not None and value > self.max_value, self.max_value),
        ):
            if wrong:
                params = {"limit": self.shown(Decimal(limit))}
                raise ValidationError(self.error_messages[code], code=code, params=params)
        return value

    def wrong(self, code: str = "invalid") -> ValidationError:
        return ValidationError(self.error_messages[code], code=code)


class MoneyField(_NumberField):
    """Som and tyiyn as a Decimal of two places."""

    width = "20"
    suffix = _("som")
    default_error_messages = _says(
        invalid=_("Write the amount in digits, for example 1 234 567,50."),
        unclear=_("Is that a thousand, or som with three decimals? Write it as 1234 or 1,23."),
        places=_("Write at most two digits after the comma: tyiyn are hundredths."),
        huge=_("This amount is too large to be true. Check the number of zeros."),
        too_small=_("Enter %(limit)s or more."),
        too_big=_("Enter %(limit)s or less."),
    )

    def shown(self, value: Any) -> str:
        return formats.money(value)

    def prepare_value(self, value: Any) -> Any:
        """In the box, the amount without its currency: the word «som» stands behind the box."""
        if isinstance(value, int | Decimal | Money):
            amount = value.amount if isinstance(value, Money) else Decimal(value)
            return formats.amount(amount)
        return value

    def to_python(self, value: Any) -> Any:
        text = _CURRENCY_WORDS.sub("", super().to_python(value)).strip()
        if not text:
            if super().to_python(value):
                raise self.wrong()
            return None
        try:
            amount = read_number(text)
        except (ValueError, InvalidOperation) as error:
            raise self.wrong("unclear" if str(error) == "ambiguous" else "invalid") from None
        if abs(amount) >= LIMIT:
            raise self.wrong("huge")
        if amount != amount.quantize(CENT):
            raise self.wrong("places")
        return self._within(amount.quantize(CENT))


class NumberField(_NumberField):
    """A count: whole, not negative unless `min_value` says so. `places` allows decimals and returns a Decimal."""

    default_error_messages = _says(
        invalid=_("Write a number in digits, for example 25."),
        unclear=_("Is that a thousand, or a number with three decimals? Write it without a comma."),
        whole=_("Write a whole number, without a comma."),
        places=_("Write at most %(places)s digits after the comma."),
        huge=_("This number is too large to be true. Check the number of zeros."),
        too_small=_("Enter %(limit)s or more."),
        too_big=_("Enter %(limit)s or less."),
    )

    def __init__(self, label: Any = None, *, places: int = 0, suffix: Any = "", **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.places, self.suffix = places, suffix
        if not places:
            self.widget.attrs["inputmode"] = "numeric"

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        try:
            number = read_number(text)
        except (ValueError, InvalidOperation) as error:
            raise self.wrong("unclear" if str(error) == "ambiguous" else "invalid") from None
        if abs(number) >= 10**12:
            raise self.wrong("huge")
        if not self.places:
            if number != number.to_integral_value():
                raise self.wrong("whole")
            return self._within(int(number))
        if number != round(number, self.places):
            raise ValidationError(self.error_messages["places"], code="places", params={"places": self.places})
        return self._within(number)


class PercentField(NumberField):
    """0 to 100, one place."""

    width = "4"

    def __init__(self, label: Any = None, *, max_value: Any = 100, **kwargs: Any) -> None:
        super().__init__(label, places=1, suffix="%", max_value=max_value, **kwargs)


class CodeField(TextField):
    """A code that people copy: spaces and hyphens are forgiven. `digits=8` wants that many digits (OKPO 8, BIK 6,
    account 16, SOATE 14); without it a public reference with its check character."""

    width = "20"
    default_error_messages = _says(
        digits=_("This code has %(wanted)s digits; you wrote %(written)s. Compare it with the document."),
        letters=_("This code has digits only. Compare it with the document."),
        reference=_("No such code is possible. Compare each character with the paper or the message."),
    )

    def __init__(self, label: Any = None, *, digits: int = 0, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.digits = digits
        self.widget.attrs |= {"spellcheck": "false", "autocapitalize": "characters"}
        if digits:
            self.widget.attrs["inputmode"] = "numeric"
            self.width = kwargs.get("width") or ("10" if digits <= 8 else "20")

    def to_python(self, value: Any) -> str:
        text = re.sub(r"[\s\-–—.]", "", super().to_python(value)).upper()
        if not text:
            return ""
        if not self.digits:
            reference = read_ref(text)
            if reference is None:
                raise ValidationError(self.error_messages["reference"], code="reference")
            return reference
        if not re.fullmatch(r"[0-9]+", text):
            raise ValidationError(self.error_messages["letters"], code="letters")
        if len(text) != self.digits:
            raise self.wrong_length(text)
        return text

    def wrong_length(self, text: str) -> ValidationError:
        params = {"wanted": self.digits, "written": len(text)}
        return ValidationError(self.error_messages["digits"], code="digits", params=params)


class TinField(CodeField):
    """Taxpayer number or personal number: 14 digits, the first 0, 1 or 2. `doubt(value)` warns, never refuses."""

    default_error_messages = _says(
        thirteen=_("This number has 13 digits. Spreadsheets lose a leading zero: write all 14 digits."),
        first=_("This number begins with 0, 1 or 2. Compare it with the certificate."),
    )

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(_("Taxpayer number (TIN)") if label is None else label, digits=14, **kwargs)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if text and text[0] not in "012":
            raise ValidationError(self.error_messages["first"], code="first")
        return text

    def wrong_length(self, text: str) -> ValidationError:
        if len(text) == 13:
            return ValidationError(self.error_messages["thirteen"], code="thirteen")
        return super().wrong_length(text)

    @staticmethod
    def doubt(value: str) -> Any:
        """A sentence when the date inside the number is no date; else "". Known numbers hold DDMMYYYY."""
        try:
            date(int(value[5:9]), int(value[3:5]), int(value[1:3]))
        except ValueError:
            return _("Digits 2 to 9 of this number usually are a date, and here they are not. Check it again.")
        return ""


class PhoneField(TextField):
    """A Kyrgyz number in any habit, or a foreign one with +; stored as +996700123456."""

    widget = forms.TextInput
    width = "20"
    default_error_messages = _says(
        invalid=_("Write the number like 0700 123 456 or +996 700 123 456."),
    )

    def __init__(self, label: Any = None, *, autocomplete: str = "tel", **kwargs: Any) -> None:
        super().__init__(label, autocomplete=autocomplete, **kwargs)
        self.widget.input_type = "tel"

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if not text:
            return ""
        digits = re.sub(r"[\s\-–()./]", "", text)
        if digits.startswith("00"):
            digits = "+" + digits[2:]
        if re.fullmatch(r"0[0-9]{9}", digits):
            digits = "+996" + digits[1:]
        elif re.fullmatch(r"996[0-9]{9}", digits):
            digits = "+" + digits
        kyrgyz = digits.startswith("+996")
        if not re.fullmatch(r"\+996[0-9]{9}" if kyrgyz else r"\+[1-9][0-9]{7,14}", digits):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return digits


# --- days ------------------------------------------------------------------------------------------------------


class DayWidget(forms.MultiWidget):
    """Three boxes in the order people say a date."""

    template_name = "forms/day.html"
    use_fieldset = True

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(
            [forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}) for _box in range(3)], attrs
        )

    def decompress(self, value: Any) -> list[Any]:
        return [value.day, value.month, value.year] if isinstance(value, date) else ["", "", ""]

    def first_wrong(self, errors: Any) -> int:
        codes = {error.code for error in errors.as_data()} if hasattr(errors, "as_data") else set()
        return {"day": 0, "month": 1, "year": 2}.get(next(iter(codes), ""), 0)

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        boxes = zip(
            context["widget"]["subwidgets"],
            (_("Day"), _("Month"), _("Year")),
            ("2", "2", "4"),
            strict=True,
        )
        context["boxes"] = [{"widget": box, "label": label, "width": width} for box, label, width in boxes]
        return context


class DayField(_Plain, forms.Field):
    """A day of the calendar as a `date`. `earliest` and `latest` may be functions of nothing."""

    widget = DayWidget
    default_error_messages = _says(
        required=_("Enter the day, the month and the year."),
        missing_day=_("Enter the day."),
        missing_month=_("Enter the month."),
        missing_year=_("Enter the year."),
        day=_("The day is a number from 1 to 31."),
        month=_("The month is a number from 1 to 12."),
        year=_("The year has four digits, for example 2026."),
        unreal=_("There is no such day in that month. Check the day and the month."),
        too_early=_("Enter %(limit)s or a later day."),
        too_late=_("Enter %(limit)s or an earlier day."),
    )

    def __init__(
        self,
        label: Any = None,
        *,
        earliest: date | Callable[[], date] | None = None,
        latest: date | Callable[[], date] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, autocomplete="", **kwargs)
        self.earliest, self.latest = earliest, latest

    def bound_data(self, data: Any, initial: Any) -> Any:
        if self.disabled:
            return initial
        return [self.typed(box) for box in data or ["", "", ""]]

    def clean(self, value: Any) -> date | None:
        boxes = [self.typed(box) for box in (value or ["", "", ""])]
        if not any(boxes):
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        numbers = [
            self._box(name, text, limits)
            for name, text, limits in zip(
                ("day", "month", "year"), boxes, ((1, 31), (1, 12), (1900, 2199)), strict=True
            )
        ]
        try:
            day = date(numbers[2], numbers[1], numbers[0])
        except ValueError:
            raise ValidationError(self.error_messages["unreal"], code="day") from None
        self._within(day)
        self.run_validators(day)
        return day

    def _box(self, name: str, text: str, limits: tuple[int, int]) -> int:
        if not text:
            raise ValidationError(self.error_messages[f"missing_{name}"], code=name)
        text = text.rstrip(".")
        if not re.fullmatch(r"[0-9]{1,4}", text) or not limits[0] <= int(text) <= limits[1]:
            raise ValidationError(self.error_messages[name], code=name)
        return int(text)

    def _within(self, day: date) -> None:
        for code, limit in (("too_early", self.earliest), ("too_late", self.latest)):
            bound = limit() if callable(limit) else limit
            if bound is not None and (day < bound if code == "too_early" else day > bound):
                raise ValidationError(self.error_messages[code], code=code, params={"limit": formats.day(bound)})

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return initial != self.clean(data)
        except ValidationError:
            return True


class ClockField(TextField):
    """A Bishkek wall clock, 18:00."""

    width = "4"
    default_error_messages = _says(invalid=_("Write the time in 24 hours, for example 18:00."))

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.suffix = _("Bishkek time")
        self.widget.attrs["inputmode"] = "text"

    def prepare_value(self, value: Any) -> Any:
        return value.strftime("%H:%M") if isinstance(value, time) else value

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        match = re.fullmatch(r"([01]?[0-9]|2[0-3])[:.\-\s]?([0-5][0-9])", text)
        if match is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return time(int(match[1]), int(match[2]))


# --- choices ---------------------------------------------------------------------------------------------------


class _WithHints:
    """Choices with a line of explanation under each; `inline` puts two short ones side by side."""

    hints: Mapping[str, Any] = {}
    inline = False

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> Any:
        option = super().create_option(name, value, *args, **kwargs)  # type: ignore[misc]
        option["hint"] = self.hints.get(str(value), "")
        if option["hint"] and "id" in option["attrs"]:
            option["attrs"]["aria-describedby"] = f"{option['attrs']['id']}_hint"
        return option

    def get_context(self, name: str, value: Any, attrs: Any) -> Any:
        context = super().get_context(name, value, attrs)  # type: ignore[misc]
        context["widget"]["inline"] = self.inline
        return context


class Radios(_WithHints, forms.RadioSelect):
    template_name = "forms/choices.html"


class Boxes(_WithHints, forms.CheckboxSelectMultiple):
    template_name = "forms/choices.html"


class _Choices(_Plain):
    """`hints` maps a choice to the line under it. Groups of choices are for <select> only."""

    def __init__(
        self, label: Any = None, *, choices: Any = (), hints: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(label, choices=choices, autocomplete="", **kwargs)
        self.widget.hints = hints or {}  # type: ignore[attr-defined]

    def bound_data(self, data: Any, initial: Any) -> Any:
        return initial if self.disabled else data  # type: ignore[attr-defined]


def _with_blank(choices: Any) -> Any:
    """A list begins with "Choose…", unless it has an empty choice of its own, such as "All"."""
    if callable(choices):
        return lambda: _with_blank(choices())
    choices = list(choices)
    return choices if any(value in ("", None) for value, _label in choices) else [("", _("Choose…")), *choices]


class ChoiceField(_Choices, forms.ChoiceField):
    """One of several: radio buttons up to seven, a <select> beyond or with `select=True`."""

    widget = Radios
    default_error_messages = {
        "required": _("Choose one of the answers."),
        "invalid_choice": _("Choose one of the answers of the list."),
    }

    def __init__(self, label: Any = None, *, choices: Any = (), select: bool | None = None, **kwargs: Any) -> None:
        long = not callable(choices) and len(list(choices)) > FEW_CHOICES
        if select or (select is None and long):
            kwargs.setdefault("widget", forms.Select)
            choices = _with_blank(choices)
        super().__init__(label, choices=choices, **kwargs)


class ManyField(_Choices, forms.MultipleChoiceField):
    """Several of several: check boxes."""

    widget = Boxes
    default_error_messages = {
        "required": _("Choose at least one answer."),
        "invalid_choice": _("Choose from the answers of the list."),
        "invalid_list": _("Choose from the answers of the list."),
    }


class YesNoField(ChoiceField):
    """A question answered yes or no; nothing is chosen beforehand. Gives True or False (None: left open)."""

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        kwargs.setdefault("choices", [("yes", _("Yes")), ("no", _("No"))])
        super().__init__(label, **kwargs)
        self.widget.inline = True

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value

    def clean(self, value: Any) -> Any:
        return {"yes": True, "no": False}.get(super().clean(value))


class AgreeField(_Plain, forms.BooleanField):
    """One box to tick: a declaration. Required unless said otherwise."""

    silent_optional = True
    default_error_messages = {"required": _("Tick the box if this is so. Without it you cannot go on.")}

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label, autocomplete="", **kwargs)

    def bound_data(self, data: Any, initial: Any) -> Any:
        return initial if self.disabled else data


# --- files -----------------------------------------------------------------------------------------------------


class DocumentField(_Plain, forms.FileField):
    """A document or photograph, looked into at the field: what is wrong with it is said where it was chosen. The
    operation looks again. *Kinds*: codes of documents.rules.FILE_KINDS; *max_size*: octets."""

    width = ""
    default_error_messages = {
        "required": _("Choose a file."),
        "empty": _("This file is empty. Choose another one."),
        "invalid": _("The file did not arrive. Choose it again."),
    }

    def __init__(
        self,
        label: Any = None,
        *,
        kinds: Sequence[str] = ("pdf", "jpg", "png", "docx", "xlsx"),
        max_size: int = UPLOAD_LIMIT,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("widget", forms.FileInput)
        super().__init__(label, autocomplete="", **kwargs)
        self.kinds, self.max_size = tuple(kind for kind in kinds if kind != "jpeg"), max_size
        self.widget.attrs["accept"] = ",".join(f".{ending}" for ending in endings_of(self.kinds))
        if not self.help_text:
            self.help_text = lazy(self._limits_text, str)()  # in the language of the reader, not of the start

    def _limits_text(self) -> str:
        limits = {"kinds": ", ".join(kind.upper() for kind in self.kinds), "limit": formats.size(self.max_size)}
        return gettext("%(kinds)s, up to %(limit)s") % limits

    def bound_data(self, data: Any, initial: Any) -> Any:
        return data if data is not None else initial

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if not file or file is initial:
            return file
        content = file.read(self.max_size + 1)
        file.seek(0)
        try:
            file.name = examined_name(content, name=file.name, kinds=self.kinds, limit=self.max_size)
        except Refused as refused:
            faults = [ValidationError(formats.sentence(one), code=one.code) for one in refused.refusals]
            raise ValidationError(faults) from None
        return file


def choices_of(codes: Iterable[str], label: Callable[[str], Any]) -> list[tuple[str, Any]]:
    """Choices from codes and the function that names one."""
    return [(code, label(code)) for code in codes]
