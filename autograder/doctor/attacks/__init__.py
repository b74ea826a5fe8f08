"""The catalogue of hostile notebooks, class by class."""

from autograder.doctor.attack import Attack
from autograder.doctor.attacks.exhaustion import EXHAUSTION_ATTACKS
from autograder.doctor.attacks.forging import FORGING_ATTACKS
from autograder.doctor.attacks.leaking import READING_ATTACKS
from autograder.doctor.attacks.reaching import REACHING_ATTACKS
from autograder.doctor.attacks.reports import REPORT_ATTACKS
from autograder.doctor.attacks.telling import TELLING_ATTACKS
from autograder.doctor.attacks.wire import WIRE_ATTACKS

CATALOGUE: tuple[Attack, ...] = (
    *FORGING_ATTACKS,
    *READING_ATTACKS,
    *WIRE_ATTACKS,
    *EXHAUSTION_ATTACKS,
    *REACHING_ATTACKS,
    *REPORT_ATTACKS,
    *TELLING_ATTACKS,
)
