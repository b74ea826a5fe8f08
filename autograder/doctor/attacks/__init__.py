"""The catalogue of hostile notebooks, class by class."""

from autograder.doctor.attack import Attack
from autograder.doctor.attacks.exhaustion import EXCESSES
from autograder.doctor.attacks.forging import FORGERIES
from autograder.doctor.attacks.leaking import LEAKS
from autograder.doctor.attacks.reaching import PLANTS
from autograder.doctor.attacks.reports import DISGUISES
from autograder.doctor.attacks.wire import LINES

CATALOGUE: tuple[Attack, ...] = (*FORGERIES, *LEAKS, *LINES, *EXCESSES, *PLANTS, *DISGUISES)
