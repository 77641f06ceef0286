"""What the papers of a contract say: the contract, its amendments, the accepted report, the act of acceptance."""

from .agreement import Agreed as Agreed
from .agreement import agreed_on as agreed_on
from .agreement import contract as contract
from .agreement import contract_to_sign as contract_to_sign
from .changes import amendment as amendment
from .changes import amendment_to_sign as amendment_to_sign
from .done import acceptance as acceptance
from .done import done as done
from .done import report as report
from .parties import hand_of as hand_of
from .parties import hands_of as hands_of
