"""How loops are compiled: once, kept on disk, without the interpreter's lock."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

from numba import config, njit

if TYPE_CHECKING:
    from collections.abc import Callable

Loop = TypeVar("Loop", bound="Callable[..., object]")

# The compiler keeps a loop until its own file changes, also when a loop that it calls from another
# file changed. A folder for each state of these files keeps old code away. Where it cannot be
# written, the compiler takes its own.
_FOLDER = Path(__file__).parent
_STATE = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(_FOLDER.glob("*.py"))))
config.CACHE_DIR = str(_FOLDER / "__pycache__" / _STATE.hexdigest()[:16])  # type: ignore[attr-defined]


def compiled(loop: Loop) -> Loop:
    """Compile a loop over arrays to machine code."""
    return cast("Loop", njit(cache=True, nogil=True)(loop))


def compiled_for_all_cores(loop: Loop) -> Loop:
    """Compile a loop whose ``prange`` runs on all cores."""
    return cast("Loop", njit(cache=True, nogil=True, parallel=True)(loop))
