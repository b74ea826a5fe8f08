"""What is handed in to compare marks with: solutions, stubs, and both with small mistakes."""

import ast
import random
import re
from collections.abc import Sequence

from autograder.foreign.prove import count_mutations, mutate_source

SOLUTION, STUB, MUTANTS, CHANGED = "solution", "stub", ("mutant1", "mutant2"), "changed"
VARIANTS = (SOLUTION, STUB, *MUTANTS, CHANGED)
"""`changed`: the solution, with mistakes in cells that students are given and that nothing locks."""
_SHARE = 0.6
_FILLINGS = {"mutant1": "1", "mutant2": "[1.5, 2, 3]"}
_BLANK = re.compile(r"^(?P<before>[^#\n]*=[ \t]*)\.\.\.[ \t]*$", re.MULTILINE)
_BODY = re.compile(
    r"^(?P<indent>[ \t]+)(?:\.\.\.|raise NotImplementedError\b.*|# YOUR CODE HERE.*)$", re.MULTILINE
)


def mutate_answers(answers: Sequence[str], *, name: str, which: str) -> list[str]:
    """Solved answers, about half of them with a mistake each; `name` and `which` decide by chance which."""
    chance = random.Random(f"{name}/{which}")
    mutable = [place for place, answer in enumerate(answers) if count_mutations(answer)]
    chosen = [place for place in mutable if chance.random() < _SHARE] or mutable[:1]
    changed = list(answers)
    for place in chosen:
        changed[place] = mutate_source(answers[place], chance.randrange(count_mutations(answers[place])))
    return changed


def take_out_answer(answer: str) -> str:
    """An answer as students receive it: `...` for what is bound, and for the bodies of functions."""
    try:
        tree = ast.parse(answer)
    except SyntaxError:  # it has magics
        return answer
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            node.value = ast.Constant(...)
        elif isinstance(node, ast.FunctionDef):
            node.body = [ast.Expr(ast.Constant(...))]
    return ast.unparse(tree)


def fill_blanks(answer: str, *, which: str) -> str:
    """A stub with a value in each blank: what can be handed in where no solution is known."""
    value = _FILLINGS[which]
    filled = _BLANK.sub(lambda found: f"{found['before']}{value}", answer)
    return _BODY.sub(lambda found: f"{found['indent']}return {value}", filled)
