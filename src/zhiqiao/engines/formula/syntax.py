"""From text to tokens to a syntax tree, by hand: nothing in here can run anything.

A token is a name, a number or a sign of a closed list; a tree has the operations of the language
and nothing else. Length is checked before the first character is read and depth at each level,
so hostile text costs O(length) and never the interpreter's stack.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from zhiqiao.engines.formula.errors import FormulaSyntaxError
from zhiqiao.engines.formula.words import KEYWORDS, MAX_DIGITS, MAX_LENGTH, MAX_NAME, is_name

SIGNS = {
    "+": "add", "-": "subtract", "−": "subtract", "*": "multiply", "×": "multiply",
    "/": "divide", "÷": "divide", "<": "less", "<=": "less_equal", "≤": "less_equal",
    ">": "greater", ">=": "greater_equal", "≥": "greater_equal", "=": "equal",
    "!=": "unequal", "≠": "unequal", "(": "(", ")": ")", ",": ",",
}  # fmt: skip
FULL_WIDTH = {
    "（": "(", "）": ")", "，": ",", "＋": "+", "－": "-", "＊": "*", "／": "/", "＜": "<",
    "＞": ">", "＝": "=", "％": "%", "、": ",", "。": ".", "．": ".",
}  # fmt: skip

_SPACE = re.compile(r"[ \t\r\n]+")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?%?")
_SIGN = re.compile(r"<=|>=|!=|[-+*/<>=(),−×÷≤≥≠]")


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a formula: `sort` is ``name``, ``number``, ``end``, a keyword or an operation."""

    sort: str
    text: str
    position: int


def tokenize(formula: str, text: str) -> list[Token]:
    """Cut a text into tokens.

    Parameters
    ----------
    formula : str
        Name for messages.
    text : str
        The expression.

    Returns
    -------
    list of Token
        With an ``end`` token placed on the last character.

    Raises
    ------
    FormulaSyntaxError
        On the first character that is not in the language. O(length).
    """
    if len(text) > MAX_LENGTH:
        raise FormulaSyntaxError(
            formula, MAX_LENGTH, "too-long", length=len(text), limit=MAX_LENGTH
        )
    if not text.strip(" \t\r\n"):
        raise FormulaSyntaxError(formula, 0, "empty")
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        space = _SPACE.match(text, position)
        if space:
            position = space.end()
            continue
        token = _next_token(formula, text, position)
        tokens.append(token)
        position += len(token.text)
    tokens.append(Token("end", "", len(text) - 1))
    return tokens


def _next_token(formula: str, text: str, position: int) -> Token:
    word = _WORD.match(text, position)
    if word:
        return _word_token(formula, word.group(), position)
    number = _NUMBER.match(text, position)
    if number:
        return _number_token(formula, text, number)
    sign = _SIGN.match(text, position)
    if sign is None:
        raise _no_token(formula, text, position)
    token = Token(SIGNS[sign.group()], sign.group(), position)
    if text.startswith(("==", "**"), position):
        raise FormulaSyntaxError(
            formula, position, "double-equals" if token.sort == "equal" else "power"
        )
    return token


def _word_token(formula: str, word: str, position: int) -> Token:
    if word in KEYWORDS:
        return Token(word, word, position)
    if not is_name(word):
        raise FormulaSyntaxError(formula, position, "name", given=word, limit=MAX_NAME)
    return Token("name", word, position)


def _number_token(formula: str, text: str, number: re.Match[str]) -> Token:
    digits = sum(each.isdigit() for each in number.group())
    after = text[number.end() : number.end() + 1]
    if digits > MAX_DIGITS or after == "_" or (after.isascii() and after.isalnum()):
        given = text[number.start() : number.end() + 1]
        raise FormulaSyntaxError(formula, number.start(), "number", given=given, limit=MAX_DIGITS)
    return Token("number", number.group(), number.start())


def _no_token(formula: str, text: str, position: int) -> FormulaSyntaxError:
    given = text[position]
    if given in FULL_WIDTH:
        return FormulaSyntaxError(
            formula, position, "full-width", given=given, instead=FULL_WIDTH[given]
        )
    named = f"{given!r} (U+{ord(given):04X})"
    return FormulaSyntaxError(formula, position, "character", given=named)
