"""Questions in parts: `@ power from child-power` takes the answer of an earlier question into a key."""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256

from autograder.quiz.format.lines import Complaints
from autograder.quiz.kinds.registry import kind_of
from autograder.quiz.model import Parameter, Pool, QuizQuestion

_HOW = "@ name from a question above whose answer is a number, or from one that draws this value"


def link_parts(questions: Sequence[QuizQuestion], complaints: Complaints) -> tuple[QuizQuestion, ...]:
    """The questions, each with the values that it takes from others, and with what those are drawn from."""
    linked: dict[str, QuizQuestion] = {}
    for question in questions:
        linked[question.id] = _link(question, linked, complaints) if question.sources else question
    return tuple(linked.values())


def _link(question: QuizQuestion, above: dict[str, QuizQuestion], complaints: Complaints) -> QuizQuestion:
    own = [parameter for parameter in question.parameters if not parameter.source]
    found = {parameter.name: parameter for parameter in own}
    for parameter in question.parameters:
        source = above.get(parameter.source)
        if not parameter.source:
            continue
        drawn = {each.name: each for each in source.parameters} if source else {}
        if source is None:
            complaints.add(parameter.line, f"there is no question {parameter.source} above", _HOW)
        elif parameter.name in drawn:
            found[parameter.name] = _shared(drawn[parameter.name], source)
        elif not kind_of(source).units or not source.keys:
            complaints.add(parameter.line, f"the answer of {source.id} is no number", _HOW)
        else:
            for name, value in drawn.items():
                if name in found and found[name] != _shared(value, source):
                    what = f"{name} is drawn here and in {source.id}, whose answer is computed from it"
                    complaints.add(parameter.line, what, "another name for one of them")
                found.setdefault(name, _shared(value, source))
            found[parameter.name] = replace(parameter, expression=source.keys[0].text)
    told = "|".join(f"{p.name}={p.expression}" for p in found.values() if p.expression)
    version = sha256(f"{question.version}|{told}".encode()).hexdigest()[:16]
    return replace(question, parameters=tuple(found.values()), version=version)


def _shared(parameter: Parameter, source: QuizQuestion) -> Parameter:
    """The same value, drawn where the source draws it."""
    return replace(parameter, origin=parameter.origin or source.id)


def check_pools_stand_alone(
    questions: Sequence[QuizQuestion], pools: Sequence[Pool], complaints: Complaints
) -> None:
    """A part may not be asked without the one it builds on, so neither stands in a pool."""
    pooled = {id for pool in pools for id in pool.questions}
    for question in questions:
        for source in sorted(question.sources):
            if question.id in pooled or source in pooled:
                what = f"{question.id} builds on {source}, and a pool may ask one without the other"
                complaints.add(question.line, what, "parts outside of pools")
