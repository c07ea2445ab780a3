"""``@compiled``: numba's njit with the settings all kernels of this package share, typed so that mypy keeps checking.

Does not belong here: any kernel.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, cast

from numba import config, njit

Kernel = TypeVar("Kernel", bound=Callable[..., object])


def compiled(kernel: Kernel) -> Kernel:
    """``kernel`` compiled when first called and kept on disk: single-threaded, IEEE arithmetic, the GIL released.

    Neither ``fastmath`` nor ``parallel``: both let the order of additions, and so the digits, depend on the machine.
    """
    return cast(Kernel, njit(cache=True, nogil=True)(kernel))


def _kernels_hash() -> str:
    """Hash of every file that holds a kernel."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        text = path.read_bytes()
        if b"\n@compiled" in text:
            digest.update(path.name.encode() + text)
    return digest.hexdigest()[:16]


# numba compiles a kernel again when its own file changes, not when a kernel it calls from another file does: with one
# folder for each state of all kernels together, stale code is never run.
_FOLDER = Path(__file__).parent / "__pycache__" / f"kernels-{_kernels_hash()}"
if "NUMBA_CACHE_DIR" not in os.environ and os.access(_FOLDER.parent.parent, os.W_OK):
    config.CACHE_DIR = str(_FOLDER)  # type: ignore[attr-defined] # numba makes its settings when it is imported
