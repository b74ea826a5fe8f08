"""The benchmark of honest submissions under many draws, in small."""

from benchmarks.draws import assignments, try_honest


def test_honest_submissions_are_not_refused() -> None:
    tried = try_honest("gradients", submissions=5, draws=2)
    assert tried.rejections == ()
    assert (tried.questions, tried.judgements) == (10, 100)


def test_every_assignment_is_tried() -> None:
    assert {"gradients", "convexity", "training", "descent", "final"} <= set(assignments())
