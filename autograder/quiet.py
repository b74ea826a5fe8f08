"""Silence around an author's functions: what they warn of is no business of whoever grades."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np


@contextmanager
def quiet() -> Iterator[None]:
    """Neither warnings nor numpy's complaints about numbers, whatever a student's values bring about."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
