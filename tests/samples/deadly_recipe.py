"""A grader whose worker dies of some submissions, as it could by a fault of ours or of the machine."""

import os
import signal
from dataclasses import dataclass

from autograder.course.recipe import GraderRecipe
from autograder.domain.submission import Submission
from autograder.grading.grader import GradedSubmission, Grader


@dataclass(frozen=True)
class DeadlyRecipe(GraderRecipe):
    """Makes graders that kill their worker over everybody whose name begins with `poison`."""

    def __call__(self) -> Grader:
        grader = super().__call__()
        grade = grader.__class__.__call__

        class Deadly(Grader):
            def __call__(self, submission: Submission) -> GradedSubmission:
                if submission.student.startswith("poison"):
                    os.kill(os.getpid(), signal.SIGKILL)
                return grade(grader, submission)

        deadly = Deadly.__new__(Deadly)
        deadly.__dict__.update(grader.__dict__)
        return deadly

    def __reduce__(self) -> tuple[object, ...]:
        return (DeadlyRecipe, super().__reduce__()[1])
