"""From tokens to a syntax tree: recursive descent with a bounded depth.

::

    formula    = or
    or         = and {"or" and}
    and        = not {"and" not}
    not        = "not" not | comparison
    comparison = sum [("<" | "<=" | ">" | ">=" | "=" | "!=") sum]
    sum        = product {("+" | "-") product}
    product    = sign {("*" | "/") sign}
    sign       = "-" sign | atom
    atom       = number ["%"] | "true" | "false" | name | function "(" or {"," or} ")" | "(" or ")"
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from zhiqiao.engines.formula.errors import FormulaSyntaxError
from zhiqiao.engines.formula.syntax import Token, tokenize
from zhiqiao.engines.formula.words import FUNCTIONS, MAX_DEPTH

COMPARISONS = ("less", "less_equal", "greater", "greater_equal", "equal", "unequal")


@dataclass(frozen=True, slots=True)
class Syntax:
    """A node of the untyped tree.

    Parameters
    ----------
    op : str
        ``number``, ``truth``, ``name``, an operation or a function of the language.
    start, end : int
        Where it stands in the text.
    position : int
        Its own sign or name, for messages.
    args : tuple of Syntax
        Operands.
    text : str
        Digits of a number, or the name.
    depth : int
        Levels below and including it.
    """

    op: str
    start: int
    end: int
    position: int
    args: tuple[Syntax, ...] = ()
    text: str = ""
    depth: int = 1


def parse(formula: str, text: str) -> Syntax:
    """Parse an expression.

    Parameters
    ----------
    formula : str
        Name for messages.
    text : str
        The expression.

    Returns
    -------
    Syntax
        The root.

    Raises
    ------
    FormulaSyntaxError
        With position and remedy, for every text outside the grammar. O(length).
    """
    parser = _Parser(formula, tokenize(formula, text))
    root = parser.disjunction()
    parser.expect("end", "an operator or the end of the formula")
    return root


class _Parser:
    """One pass over the tokens; `level` counts open rules, so the stack stays bounded."""

    def __init__(self, formula: str, tokens: list[Token]) -> None:
        self.formula = formula
        self.tokens = tokens
        self.place = 0
        self.level = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.place]

    def advance(self) -> Token:
        token = self.token
        self.place += 1
        return token

    def expect(self, sort: str, wanted: str) -> Token:
        if self.token.sort != sort:
            raise self.unexpected(wanted)
        return self.advance() if sort != "end" else self.token

    def unexpected(self, wanted: str) -> FormulaSyntaxError:
        given = f"'{self.token.text}'" if self.token.text else "The end of the formula"
        return FormulaSyntaxError(
            self.formula, self.token.position, "unexpected", given=given, wanted=wanted
        )

    def node(self, op: str, sign: Token, args: tuple[Syntax, ...], end: int) -> Syntax:
        depth = 1 + max((arg.depth for arg in args), default=0)
        if depth > MAX_DEPTH:
            raise self.too_deep(sign)
        start = min([sign.position, *(arg.start for arg in args)])
        return Syntax(op, start, end, sign.position, args, sign.text, depth)

    def too_deep(self, token: Token) -> FormulaSyntaxError:
        return FormulaSyntaxError(self.formula, token.position, "too-deep", limit=MAX_DEPTH)

    def binary(self, sign: Token, left: Syntax, right: Syntax) -> Syntax:
        return self.node(sign.sort, sign, (left, right), right.end)

    def disjunction(self) -> Syntax:
        self.level += 1
        if self.level > MAX_DEPTH:
            raise self.too_deep(self.token)
        left = self.conjunction()
        while self.token.sort == "or":
            left = self.binary(self.advance(), left, self.conjunction())
        self.level -= 1
        return left

    def conjunction(self) -> Syntax:
        left = self.negation()
        while self.token.sort == "and":
            left = self.binary(self.advance(), left, self.negation())
        return left

    def negation(self) -> Syntax:
        signs = self.leading("not")
        node = self.comparison()
        for sign in reversed(signs):
            node = self.node("not", sign, (node,), node.end)
        return node

    def comparison(self) -> Syntax:
        left = self.addition()
        if self.token.sort not in COMPARISONS:
            return left
        left = self.binary(self.advance(), left, self.addition())
        if self.token.sort in COMPARISONS:
            raise FormulaSyntaxError(self.formula, self.token.position, "chained")
        return left

    def addition(self) -> Syntax:
        left = self.product()
        while self.token.sort in ("add", "subtract"):
            left = self.binary(self.advance(), left, self.product())
        return left

    def product(self) -> Syntax:
        left = self.sign()
        while self.token.sort in ("multiply", "divide"):
            left = self.binary(self.advance(), left, self.sign())
        return left

    def sign(self) -> Syntax:
        signs = self.leading("subtract")
        node = self.atom()
        for sign in reversed(signs):
            node = self.node("negate", sign, (node,), node.end)
        return node

    def leading(self, sort: str) -> list[Token]:
        signs: list[Token] = []
        while self.token.sort == sort:
            signs.append(self.advance())
        return signs

    def atom(self) -> Syntax:
        token = self.token
        if token.sort == "(":
            return self.bracket()
        if token.sort in ("number", "true", "false", "name"):
            self.advance()
            if token.sort == "name" and self.token.sort == "(":
                return self.call(token)
            op = "truth" if token.sort in ("true", "false") else token.sort
            return self.node(op, token, (), token.position + len(token.text))
        raise self.unexpected("a name, a number or a bracket")

    def bracket(self) -> Syntax:
        opening = self.advance()
        inner = self.disjunction()
        closing = self.expect(")", "')' or an operator")
        return replace(inner, start=opening.position, end=closing.position + 1)

    def call(self, name: Token) -> Syntax:
        if name.text not in FUNCTIONS:
            known = ", ".join(sorted(FUNCTIONS))
            raise FormulaSyntaxError(
                self.formula, name.position, "call", given=name.text, known=known
            )
        self.advance()
        args = [self.disjunction()]
        while self.token.sort == ",":
            self.advance()
            args.append(self.disjunction())
        closing = self.expect(")", "',' or ')'")
        return self.node(name.text, name, tuple(args), closing.position + 1)
