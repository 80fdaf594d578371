"""Every reason for which the engine refuses something: the message and the remedy."""

from __future__ import annotations

REASONS: dict[str, tuple[str, str]] = {
    # the text
    "empty": ("The formula is empty.", "Write an expression, for example a / b."),
    "too-long": (
        "The formula has {length} characters; at most {limit} are allowed.",
        "Split it into several formulas that refer to each other by name.",
    ),
    "too-deep": (
        "The formula is nested more than {limit} levels deep.",
        "Split it into several formulas that refer to each other by name.",
    ),
    "character": (
        "The character {given} has no meaning in a formula.",
        "Use names in a-z, 0-9 and _, numbers, and the signs + - * / ( ) , < <= > >= = !=.",
    ),
    "full-width": (
        "The full-width sign {given} has no meaning in a formula.",
        "Write {instead} instead.",
    ),
    "double-equals": ("'==' has no meaning in a formula.", "Write = to compare."),
    "power": (
        "'**' has no meaning in a formula; powers are not offered.",
        "Multiply the value by itself, or store the power as a parameter.",
    ),
    "name": (
        "{given} is not a name of at most {limit} characters in a-z, 0-9 and single _ between.",
        "Rename it, for example to full_time_teachers.",
    ),
    "number": (
        "The number {given} has more than {limit} digits or is followed by letters.",
        "Write plain digits with at most one point, and a sign between a number and a name.",
    ),
    "unexpected": ("{given} stands where {wanted} must stand.", "Write {wanted} there."),
    "chained": (
        "Two comparisons in a row have no single meaning.",
        "Compare twice and join with 'and': a < b and b < c.",
    ),
    "call": (
        "{given} is not one of the functions.",
        "Use one of: {known}. To multiply, write * before the bracket.",
    ),
    "count-of-arguments": (
        "{function} was given {given} arguments; it takes {wanted}.",
        "Write {example}.",
    ),
    "whole-number": (
        "{function} needs a whole number from {low} to {high} written out here.",
        "Write the number itself, for example {low}.",
    ),
    "coverage": (
        "The coverage of {function} must be a number above 0 and at most 1 written out.",
        "Write for example 0.95, or leave it out to require every member.",
    ),
    "plain-name": (
        "{function} needs the name of a {wanted} here.",
        "Write the name alone, for example {example}.",
    ),
    # kinds and units
    "kind": (
        "{function} was given a value of kind {given}; it takes {wanted}.",
        "Change the operand, or convert it with number(...), round(...) or a comparison.",
    ),
    "unit-mismatch": (
        "{function} joins {left} with {right}; only equal units may be joined.",
        "Convert one side with a parameter of the unit {left} / {right}, or compare like with like.",
    ),
    "percent-mixed": (
        "{function} joins a percentage with {other}; a percentage is only a way of showing.",
        "Use fraction(x) for the share itself, percent(x) to show it, or write the number as 80%.",
    ),
    "percent-of": ("{function} needs {wanted}; it was given {given}.", "{remedy}"),
    "declared-kind": (
        "The formula is declared as {declared} but gives {given}.",
        "Declare it as {given}, or convert with number(...) or round(x, digits).",
    ),
    "declared-unit": (
        "The formula is declared in {declared} but gives {given}.",
        "Declare the unit {given}, or convert with a parameter; percent(x) gives %.",
    ),
    "scale": (
        "{function} would need {given} decimal places; at most {limit} are carried.",
        "Round an operand first: round(x, 2).",
    ),
    "too-large": (
        "{function} may reach {given}, more than an exact number holds.",
        "Convert one operand with number(...), or use larger units.",
    ),
    "unit": (
        "{given} is not a unit.",
        "Write 1, %, a name such as person, or names joined by * and /, as in m2/person.",
    ),
    # the program
    "unknown-name": (
        "{given} is neither a fact, a parameter nor a formula.",
        "Declare it, or correct the spelling{near}.",
    ),
    "unknown-scope": (
        "{given} is not a declared scope.",
        "Use one of: {known}.",
    ),
    "wrong-use": (
        "{given} is a {what}; {function} takes a {wanted}.",
        "Give {function} the name of a {wanted}.",
    ),
    "reserved": (
        "The name {given} is a word of the formula language.",
        "Choose another name, for example {given}_value.",
    ),
    "duplicate": (
        "The name {given} is declared twice.",
        "Keep one declaration; facts, parameters and formulas share their names.",
    ),
    "cycle": (
        "The formulas refer to each other in a circle: {cycle}.",
        "Take one of the references out; a look-back with prev counts as a reference.",
    ),
    "chain": (
        "The formula rests on a chain of more than {limit} steps.",
        "Shorten the chain of formulas.",
    ),
    "declaration": ("{what} is {given}; {rule}.", "{remedy}"),
    "parameter-key": (
        "A value of the parameter has the key {given}; its dimensions are {by}.",
        "Give one text per dimension, in this order.",
    ),
    "parameter-twice": (
        "The parameter has two values for {key} from {valid_from}.",
        "Keep one value per key and date.",
    ),
    "value": (
        "{given} is not a value of kind {kind}{detail}.",
        "Give {wanted}.",
    ),
    # the facts of a run
    "column-missing": (
        "The facts have no column {column}.",
        "Add the column {column}; leave cells empty where nothing is known.",
    ),
    "column-kind": (
        "The column {column} holds {given}; {wanted} was expected.",
        "Convert the column before the run.",
    ),
    "cell": (
        "The column {column} has {given} for {entity} in {year}; {rule}.",
        "{remedy}",
    ),
    "row-twice": (
        "{entity} has more than one row for {year}.",
        "Keep one row per entity and year.",
    ),
    "row-unnamed": (
        "{count} rows have no entity or no year.",
        "Fill in the columns entity and year in every row.",
    ),
    "too-many-rows": (
        "The facts have {given} rows in one year; at most {limit} are summed exactly.",
        "Run the formulas on parts.",
    ),
    "too-wide": (
        "The formulas need more than {limit} columns at once in the database.",
        "Ask for fewer formulas at a time.",
    ),
    "no-such-figure": (
        "There is no row for {entity} in {year}.",
        "Check the identifier and the year against the facts.",
    ),
    "no-such-formula": ("There is no formula {given}.", "Use one of: {known}."),
    "not-a-step": (
        "The explanation has the step {given}, which cannot be computed again: {detail}.",
        "Read the explanation from the store again, unchanged.",
    ),
    "previous": (
        "The previous result does not belong to these facts: {detail}.",
        "Run the whole program once, then use its result.",
    ),
}
