"""The verbs of planning.

`problems` holds what people say: problems, and the discussion of a draft; `programmes` takes a programme from the
study of needs through the council to the close of its last year; `drafts` changes a draft; `revisions` makes new
versions of an adopted one; `existing` copies what was adopted before the system.
"""

from ..rules import Need, Vote
from .drafts import change_head, change_measure, drop_programme, remove_measure
from .existing import confirm_existing, discard_existing, enter_existing
from .problems import (
    answer_comment,
    answer_problem,
    close_discussion,
    decline_problem,
    make_comment,
    open_discussion,
    propose_problem,
    publish_problem,
)
from .programmes import (
    GroupEntry,
    add_measure,
    adopt_by_order,
    annul_programme,
    appropriate,
    close_programme,
    draft_programme,
    hold_gathering,
    publish_resolution,
    publish_study,
    record_adoption,
    record_opinion,
    record_rejection,
    report_to_council,
    return_for_rework,
    rework_programme,
    submit_to_council,
    write_sections,
)
from .revisions import (
    adopt_revision,
    adopt_revision_by_order,
    draft_revision,
    drop_revision,
    reject_revision,
    return_revision,
    revise_measure,
    revise_new_measure,
    revise_sections,
    submit_revision,
)
from .slips import correct

__all__ = [
    "GroupEntry",
    "Need",
    "Vote",
    "add_measure",
    "adopt_by_order",
    "adopt_revision",
    "adopt_revision_by_order",
    "annul_programme",
    "answer_comment",
    "answer_problem",
    "appropriate",
    "change_head",
    "change_measure",
    "close_discussion",
    "close_programme",
    "confirm_existing",
    "correct",
    "decline_problem",
    "discard_existing",
    "draft_programme",
    "draft_revision",
    "drop_programme",
    "drop_revision",
    "enter_existing",
    "hold_gathering",
    "make_comment",
    "open_discussion",
    "propose_problem",
    "publish_problem",
    "publish_resolution",
    "publish_study",
    "record_adoption",
    "record_opinion",
    "record_rejection",
    "reject_revision",
    "remove_measure",
    "report_to_council",
    "return_for_rework",
    "return_revision",
    "revise_measure",
    "revise_new_measure",
    "revise_sections",
    "rework_programme",
    "submit_revision",
    "submit_to_council",
    "write_sections",
]
