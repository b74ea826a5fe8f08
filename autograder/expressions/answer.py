"""An answer as it is typed: the sides around its equals signs, of which some only name what is asked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise

from autograder.domain.sentences import say
from autograder.expressions.clauses import Clauses, is_granted, split_clauses, without_space
from autograder.expressions.lexer import MAX_LENGTH, Lexer, Token
from autograder.expressions.parser import Parser
from autograder.expressions.parser_state import Wanted
from autograder.expressions.symbols import Symbols
from autograder.expressions.tree import Node, is_condition, node
from autograder.expressions.unreadable import Unreadable, quoted
from autograder.expressions.vocabulary import CHANCE, FUNCTIONS
from autograder.expressions.words import definite_as_relation

VALUE, CONDITIONS = Wanted(), Wanted(condition=True)
_END = Token("end", "")
_COMMA = Token("comma", ",", tight=False)
_CLOSING_MARKS = (".", ",", ";", ":", "!")
_LINKING = frozenset(["with", "where", "avec", "où", "for", "pour", "if", "si", "when", "quand", "car"])
_LIKE_NUMPY = re.compile(r"@|%\*%|\bnp\b|\bnumpy\b|\btorch\b|\*\*|\.T\b|\.dot\(|\.sum\(")
_LIKE_MATLAB = re.compile(r"\.[*/^']")


@dataclass(frozen=True, slots=True)
class ParsedAnswer:
    """What was read: the answer, and what it is claimed to equal."""

    tree: Node
    also: tuple[tuple[Node, bool], ...] = ()
    """Other sides of an equation, each with whether it may be a label only, as in `det(A) = ad`."""
    order: bool = False
    """Whether it is an order of growth, O(n d^2)."""
    style: str = ""
    """`numpy` or `matlab` where it is written in one of them: signs and functions work entry by entry."""


def style_of(text: str) -> str:
    """The program in whose language an answer is written, if it is."""
    if _LIKE_NUMPY.search(text):
        return "numpy"
    return "matlab" if _LIKE_MATLAB.search(text) else ""


def tokens_of(text: str, symbols: Symbols, *, condition: bool = False) -> list[Token]:
    """The tokens of an answer, without an equals sign before, a full stop behind and what it says beside.

    Raises Unreadable.
    """
    if len(text) > MAX_LENGTH:
        return _trim(Lexer(text, symbols).run())
    clauses = split_clauses(text if condition else without_space(text))
    if condition:
        joined = f"{clauses.answer} and {clauses.side}" if clauses.side else clauses.answer
        return _trim(Lexer(definite_as_relation(joined), symbols).run())
    whole = without_space(text)
    return _trim(Lexer(whole if _is_no_clause(clauses, symbols) else clauses.answer, symbols).run())


def _is_no_clause(clauses: Clauses, symbols: Symbols) -> bool:
    """Whether what was taken for a condition beside a value is none; raises Unreadable where it counts."""
    if not clauses.side:
        return False
    try:
        side = parse_conditions(clauses.side, symbols).tree
    except Unreadable:
        return True
    if is_condition(side) and not is_granted(side, symbols):
        raise Unreadable(say("typed.write_one_answer", side=clauses.side))
    return not is_condition(side)


def parse_value(text: str, symbols: Symbols) -> ParsedAnswer:
    """An answer that is an expression: `∇f(w) = 2w` is 2w, `w + w = 2w` is 2w and claims to be w + w.

    Raises Unreadable.
    """
    return parse_tokens(tokens_of(text, symbols), symbols, VALUE, style_of(text))


def parse_conditions(text: str, symbols: Symbols) -> ParsedAnswer:
    """An answer that may be an equation, an inequality, or several of them; raises Unreadable."""
    return parse_tokens(tokens_of(text, symbols, condition=True), symbols, CONDITIONS, style_of(text))


def parse_tokens(tokens: Sequence[Token], symbols: Symbols, wanted: Wanted, style: str) -> ParsedAnswer:
    """The tokens of an answer as a tree; raises Unreadable."""
    if wanted.condition:
        return _parse_conditions(_without_label(tokens, symbols), symbols, wanted, style)
    tokens = (wanted.entries and _take_partials(tokens, symbols)) or tokens
    if any(_is_contraction(triple, symbols) for triple in zip(tokens, tokens[1:], tokens[2:], strict=False)):
        raise Unreadable(say("typed.i_did_not_expect_here", text=quoted(":")))
    sides = _split(tokens, "=", "<-", "->", ":")
    if any(token.kind == "relation" and token.text != "=" for token in sides[-1]):
        return _parse_conditions(tokens, symbols, wanted, style)
    if not sides[-1]:
        raise Unreadable(say("typed.something_is_missing_after_the"))
    also = []
    for side in sides[:-1]:
        if not side or _is_label(side, symbols):
            continue
        lone = _is_name_with_marks(side)
        try:
            also.append((_parse_side(side, symbols, wanted), lone))
        except Unreadable:
            if not lone:
                raise
    last = sides[-1]
    if wanted.entries and len(_split(last, ",", ";")) > 1:  # `2xy, x^2`: entries without brackets
        last = [Token("open", "("), *last, Token("close", ")")]
    inside = _inside_order(last, symbols)
    if inside is None and len(sides) == 1:
        return _parse_conditions(last, symbols, wanted, style)
    tree = _parse_side(inside or last, symbols, wanted)
    return ParsedAnswer(tree, tuple(also), order=inside is not None, style=style)


def _is_contraction(triple: tuple[Token, Token, Token], symbols: Symbols) -> bool:
    """Whether it is `A:B` of two matrices, and no name before what it is."""
    before, sign, after = triple
    if sign.kind != "colon" or not (sign.tight and after.tight):
        return False
    named = [symbols.by_name.get(token.text) for token in (before, after) if token.kind == "symbol"]
    return len(named) == 2 and all(one and one.shape.is_matrix for one in named)


def _take_partials(tokens: Sequence[Token], symbols: Symbols) -> list[Token] | None:
    """`∂f/∂x = 2x, ∂f/∂y = 1` as (2x, 1), in the order in which x and y are declared, or None."""
    pieces = [_split(piece, "=") for piece in _split(tokens, ",", ";", "and")]
    if len(pieces) < 2 or any(len(piece) != 2 for piece in pieces):
        return None
    names = [symbol.name for symbol in symbols]
    found = []
    for label, _ in pieces:
        written = "".join(token.text for token in label if token.text not in "{}()")
        found += [at for at, name in enumerate(names) if written.endswith((f"∂{name}", f"d{name}"))][:1]
    if len(found) != len(pieces) or any(one >= two for one, two in pairwise(found)):
        return None
    entries = [[*value, _COMMA] for _, value in pieces]
    return [Token("open", "("), *list(chain.from_iterable(entries))[:-1], Token("close", ")")]


def _parse_side(tokens: Sequence[Token], symbols: Symbols, wanted: Wanted) -> Node:
    parser = Parser([*tokens, _END], symbols, wanted)
    tree = parser.expression()
    parser.tokens.expect_end()
    return tree


def _parse_conditions(tokens: Sequence[Token], symbols: Symbols, wanted: Wanted, style: str) -> ParsedAnswer:
    if wanted.condition and any(token.text == "±" for token in tokens):
        signed = [[replace(one, text=sign) if one.text == "±" else one for one in tokens] for sign in "+-"]
        both = [_parse_conditions(one, symbols, wanted, style).tree for one in signed]
        if not all(map(is_condition, both)):
            raise Unreadable(say("typed.i_did_not_expect_here", text=quoted("±")))
        return ParsedAnswer(node("either", *both), style=style)
    # Where a value is asked for, < and > are of an inner product: `2,0(<w, x> - y) x`.
    angles = "<>" if wanted.condition else ""
    related = any(token.kind == "relation" or token.text in tuple(angles) for token in tokens)
    parser = Parser([*tokens, _END], symbols, wanted, commas=related)
    tree = parser.conditions.read()
    parser.tokens.expect_end()
    return ParsedAnswer(tree, style=style)


def _inside_order(side: Sequence[Token], symbols: Symbols) -> list[Token] | None:
    """What stands in the brackets of O(…) or Θ(…), where that is all of the side, or a sum of such."""
    if (
        len(side) < 4
        or side[0].text not in ("O", "Theta")
        or side[0].text in symbols
        or side[1].kind != "open"
    ):
        return None
    depth = 0
    for place, token in enumerate(side):
        depth += (token.kind == "open") - (token.kind == "close")
        if depth == 0 and place > 0:
            break
    else:
        return None
    inside, rest = list(side[2:place]), side[place + 1 :]
    if not rest:
        return inside
    more = _inside_order(rest[1:], symbols) if rest[0].text == "+" else None
    return [Token("open", "("), *inside, Token("close", ")"), rest[0], *more] if more else None


def _trim(tokens: Sequence[Token]) -> list[Token]:
    """The tokens without a leading equals sign and without the full stop at the end."""
    kept = list(tokens[:-1])
    while kept and (kept[-1].text in _CLOSING_MARKS or kept[-1].kind == "colon"):
        kept.pop()
    while kept and kept[0].kind in ("relation", "arrow") and kept[0].text in ("=", "->"):
        kept.pop(0)
    if not kept:
        raise Unreadable(say("typed.the_answer_is_empty"))
    return kept


def as_membership(tokens: Sequence[Token], subject: str, *, values: bool) -> list[Token] | None:
    """`]0, 1[` or `D = ]0, 1[` as where the subject lies, `1 and -1` as what it is where `values` are asked.

    None where it is neither.
    """
    related = [place for place, token in enumerate(tokens) if token.kind == "relation"]
    named = related[:1] and tokens[related[0]].text == "=" and tokens[0].kind == "word"
    if named and all(token.kind == "subscript" for token in tokens[1 : related[0]]):
        tokens, related = tokens[related[0] + 1 :], related[1:]
    told = _with_subject(tokens, subject)
    if len(told) > len(tokens):
        return told
    first = tokens[0] if tokens else _END
    belongs = [Token("symbol", subject), Token("in", "in")]
    if first.kind == "in":
        return [belongs[0], *tokens]
    if first.text in ("(", "[", "]", "{", "R"):
        return [*belongs, *tokens]
    if related or not values:
        return None
    listed = [_COMMA if token.kind == "or" or token.text == "and" else token for token in tokens]
    return [*belongs, Token("open", "{"), *listed, Token("close", "}")]


def _is_bound(token: Token) -> bool:
    """Whether an inequality is said of something here."""
    return token.text in ("<", "<=", ">", ">=") and token.kind in ("relation", "angle")


def _with_subject(tokens: Sequence[Token], subject: str) -> list[Token]:
    """`< 1`, and `x > -1 and < 1`, with the x that is left out."""
    found: list[Token] = []
    for token in tokens:
        if _is_bound(token) and (not found or found[-1].kind in ("and", "or", "comma")):
            found.append(Token("symbol", subject))
        found.append(token)
    return found


def _without_label(tokens: Sequence[Token], symbols: Symbols) -> Sequence[Token]:
    """`H = A + A^T >= 0` without its label."""
    sides = _split(tokens, "=")
    label = sides[0]
    named = len(sides) == 2 and label and label[0].kind in ("word", "nabla")
    related = named and any(_is_bound(token) for token in sides[1])
    if not related or (symbols.chance and label[0].text in CHANCE) or not _is_label(label, symbols):
        return tokens
    return sides[1]


def _split(tokens: Sequence[Token], *marks: str) -> list[list[Token]]:
    """The tokens cut at these signs, outside all brackets."""
    sides: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token.kind == "open") - (token.kind == "close")
        if (
            depth == 0
            and token.kind in ("relation", "arrow", "colon", "comma", "and")
            and token.text in marks
        ):
            sides.append([])
        else:
            sides[-1].append(token)
    return sides


def _is_label(side: Sequence[Token], symbols: Symbols) -> bool:
    """Whether a left-hand side only names what is asked: ∇f(w), f'(w), ∂f/∂w, w*, grad."""
    start = 2 if side[0].kind == "frac" and len(side) > 2 else 0
    first = side[start]
    if first.kind == "word" and first.text in ("argmin", "argmax"):
        return True
    if first.kind == "nabla" or (first.kind == "word" and first.text not in ("I", "e", "pi")):
        return first.text not in FUNCTIONS and _names_only(side)
    if first.kind == "size" and first.text == "d" and len(side) > start + 1:
        return True
    if first.kind == "open":
        return any(token.kind == "nabla" for token in side)
    return first.kind == "symbol" and _is_decorated_symbol(side, symbols)


def _names_only(side: Sequence[Token]) -> bool:
    """Whether words before an equals sign can be a name: no sum, no product, no `with` between."""
    depth = 0
    derived = any(token.text in ("∂", "d") or token.kind == "nabla" for token in side[:3])
    derived = derived or bool(re.fullmatch("d[A-Za-z]", side[0].text))  # df/dx
    for place, token in enumerate(side):
        depth += (token.kind == "open") - (token.kind == "close")
        raised = place > 0 and side[place - 1].text == "^"
        starred = token.text == "*" and place == len(side) - 1
        signed = token.kind == "operator" and token.text != "^" and not raised and not starred
        if depth == 0 and (token.text in _LINKING or (signed and not derived)):
            return False
    return True


def _is_name_with_marks(side: Sequence[Token]) -> bool:
    """Whether a side is one name with indices, marks and what stands in brackets behind it, as det(A) is."""
    if len(side) == 3 and side[0].kind == side[2].kind == "bar":  # |A|, a determinant
        return side[1].kind in ("word", "symbol")
    if len(side) > 3 and side[0].kind == side[2].kind == "bar" and side[1].kind in ("word", "symbol"):
        marks = ("subscript", "number", "open", "close")
        return all(token.kind in marks or token.text == "^" for token in side[3:])  # ‖f‖²
    if len(side) == 2 and side[0].text in FUNCTIONS:  # det A
        return side[1].kind in ("word", "symbol")
    if side[0].kind not in ("word", "symbol", "size", "ones"):
        return False
    depth = 0
    for place, token in enumerate(side[1:], start=1):
        if depth == 0 and token.kind == "operator" and token.text == "^":
            continue
        raised = side[place - 1].text == "^"
        if depth == 0 and not raised and token.kind not in ("subscript", "prime", "top", "open", "close"):
            return False
        depth += (token.kind == "open") - (token.kind == "close")
    return depth == 0


def _is_decorated_symbol(side: Sequence[Token], symbols: Symbols) -> bool:
    """One symbol with marks, w or w^*, or a function of the question at a point."""
    symbol = symbols.by_name.get(side[0].text)
    if symbol is not None and symbol.is_function:
        return side[-1].kind == "close"
    rest = [token for token in side[1:] if token.kind != "prime"]
    if len(rest) > 2 and rest[0].text == "^" and rest[1].text == "{" and rest[-1].text == "}":
        return True  # w^{(t+1)}
    return all(token.kind == "subscript" or token.text in ("^", "*", "{", "}") for token in rest)
