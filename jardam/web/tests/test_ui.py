"""Fields read what people really type; components render safely and within the content security policy."""

import re
import unicodedata
from datetime import date, time
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDict
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from jardam.documents.tests import samples
from jardam.kernel.ref import new_ref
from jardam.kernel.refusal import Basis, Refusal, Refused
from jardam.web import forms
from jardam.web.templatetags import ui


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


def code_of(field, value):
    with pytest.raises(ValidationError) as caught:
        field.clean(value)
    return caught.value.error_list[0].code


def html(source, **context):
    return Template("{% load ui %}" + source).render(Context(context))


# --- fields ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("1 234 567,50", "1234567.50"),
        ("1234567.5", "1234567.50"),
        ("1\u00a0234\u00a0567,5 сом", "1234567.50"),
        ("1\u202f234,00", "1234.00"),
        ("1,234,567.50", "1234567.50"),
        ("1.234.567,50", "1234567.50"),
        ("1'234'567", "1234567.00"),
        ("KGS 12", "12.00"),
        ("0,5", "0.50"),
        ("0,500", "0.50"),
        ("0", "0.00"),
        ("1234,500", "1234.50"),
        ("  42 ", "42.00"),
    ],
)
def test_money_is_read_as_accountants_write_it(typed, read):
    assert str(forms.MoneyField("m").clean(typed)) == read


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "required"),
        ("сом", "invalid"),
        ("many", "invalid"),
        ("12e5", "invalid"),
        ("1,234", "unclear"),
        ("1.234", "unclear"),
        ("12,345", "unclear"),
        ("1,23,45", "invalid"),
        ("1.234,567,890", "invalid"),
        ("0,001", "places"),
        ("12345,678", "places"),
        ("-5", "too_small"),
        ("−5", "too_small"),
        ("99999999999999999", "huge"),
        ("NaN", "invalid"),
        ("Infinity", "invalid"),
        ("１２", "invalid"),
        ("٣", "invalid"),
    ],
)
def test_money_that_could_mean_two_things_is_asked_again(typed, code):
    assert code_of(forms.MoneyField("m"), typed) == code


def test_money_limits_are_said_in_money():
    field = forms.MoneyField("m", max_value=Decimal(1000))
    with pytest.raises(ValidationError) as caught:
        field.clean("1000,01")
    assert caught.value.messages == ["Enter KGS\u00a01,000.00 or less."]


def test_money_shown_in_its_box_is_read_back_the_same():
    field = forms.MoneyField("m", min_value=None)
    for language in ("ky", "ru", "en"):
        with override(language):
            for amount in (Decimal("1234567.50"), Decimal("1234.00"), Decimal("-12.05"), Decimal("0.00")):
                assert field.clean(field.prepare_value(amount)) == amount


def test_counts_are_whole():
    field = forms.NumberField("n")
    assert field.clean("1 271") == 1271
    assert field.clean("1271,0") == 1271
    assert [code_of(field, x) for x in ("2,5", "1,271", "x", "-1")] == ["whole", "unclear", "invalid", "too_small"]
    assert forms.PercentField("p").clean("33,3") == Decimal("33.3")
    assert code_of(forms.PercentField("p"), "100,1") == "too_big"


@pytest.mark.parametrize(
    ("boxes", "code"),
    [
        (["", "", ""], "required"),
        (["", "3", "2026"], "day"),
        (["8", "", "2026"], "month"),
        (["8", "3", ""], "year"),
        (["8", "3", "26"], "year"),
        (["0", "3", "2026"], "day"),
        (["8", "march", "2026"], "month"),
        (["30", "2", "2026"], "day"),
        (["8", "3", "99999"], "year"),
        (["²", "3", "2026"], "day"),
    ],
)
def test_a_wrong_day_names_the_wrong_box(boxes, code):
    assert code_of(forms.DayField("d"), boxes) == code


def test_days_within_limits():
    field = forms.DayField("d", earliest=date(2026, 3, 1), latest=lambda: date(2026, 3, 31))
    assert field.clean(["8", "03", "2026"]) == date(2026, 3, 8)
    assert code_of(field, ["28", "2", "2026"]) == "too_early"
    assert code_of(field, ["1", "4", "2026"]) == "too_late"
    assert forms.DayField("d", required=False).clean(["", " ", ""]) is None


def test_the_error_summary_leads_to_the_wrong_box():
    class Sample(forms.Form):
        on = forms.DayField("Day of the act")
        way = forms.ChoiceField("Way", choices=[("a", "A")])

    page = html("{% error_summary form %}", form=Sample({"on_0": "8", "on_1": "13", "on_2": "2026"}))

    assert 'href="#id_on_1"' in page
    assert 'href="#id_way_0"' in page
    assert 'id="id_on_1"' in str(Sample({"on_0": "8"})) and 'id="id_way_0"' in str(Sample({}))


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
@pytest.mark.parametrize("value", [0, 7, 999, 1000, 5400, 999_999, 1_000_000])
def test_what_a_box_shows_can_be_sent_back_as_it_is(language, value):
    with override(language):
        for field in (forms.NumberField("n"), forms.MoneyField("m")):
            assert field.clean(field.prepare_value(value)) == value


def test_taxpayer_numbers():
    field = forms.TinField()
    assert field.clean("0 2507 1995 10010") == "02507199510010"
    assert [code_of(field, x) for x in ("2507199510010", "32507199510010", "0250719951001Х", "123")] == [
        "thirteen", "first", "letters", "digits",
    ]  # fmt: skip
    assert field.doubt("02507199510010") == ""
    assert field.doubt("09907199510010") != ""


def test_codes_forgive_spaces_and_check_their_character():
    ref = new_ref()
    assert forms.CodeField("c").clean(f" {ref[:5].lower()}-{ref[5:]} ") == ref
    assert code_of(forms.CodeField("c"), ref[:-1] + ("0" if ref[-1] != "0" else "1")) == "reference"
    assert forms.CodeField("c", digits=8).clean("2969 3656") == "29693656"
    assert code_of(forms.CodeField("c", digits=8), "2969365") == "digits"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("0700 123 456", "+996700123456"),
        ("+996 (700) 12-34-56", "+996700123456"),
        ("996700123456", "+996700123456"),
        ("00996700123456", "+996700123456"),
        ("+7 495 123-45-67", "+74951234567"),
    ],
)
def test_telephones(typed, stored):
    assert forms.PhoneField("p").clean(typed) == stored


@pytest.mark.parametrize("typed", ["700123456", "+99670012345", "abc", "+0123456789"])
def test_telephones_that_cannot_be_called(typed):
    assert code_of(forms.PhoneField("p"), typed) == "invalid"


def test_clock_email_yes_no_and_choices():
    assert forms.ClockField("c").clean("9.05") == time(9, 5)
    assert code_of(forms.ClockField("c"), "24:00") == "invalid"
    assert code_of(forms.EmailField("e"), "a@") == "invalid"
    assert forms.YesNoField("y").clean("no") is False
    assert forms.YesNoField("y", required=False).clean("") is None
    assert code_of(forms.YesNoField("y"), "") == "required"
    assert code_of(forms.ChoiceField("c", choices=[("a", "A")]), "b\x00") == "invalid_choice"
    assert code_of(forms.ManyField("c", choices=[("a", "A")]), ["a", "b"]) == "invalid_choice"
    many = forms.ChoiceField("c", choices=[(str(n), n) for n in range(9)])
    assert many.widget.input_type == "select"


def test_an_unfit_document_is_explained_at_its_field_in_the_readers_language():
    field = forms.DocumentField("f")
    small = forms.DocumentField("f", max_size=2048)
    assert code_of(field, SimpleUploadedFile("a.exe", b"x")) == "file_kind"
    assert code_of(small, SimpleUploadedFile("a.pdf", b"x" * 2049)) == "file_too_large"
    assert code_of(field, SimpleUploadedFile("a.pdf", b"")) == "empty"
    with override("ru"):
        assert "2\u00a0КБ" in str(small.help_text)
        with pytest.raises(ValidationError, match="парол"):
            field.clean(SimpleUploadedFile("a.docx", samples.encrypted_office()))


def test_a_sound_document_keeps_its_safe_name_and_can_be_read_again():
    file = forms.DocumentField("f").clean(SimpleUploadedFile("Устав\u202e.PDF", samples.pdf()))
    assert file.name == "Устав.PDF"
    assert file.read() == samples.pdf()


@settings(deadline=None)  # the machine may be busy
@given(st.text(st.characters(exclude_categories=()), max_size=60))
def test_no_control_character_comes_through_any_text(typed):
    for field in (forms.TextField("t", required=False), forms.LongTextField("t", required=False)):
        text = field.clean(typed)
        assert unicodedata.is_normalized("NFC", text)
        allowed = "\n\t" if field.multiline else ""
        assert not [c for c in text if unicodedata.category(c) in ("Cc", "Cs", "Co", "Cn") and c not in allowed]


@settings(deadline=None)  # the machine may be busy
@given(st.text(max_size=30))
def test_any_text_is_either_an_amount_or_a_sentence(typed):
    try:
        amount = forms.MoneyField("m", required=False).clean(typed)
    except ValidationError as error:
        assert error.messages[0].endswith((".", "!"))
    else:
        assert amount is None or (amount >= 0 and amount == round(amount, 2))


def test_too_long_text_says_how_long_it_is():
    with pytest.raises(ValidationError, match="Shorten the text to 3 characters: now it has 4"):
        forms.TextField("t", max_length=3).clean("abcd")
    assert forms.TextField("t", max_length=3).clean(" a\x00bc ") == "abc"


# --- anatomy ---------------------------------------------------------------------------------------------------


class Sample(forms.Form):
    title = forms.TextField("Title", hint="Short")
    amount = forms.MoneyField("Amount", required=False)
    on = forms.DayField("Day", hint="As on paper")
    agree = forms.AgreeField("True")


def test_a_field_has_label_hint_and_error_tied_to_its_input():
    page = str(Sample({"title": "", "amount": "x\x00y"}))

    assert '<label for="id_title">Title</label>' in page
    assert 'aria-describedby="id_title_helptext id_title_error"' in page
    assert 'id="id_title_helptext"' in page and 'id="id_title_error"' in page
    assert 'aria-invalid="true"' in page
    assert "(optional)" in page and 'inputmode="decimal"' in page
    assert '<fieldset aria-describedby="id_on_helptext id_on_error">' in page
    assert "\x00" not in page and 'value="xy"' in page
    assert not re.search(r"\{[%{]|style=", page)


def test_refusals_of_an_operation_land_on_their_fields():
    form = Sample({"title": "A", "on_0": "8", "on_1": "3", "on_2": "2026", "agree": "on"})
    assert form.is_valid()
    form.blame(
        Refused(
            Refusal("a_test", "Too late.", Basis("house", "H-01"), at_field="on"),
            Refusal("b_test", "Not you.", Basis("house", "H-02"), at_field="elsewhere"),
        )
    )

    assert form.errors["on"] == ["Too late."]
    assert form.non_field_errors() == ["Not you."]


def test_act_form_carries_token_and_key():
    page = html("{% act_form form 'Save' also='Later' %}", form=Sample(), csrf_token="T", act_key="K")

    assert 'name="csrfmiddlewaretoken" value="T"' in page
    assert '<input type="hidden" name="key" value="K">' in page
    assert 'name="then" value="later"' in page


def test_a_form_with_a_file_is_multipart():
    class WithFile(forms.Form):
        file = forms.DocumentField("File")

    assert "multipart/form-data" in html("{% act_form form 'Send' %}", form=WithFile())
    assert WithFile({}, MultiValueDict()).errors["file"] == ["Choose a file."]


# --- components ------------------------------------------------------------------------------------------------


def test_table_cells_are_escaped_headed_and_labelled():
    table = ui.Table(
        "<Contests>",
        [ui.Column("Name"), ui.Column("Sum", "money"), ui.Column("Day", "date")],
        [[ui.Cell("<b>", url='/x"'), Decimal("1000"), None]],
        foot=["All", Decimal("1000"), ""],
    )
    page = html("{% table t %}", t=table)

    assert "&lt;Contests&gt;" in page and "<b>" not in page and '/x"' not in page
    assert '<th scope="row" role="rowheader" data-label="Name">' in page
    assert 'class="num" data-label="Sum"' in page and "KGS\u00a01,000" in page
    assert "no data" in page


def test_a_table_without_rows_says_so():
    assert "None yet." in html("{% table t %}", t=ui.Table("T", [ui.Column("A")], [], empty="None yet."))


def test_task_list_counts_in_words_and_blocked_tasks_lead_nowhere():
    tasks = [ui.Task("Write", "/w", "done"), ui.Task("Send", "/s", "blocked", hint="First write")]
    page = html("{% task_list g %}", g=[ui.TaskGroup("All", tasks)])

    assert "1 of 2 tasks completed" in page
    assert 'href="/w"' in page and 'href="/s"' not in page


def test_stages_tell_a_screen_reader_where_we_are():
    page = html("{% stages s %}", s=[ui.Stage("A", state="done"), ui.Stage("B", state="current")])

    assert "Stage 2 of 2: B" in page and page.count('aria-current="step"') == 1


def test_refusals_name_their_basis_and_a_house_rule_is_no_law():
    page = html("{% refusals r %}", r=[Refusal("c_test", "No <b>.", Basis("house", "H-03"))])

    assert "House rule of Jardam, not a law: H-03" in page and "c_test" in page and "No &lt;b&gt;." in page


def test_unknown_icons_and_tones_are_programming_errors():
    with pytest.raises(TemplateSyntaxError, match="icon"):
        html("{% icon 'unicorn' %}")
    with pytest.raises(TemplateSyntaxError, match="tone"):
        html("{% tag 'x' 'pink' %}")


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_the_style_guide_shows_everything_within_the_policy(language):
    with override(language):
        page = render_to_string("styleguide.html", {"demo": True, "csrf_token": "T"})

    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|<script(?! src=)|javascript:", page)
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert sorted(ids) == sorted(set(ids))
    for name in (n for n in dir(ui) if isinstance(getattr(ui, n), type) and getattr(ui, n).__module__ == ui.__name__):
        assert getattr(ui, name).__doc__, name
    labelled = set(re.findall(r'<label for="([^"]+)"', page))
    inputs = set(re.findall(r'<(?:input|select|textarea)(?![^>]*type="hidden")[^>]*\sid="([^"]+)"', page))
    assert inputs <= labelled


@pytest.mark.parametrize("name", ["400", "403", "404", "500", "csrf"])
def test_pages_of_failure_need_no_context(name):
    page = render_to_string(f"{name}.html")

    assert page.startswith("<!doctype html>") and page.count("<h1>") == 1


def test_refusal_and_confirmation_pages():
    refusal = Refusal("d_test", "Not now.", Basis("law", "Law 70/2017", "Art. 1"))
    assert "Law 70/2017, Art. 1" in render_to_string("refusal.html", {"refusals": [refusal]})
    page = render_to_string(
        "confirm.html", {"title": "Cancel?", "consequences": ["All are told."], "submit": "Cancel it"}
    )
    assert "All are told." in page and "button-warning" in page
