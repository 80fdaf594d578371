"""Tables that people bring in: what an app declares about one.

The verbs (``open_batch``, ``request_check``, ``import_file`` …) are in
``zhiqiao.core.imports.actions``: this façade is loaded before the models are.
"""

from zhiqiao.core.imports.spec import (
    KEEP,
    Candidate,
    Change,
    Choice,
    Column,
    Doubt,
    ImportSpec,
    Outcome,
    Problem,
    UnknownSpecError,
    register,
    register_made,
    spec,
    specs,
)

__all__ = [
    "KEEP",
    "Candidate",
    "Change",
    "Choice",
    "Column",
    "Doubt",
    "ImportSpec",
    "Outcome",
    "Problem",
    "UnknownSpecError",
    "register",
    "register_made",
    "spec",
    "specs",
]
