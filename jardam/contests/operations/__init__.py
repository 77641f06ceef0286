"""The verbs of contests and applications.

`contest`: the contest from its draft to the last protocol; `changes`: questions, amendments, outages, suspensions and
the ends without an award; `application`: begun, submitted, withdrawn, read; `together`: sign-offs, collaborators,
partners, documents; `paper`: envelopes and keying in; `mending`: what the review lets an applicant mend; `kept`: what
several of them write alike.

Start with `application.submit_application`.
"""

from ..rules import CANCEL_GROUNDS, SUSPEND_GROUNDS, OrderDocument
from .application import read_application, read_file, save_section, start_application, submit_application, withdraw
from .changes import (
    amend,
    answer,
    ask,
    cancel,
    declare_void,
    extend_for_outage,
    rectify,
    reopen,
    repeat_contest,
    resume,
    suspend,
)
from .contest import (
    FORM,
    announce,
    discard_contest,
    draft_contest,
    edit_announcement,
    mark_decided,
    open_applications,
    release_part,
    release_rest,
    remove_lot,
    review_again,
    set_lot,
)
from .mending import mend_content, mend_document
from .paper import ENVELOPE, SCAN, compare, finish_keying, key_in, refuse_paper, register_paper, return_keying
from .together import (
    accept_invitation,
    answer_partner,
    attach,
    detach,
    invite_collaborator,
    name_partner,
    remove_collaborator,
    remove_partner,
    sign_off,
    sign_off_and_submit,
)

__all__ = [
    "CANCEL_GROUNDS",
    "ENVELOPE",
    "FORM",
    "SCAN",
    "SUSPEND_GROUNDS",
    "OrderDocument",
    "accept_invitation",
    "amend",
    "announce",
    "answer",
    "answer_partner",
    "ask",
    "attach",
    "cancel",
    "compare",
    "declare_void",
    "detach",
    "discard_contest",
    "draft_contest",
    "edit_announcement",
    "extend_for_outage",
    "finish_keying",
    "invite_collaborator",
    "key_in",
    "mark_decided",
    "mend_content",
    "mend_document",
    "name_partner",
    "open_applications",
    "read_application",
    "read_file",
    "rectify",
    "refuse_paper",
    "register_paper",
    "release_part",
    "release_rest",
    "remove_collaborator",
    "remove_lot",
    "remove_partner",
    "reopen",
    "repeat_contest",
    "resume",
    "return_keying",
    "review_again",
    "save_section",
    "set_lot",
    "sign_off",
    "sign_off_and_submit",
    "start_application",
    "submit_application",
    "suspend",
    "withdraw",
]
