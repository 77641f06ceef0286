"""All addresses. Pages live under their language; each module of jardam.web lists its own."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path

from jardam.web import (
    accounts,
    appeals,
    applicant,
    audit,
    bank_accounts,
    commission,
    contest_versions,
    council,
    customer,
    documents,
    eligibility,
    inbox,
    operator,
    organisations,
    papers,
    problems,
    public,
    record,
    statements,
    treasury,
    undelivered,
)
from jardam.web.urls_first import first_visit

urlpatterns: list[URLPattern | URLResolver] = [path("", first_visit, name="first_visit")]
urlpatterns += i18n_patterns(
    path("", include(appeals.public_urls)),
    path("", include(public.urlpatterns)),
    path("", include(problems.comment_patterns)),
    path("", include(organisations.public_urls)),
    path("my/", include(organisations.own_urls)),
    path("problems/", include(problems.urlpatterns)),
    path("", include(contest_versions.urlpatterns)),
    path("", include(eligibility.urlpatterns)),
    path("", include(documents.urlpatterns)),
    path("record/", include(record.urlpatterns)),
    path("accounts/", include(accounts.urlpatterns)),
    path("apply/", include(appeals.applicant_urls)),
    path("apply/", include(applicant.urlpatterns)),
    path("audit/", include(audit.urlpatterns)),
    path("bank/", include(bank_accounts.urlpatterns)),
    path("commission/", include(appeals.panel_urls)),
    path("commission/", include(commission.urlpatterns)),
    path("council/", include(council.urlpatterns)),
    path("", include(undelivered.urlpatterns)),
    path("desk/", include(appeals.desk_urls)),
    path("desk/", include(customer.urlpatterns)),
    path("inbox/", include(inbox.urlpatterns)),
    path("operator/", include(operator.urlpatterns)),
    path("papers/", include(papers.urlpatterns)),
    path("statements/", include(statements.urlpatterns)),
    path("treasury/", include(treasury.urlpatterns)),
)

handler400 = "jardam.web.errors.bad_request"
handler403 = "jardam.web.errors.forbidden"
handler404 = "jardam.web.errors.not_found"
handler500 = "jardam.web.errors.server_error"
