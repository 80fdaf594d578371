"""Explanations of figures: a tree of steps that ends in record identifiers.

A :class:`Step` says what was done, with what, in which state, and from which source. The tree
can be written as JSON without loss, fingerprinted, and walked down to the records.
"""

from zhiqiao.engines.trace.codec import digest, dumps, from_json, loads, to_json
from zhiqiao.engines.trace.errors import TraceError
from zhiqiao.engines.trace.step import Record, State, Step, Value, worst
from zhiqiao.engines.trace.walk import leaves, records, steps

__all__ = [
    "Record",
    "State",
    "Step",
    "TraceError",
    "Value",
    "digest",
    "dumps",
    "from_json",
    "leaves",
    "loads",
    "records",
    "steps",
    "to_json",
    "worst",
]
