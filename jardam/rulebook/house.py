"""House rules: what Jardam itself demands, numbered, each with its reason; and the few facts of law that are
known.

A house rule is never shown, printed or exported as law (decisions.md §2.5); an edition can replace it.
Numbers are never reused or renamed: journal records cite them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from jardam.kernel.refusal import Basis


@dataclass(frozen=True, slots=True)
class HouseRule:
    """`title` and `reason` are English message ids, listed at /rules/."""

    code: str
    title: str
    reason: str
    since: date

    @property
    def basis(self) -> Basis:
        return Basis("house", self.code)


_FIRST = date(2026, 11, 23)

_RULES = (
    (
        "H-01",
        "The secretary of a commission has no vote.",
        "Who prepares the papers and writes the protocol should not also decide what they say.",
    ),
    (
        "H-02",
        "Everyone gets the same time to mend a curable fault.",
        "A longer chance for one applicant is an advantage over the others.",
    ),
    (
        "H-03",
        "Signing waits until an appeal is answered.",
        "A contract signed meanwhile would make the answer worthless.",
    ),
    (
        "H-04",
        "Applications that passed without an award stand on a reserve list in order of rank.",
        "When a winner withdraws, help need not wait for a new contest.",
    ),
    (
        "H-05",
        "A requested amount is cut only with the applicant's consent.",
        "A project planned for more money may not work with less; only its authors know.",
    ),
    (
        "H-06",
        "The next tranche follows the accepted report on the last one.",
        "Budget money is not sent after money nobody has accounted for.",
    ),
    (
        "H-07",
        "An outage extends the deadline for everyone alike.",
        "Nobody should lose because the system failed, and nobody should gain.",
    ),
    (
        "H-08",
        "Every comment on a draft programme is answered before it goes to the council.",
        "People stop taking part in discussions that leave no trace.",
    ),
    (
        "H-09",
        "A deadline is kept to the second by the server's clock, Asia/Bishkek.",
        "One clock, shown alike to everyone, leaves nothing to argue about.",
    ),
    (
        "H-10",
        "What one person enters, another person checks.",
        "Two people notice the mistake, or the temptation, that one does not.",
    ),
    (
        "H-11",
        "No contest without an appropriation that has enough left.",
        "Applicants prepare for weeks; the money promised to them must exist.",
    ),
    (
        "H-12",
        "Nobody decides on their own matter.",
        "A decision is trusted only when those who took it had nothing to gain.",
    ),
    (
        "H-13",
        "Applications stay sealed until the opening.",
        "Who knows another's application early can beat it; not even the customer may look.",
    ),
    (
        "H-14",
        "A mandate gives a role that this kind of organisation has.",
        "Powers follow from what a body is, not from what somebody ticked.",
    ),
    (
        "H-15",
        "A form is carried out once; its key is not used for anything else.",
        "On a weak line people press twice; the second press must not act twice.",
    ),
    (
        "H-16",
        "What is entered must be complete and possible.",
        "A fault caught at the form costs a minute; in a contract it costs a month.",
    ),
    (
        "H-17",
        "Each act has its place in the order of acts.",
        "A step taken too early or too late would undo what others rely on.",
    ),
    (
        "H-18",
        "Acting for an organisation needs a mandate valid at that moment.",
        "Every act must lead back to a document that allowed it.",
    ),
    (
        "H-19",
        "One organisation is entered once.",
        "Two entries of one organisation would hide its debts, its contracts and its interests.",
    ),
    (
        "H-20",
        "Scores stay hidden until all of them are in.",
        "A member who sees the others' scores no longer gives their own.",
    ),
    (
        "H-21",
        "A payment is a fact only with the number and date of the payment document.",
        "Ordered and paid are two facts; the treasury's document is what tells them apart.",
    ),
    (
        "H-22",
        "A rule that is needed and not known is asked for, never guessed.",
        "A guessed term or quorum would be passed off as law; the contest would fall with it.",
    ),
    (
        "H-23",
        "The customer's own rule may tighten a confirmed rule, never loosen it.",
        "The text that everybody can read is the least that everybody may rely on.",
    ),
    (
        "H-24",
        "A demonstration runs on assumed values, and every page that uses one says so.",
        "The road can be tried before the official text is read, without passing an invention off as law.",
    ),
    (
        "H-25",
        "A rejection names a coded ground and says why in words.",
        "Only a reason that is stated can be understood, mended or appealed.",
    ),
    (
        "H-26",
        "A signed or published document is never changed; an erratum stands beside it.",
        "A document that can change silently proves nothing.",
    ),
    (
        "H-27",
        "Whoever proposes a problem gets a public answer with its reason.",
        "People tell of a need once; they tell of the next one only if the first was answered.",
    ),
    (
        "H-28",
        "What the council adopted changes only by a new version that it adopts, shown beside the old one; no measure "
        "gets less than is given to it already.",
        "A measure that shrinks silently takes back a promise others have planned on.",
    ),
    (
        "H-29",
        "Who asked a question about an announcement is shown to nobody; the answer is shown to everybody.",
        "A name would tell who is going to apply, and an answer to one alone would be an advantage.",
    ),
    (
        "H-30",
        "A deadline that stood still runs on with the time that was left, to the end of a working day.",
        "Nobody loses time to a court or a failure, and nobody has to submit in the middle of the night.",
    ),
    (
        "H-31",
        "What is submitted was signed off, exactly as it stands, by everybody who answers for it.",
        "A text changed after the signature is not the text they stood for.",
    ),
    (
        "H-32",
        "An application on paper is keyed in by somebody without a vote and compared by another; the scan prevails.",
        "Whoever hands in paper must stand in the review exactly as they wrote, no better and no worse.",
    ),
    (
        "H-33",
        "A member sits for the side of the organisation that sends them.",
        "A civil seat filled by an official would be civil in name only.",
    ),
    (
        "H-34",
        "A proposed cut is answered within the time to mend a fault; silence is no consent.",
        "Without an end a single applicant could hold up the decision about all.",
    ),
    (
        "H-35",
        "Whoever denies an interest that the registers suggest says why.",
        "A relation that was explained openly troubles nobody; one that was passed over in silence does.",
    ),
    (
        "H-36",
        "An appeal is answered by people who took no part in the decision and act for none of the applicants; they "
        "need the quorum and majority of a commission.",
        "Nobody finds fault with their own decision; an answer by those who took it answers nothing.",
    ),
    (
        "H-37",
        "An appeal is left unexamined on a named ground only; an upheld one returns named applications to a named "
        "step, and what followed is undone by new acts.",
        "Who appealed must see what became of it, and nothing that was published may quietly disappear.",
    ),
    (
        "H-38",
        "Every item of a report is judged by itself: accepted, not eligible, or to be explained.",
        "One doubtful receipt should not hold up a report, and nobody can answer a remark about everything.",
    ),
    (
        "H-39",
        "An overdue report or return is put on record, and lifted the day it comes in.",
        "Who has not accounted for the last money should not be asked to handle more; who has, should not wait.",
    ),
    (
        "H-40",
        "A contract closes when money, reports, returns and things bought are all settled.",
        "What is left open at the end is never asked about again.",
    ),
    (
        "H-41",
        "A payment leaves in a month for which the cash plan has the money.",
        "A month that was planned shows early where money will be missing; an order beyond it would only come back.",
    ),
    (
        "H-42",
        "A cut of the budget takes free money first; what is bound makes a shortfall, and nothing new is bound.",
        "Signed contracts are promises: they are amended one by one, in the open, and never emptied by a figure.",
    ),
    (
        "H-43",
        "When the budget year closes, accepted and unpaid services stay payable, and nothing of it is bound any more.",
        "Who delivered must be paid; who did not can no longer count on money that is gone.",
    ),
    (
        "H-44",
        "A file is what its name says, whole, open to its readers, and does nothing by itself.",
        "Commission, court and auditor must be able to open it for years, and safely.",
    ),
    (
        "H-45",
        "Anyone who holds a copy of an official document can check it.",
        "A paper is trusted when the number or the fingerprint on it answers for itself.",
    ),
    (
        "H-46",
        "Who tries the same thing very often in a short time waits a little.",
        "Guessing passwords and flooding pages must not work, and a shared office must not be locked out for it.",
    ),
    (
        "H-47",
        "Who succeeds an organisation takes over its open matters, its debts and its restrictions; nothing is copied.",
        "A new name on the door must neither lose a running contract nor wash away a debt.",
    ),
    (
        "H-48",
        "An organisation always has a head; whoever stands in for one does so until a named day.",
        "A body without anybody who answers for it, or with a stand-in for ever, can be used by anyone.",
    ),
    (
        "H-49",
        "What was verified and has changed is verified again.",
        "A check is worth only as much as the likeness between what was seen then and what stands there now.",
    ),
    (
        "H-50",
        "What follows from the mere passing of a term is put on record by the clock; whatever must be weighed is not.",
        "Nobody is favoured or harmed because an office forgot a day, and no decision is left to a machine.",
    ),
    (
        "H-51",
        "A secretary whom the rules give a vote is a voting member in all: declares, scores, is counted, signs.",
        "A vote without the duties of one would be a decision nobody answers for.",
    ),
    (
        "H-52",
        "The seats that signed a protocol sign its errata; for a member who has left, the successor does.",
        "What several vouched for together is not corrected by one of them alone.",
    ),
    (
        "H-53",
        "An application always has project, people, plan, budget, indicators and declarations; rules add the rest.",
        "The contract and the report are made from these; whatever else is asked costs the applicant work.",
    ),
    (
        "H-54",
        "A lot without an award may be announced again on its own; the lots that were awarded stand.",
        "People whom nobody helps yet must not wait for those whom somebody does.",
    ),
    (
        "H-55",
        "An amendment may lower the amount of a contract to what is bound already, and never raises it.",
        "Others would have asked for the larger sum as well; and what was ordered or delivered is paid.",
    ),
    (
        "H-56",
        "A contract that is lowered gives up its last tranches first.",
        "What comes soon is prepared already; what is far off can still be planned anew.",
    ),
    (
        "H-57",
        "A penalty for money that came back late is paid by itself and never counts as money of the contract.",
        "What a contract paid, accepted and got back must add up; a penalty mixed in would hide what is missing.",
    ),
    (
        "H-58",
        "Money that a bank sends back after its budget year was closed stays payable to the same contract.",
        "It was paid in its year: a wrong account number does not undo that.",
    ),
    (
        "H-60",
        "What is stored is given out whole and unchanged or not at all; the operator is told of damage at once.",
        "A changed protocol in somebody's hands does more harm than a page that says it cannot be given now.",
    ),
    (
        "H-61",
        "A print that could not be made is tried again until it is made.",
        "Whoever is owed a document must not depend on somebody reading the log of a machine.",
    ),
    (
        "H-62",
        "A contract signed before the system obeys here the rules of the day it was signed.",
        "What the two agreed under stays what it was; a rule nobody knows is settled before money rests on it.",
    ),
    (
        "H-63",
        "A term that was over before a contract was recorded here bars nobody.",
        "Nobody could meet it here; the paper of that time says whether it was met.",
    ),
    (
        "H-64",
        "A contract that both sides signed can be read by everybody; its paper then names a bank account by the bank "
        "and the last four digits, and of an entrepreneur neither number nor address.",
        "What is done with public money is public; a whole account number and a person's home help only a cheat.",
    ),
    (
        "H-65",
        "The paper of an accepted report lists every primary document by budget line, kind of payee and amount; whom "
        "it names stays between the two parties.",
        "Everybody can add up what the money became, and nobody's wage or illness is told by a receipt.",
    ),
    (
        "H-67",
        "While a court or an appeal body stops the review of a lot, nothing is decided or signed there, and its clocks"
        " stand still; then it goes on where it stood, with the time that was left.",
        "A decision taken meanwhile would empty the ruling of its sense. Nobody may lose time by it, nor the right to"
        " appeal.",
    ),
    (
        "H-68",
        "A slip in what was recorded of a programme, a study or an answer is corrected by whoever recorded it, with "
        "the reason: what stood there stays readable beside it. Votes and sums are no slips.",
        "A wrong number of a newspaper should not stand for ever, and nobody may change unseen what others have read.",
    ),
    (
        "H-70",
        "A draft is changed until the council has it, also after a return. What it said before stays readable, and a "
        "problem whose measure is taken out waits for an answer again.",
        "A return is worth something only if the text can follow it, and nobody's problem may vanish on the way.",
    ),
    (
        "H-71",
        "A draft of a contest can be discarded until it is announced.",
        "Nobody outside has seen it and no money is reserved for it; kept open, it would ask to be finished for ever.",
    ),
    (
        "H-72",
        "A ministry, an agency or a territorial unit to which no council belongs adopts its programme by an order of "
        "its head; what a council is shown before its vote is asked for before the order, too.",
        "The law has the authorised body approve a republican programme, without a vote; the draft, its study and the "
        "comments on it are worth the same there.",
    ),
    (
        "H-73",
        "How old an applicant is counts on the day of the deadline, from the day it was registered.",
        "One day for everybody: who hands in early loses nothing by it, and who waits gains nothing.",
    ),
    (
        "H-74",
        "What the register does not say of an applicant refuses nobody; the screening is shown that it is not known.",
        "A gap in a register is not a fault of the applicant, and neither yes nor no may be guessed from it.",
    ),
    (
        "H-75",
        "Where no contract may go beyond the budget year, one that begins late ends with the year.",
        "Whoever won must not lose the contract to a slow procedure; both see the shorter term before they sign.",
    ),
    (
        "H-76",
        "What is accepted on a line of a contract's budget stays within what is planned for that line.",
        "Money is agreed on line by line; a limit on moving it means nothing where it can be spent without a move.",
    ),
    (
        "H-77",
        "Until somebody has signed a contract the customer may take it back and prepare it anew; the term to sign "
        "begins anew, and the earlier text stays readable for the parties.",
        "A slip in a schedule should cost neither the award nor a signature under what both know to be wrong.",
    ),
    (
        "H-78",
        "A wrong demand for money back is lowered or withdrawn by the head, and a wrong entry under it is reversed by "
        "another person than made it, each with a reason and a document; the time to pay what was lowered begins "
        "anew.",
        "Who was asked for a wrong sum was not yet asked for the right one, and nothing that was entered is erased.",
    ),
)

HOUSE: dict[str, HouseRule] = {code: HouseRule(code, title, why, _FIRST) for code, title, why in _RULES}

_LAW_70 = "https://cis-legislation.com/document.fwx?rgn=96750"
_LAW_162 = "https://cis-legislation.com/document.fwx?rgn=23780"
_DECREE_814 = "https://ealegislation.com/document.fwx?rgn=112033"
_RESOLUTION_604 = "https://cis-legislation.com/document.fwx?rgn=145293"

LAW: dict[str, Basis] = {
    # Definitions of Law 70/2017; articles as in the text that could be read (law.md §2.1, §2.3).
    "programme_approval": Basis("law", "Law 70/2017", "Art. 1(2)", _LAW_70),
    "customer": Basis("law", "Law 70/2017", "Art. 1(4)", _LAW_70),
    "customer_controls": Basis("law", "Law 70/2017", "Art. 1(4)", _LAW_70),
    "contract_makes_executor": Basis("law", "Law 70/2017", "Art. 1(5)", _LAW_70),
    # Not read in the law itself: cited so by the city of Osh in 2019, of the 2017 edition (law.md §3.1).
    "needs_study": Basis(
        "law",
        "Law 70/2017 (2017 edition, as cited by Osh in 2019)",
        "Art. 3, part 9",
        "http://oshcity.kg/index.php/kg/vitse-mer/itemlist/date/2019/5/16",
    ),
    "repeal_of_162": Basis("law", "Law 70/2017", "Art. 62", "http://cbd.minjust.gov.kg/act/view/ru-ru/111577"),
    "tender_2008": Basis("law", "Law 162/2008", "", _LAW_162),
    "contest_814": Basis("law", "Decree 814/2017", "Annex 1", _DECREE_814),
    "monitoring_814": Basis("law", "Decree 814/2017", "Annex 2", _DECREE_814),
    "vouchers_814": Basis("law", "Decree 814/2017", "Annex 3", _DECREE_814),
    "portal_814": Basis("law", "Decree 814/2017", "Annex 4", _DECREE_814),
    "contest_604": Basis("law", "Resolution 604/2022", "Annex 1", _RESOLUTION_604),
    "vouchers_604": Basis("law", "Resolution 604/2022", "Annex 2", _RESOLUTION_604),
    "repeal_of_814": Basis("law", "Resolution 604/2022", "", _RESOLUTION_604),
}
"""Bases for transitions and permissions. Everything else is asked of the settlement:
`settlement.basis(key)`."""
