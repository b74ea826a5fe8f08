"""Functions applied: exp(x), tr A, np.dot(u, v), norm(w, 1), eye(d)."""

from abc import abstractmethod

from autograder.expressions.cursor import Cursor
from autograder.expressions.subscripts import norm_kind
from autograder.expressions.tree import Node, number
from autograder.expressions.unreadable import Unreadable
from autograder.expressions.words import ENTRYWISE, TWO


class Functions(Cursor):
    """Reads what follows the name of a function."""

    bars: tuple[str, ...] = ()
    """The norm bars that are open here, the innermost last."""
    commas = 0
    """How many enclosing brackets expect a comma."""

    @abstractmethod
    def expression(self) -> Node: ...

    @abstractmethod
    def group(self, name: str) -> Node: ...

    @abstractmethod
    def bare_argument(self, name: str) -> Node: ...

    def function(self, name: str) -> Node:
        """The function whose name was taken, with its power and its arguments."""
        if name in ("eye", "zeros", "ones"):
            return self.sized({"eye": "identity"}.get(name, name))
        raised = None
        if self.sees("operator", "^") and name in ENTRYWISE:
            self.take()
            raised = self.group("^")
        if name == "sqrt" and self.sees("open", "["):
            raise Unreadable("Write other roots as powers: x^{1/3}.")
        called = self._called(name)
        return called if raised is None else self.build("power", called, raised)

    def arguments(self, name: str, least: int, most: int) -> list[Node]:
        """What stands in the brackets after a function, between `least` and `most` expressions."""
        if not self.sees("open"):
            raise Unreadable(f"Write what {name} applies to in brackets.")
        opening = self.take().text
        kept, self.bars = self.bars, ()
        self.commas += most > 1
        parts = [self.expression()]
        while self.accept("comma"):
            parts.append(self.expression())
        self.commas -= most > 1
        self.bars = kept
        self.close(opening, f" after {name}")
        if not least <= len(parts) <= most:
            raise Unreadable(f"{name} takes {least if least == most else f'{least} to {most}'} argument(s).")
        return parts

    def _called(self, name: str) -> Node:
        if name in TWO:
            if not self.sees("open"):
                raise Unreadable(f"Write {name}(u, v).")
            return self.called_with_two(name, *self.arguments(name, 2, 2))
        if name == "norm":
            return self._norm_call()
        argument = self.arguments(name, 1, 1)[0] if self.sees("open") else self.bare_argument(name)
        return self.called(name, argument)

    def _norm_call(self) -> Node:
        arguments = self.arguments("norm", 1, 2) if self.sees("open") else [self.bare_argument("norm")]
        kind = "2"
        if len(arguments) == 2:
            kind = norm_kind(str(arguments[1].value))
        return self.build("norm", arguments[0], value=kind)

    def called(self, name: str, argument: Node) -> Node:
        """A function of one argument applied: the tree that says so."""
        if name == "transpose":
            return self.build("transpose", argument)
        if name == "inv":
            return self.build("inverse", argument)
        if name == "square":
            return self.build("power", argument, number(2))
        return self.build("call", argument, value=name)

    def called_with_two(self, name: str, left: Node, right: Node) -> Node:
        """A function of two arguments applied."""
        if name == "dot":
            return self.build("product", left, right, value="at")
        if name == "solve":
            return self.build("product", self.build("inverse", left), right, value="at")
        op = {"inner": "inner", "outer": "outer", "multiply": "entrywise", "pow": "power"}.get(name)
        return self.build(op, left, right) if op else self.build("call", left, right, value=name)

    def sized(self, op: str) -> Node:
        """eye(d), zeros(n), ones(n)."""
        arguments = self.arguments(op, 1, 2)
        value = arguments[0].value if arguments[0].op in ("size", "symbol") else ""
        if value not in self.symbols.sizes:
            raise Unreadable(f"Of which size? This question has {', '.join(self.symbols.sizes)}.")
        return self.build(op, value=value)

    def norm_kind(self) -> str:
        """Which norm a subscript asks for; the Euclidean one where there is none."""
        return norm_kind(self.take().text) if self.sees("subscript") else "2"
