"""The applicant's pages: from a lot to the receipt, and from the award to the accepted report.

`lists`: applications and contracts; `drafting`: from a lot to the last part; `submitting`: check, receipt, withdrawal;
`afterwards`: history, result, mending, giving up; `grants`: contracts and reports; `shared`: what all of them use.
"""

from __future__ import annotations

from django.urls import path

from .. import executor, together
from .afterwards import award_decline, cut, mending, result, timeline
from .drafting import application, section, start
from .grants import grant, grant_report, grant_report_page, grant_sign
from .lists import grant_list, own_list
from .submitting import check, content, sent, withdraw

urlpatterns = [
    path("", own_list, name="apply"),
    path("lots/<str:ref>/", start, name="apply_start"),
    path("contracts/", grant_list, name="grants"),
    path("contracts/<str:ref>/", grant, name="grant"),
    path("contracts/<str:ref>/sign/", grant_sign, name="grant_sign"),
    path("contracts/<str:ref>/report/", grant_report, name="grant_report"),
    path("reports/<str:ref>/", grant_report_page, name="grant_report_page"),
    *executor.urlpatterns,
    path("<str:ref>/", application, name="application"),
    *together.urlpatterns,
    path("<str:ref>/check/", check, name="application_check"),
    path("<str:ref>/sent/", sent, name="application_sent"),
    path("<str:ref>/content/", content, name="application_content"),
    path("<str:ref>/withdraw/", withdraw, name="application_withdraw"),
    path("<str:ref>/mending/", mending, name="mending"),
    path("<str:ref>/cut/", cut, name="cut"),
    path("<str:ref>/decline/", award_decline, name="award_decline"),
    path("<str:ref>/timeline/", timeline, name="application_timeline"),
    path("<str:ref>/result/", result, name="application_result"),
    path("<str:ref>/<slug:name>/", section, name="application_section"),
]
