"""The verbs of the review, by subject. Callers write `from jardam.review import operations`.

- `commission`: the commission appointed, its seats given to others, its term renewed
- `interests`: the review of a lot begins; interests declared, and found later
- `admissibility`: admitted, rejected, asked to mend
- `scores`: applications read, scores handed in
- `decision`: sittings with a quorum and without, votes, and the protocol written of them
- `protocol`: signed and published; awards take effect
- `cuts`: smaller amounts the applicant consents to
- `awards`: declined, lost, given to the reserve or given back
- `appeals`: panels, appeals, answers, and what goes back for them
- `errata`: what stands beside an unchanged protocol
- `standstill`: stopped by a court or an appeal body, and let go on
- `steps`: what these share
"""

from __future__ import annotations

from ..rules import MemberEntry, Seat, Way
from .admissibility import admit, close_mending, mend, note_fault, reject, request_mending
from .appeals import (
    AnswerVote,
    appoint_panel,
    file_appeal,
    leave_unexamined,
    open_attachment,
    read_appeal,
    reject_appeal,
    return_to_step,
    take_up_appeal,
    uphold_appeal,
    withdraw_appeal,
)
from .awards import call_reserve, decline_award, give_back, lose_award
from .commission import appoint_commission, renew_commission, replace_member
from .cuts import consent_to_cut, lapse_cut, propose_cut, refuse_cut
from .decision import AdmissionVote, ItemVote, Sitting, adjourn_sitting, decide
from .errata import rectify, sign_erratum
from .interests import begin_review, declare_interests, prove_recusal, recuse
from .protocol import publish_protocol, record_notification, sign_protocol
from .scores import read_candidacy, read_candidacy_file, submit_scores
from .standstill import resume_review, suspend_review

__all__ = [
    "AdmissionVote",
    "AnswerVote",
    "ItemVote",
    "MemberEntry",
    "Seat",
    "Sitting",
    "Way",
    "adjourn_sitting",
    "admit",
    "appoint_commission",
    "appoint_panel",
    "begin_review",
    "call_reserve",
    "close_mending",
    "consent_to_cut",
    "decide",
    "declare_interests",
    "decline_award",
    "file_appeal",
    "give_back",
    "lapse_cut",
    "leave_unexamined",
    "lose_award",
    "mend",
    "note_fault",
    "open_attachment",
    "propose_cut",
    "prove_recusal",
    "publish_protocol",
    "read_appeal",
    "read_candidacy",
    "read_candidacy_file",
    "record_notification",
    "rectify",
    "recuse",
    "refuse_cut",
    "reject",
    "reject_appeal",
    "renew_commission",
    "replace_member",
    "request_mending",
    "resume_review",
    "return_to_step",
    "sign_erratum",
    "sign_protocol",
    "submit_scores",
    "suspend_review",
    "take_up_appeal",
    "uphold_appeal",
    "withdraw_appeal",
]
