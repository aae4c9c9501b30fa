"""What this machine has: cores, free memory, and GPUs as the library sees them."""

import ctypes
import os
from dataclasses import dataclass
from pathlib import Path

from jennie_cli.adapters.llama_cpp.fitting import RESERVE_BYTES
from jennie_cli.adapters.llama_cpp.native import can_offload, library

_MEMINFO = Path("/proc/meminfo")
_GROUP = Path("/sys/fs/cgroup")
_DISCRETE, _INTEGRATED = 1, 2
"""ggml's numbers of a GPU of its own and of one that shares the machine's memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gpu:
    """One GPU that the library can use; sizes in bytes."""

    name: str
    free_bytes: int
    total_bytes: int


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def free_memory(meminfo: Path = _MEMINFO, group: Path = _GROUP) -> int | None:
    """Return the bytes that programs may still take, None where the system does not say.

    The limit of a container counts where it is the smaller one.
    """
    known = [n for n in (_available(meminfo), _left_of_group(group)) if n is not None]
    return min(known, default=None)


def _available(meminfo: Path) -> int | None:
    try:
        lines = meminfo.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return None
    for line in lines:
        words = line.split()
        if len(words) >= 2 and words[0] == "MemAvailable:" and words[1].isdecimal():
            return int(words[1]) * 1024
    return None


def _left_of_group(group: Path) -> int | None:
    try:
        limit = (group / "memory.max").read_text(encoding="ascii").strip()
        used = (group / "memory.current").read_text(encoding="ascii").strip()
        told = (group / "memory.stat").read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return None
    if not limit.isdecimal() or not used.isdecimal():
        return None  # "max": no limit
    files = dict(zip(told[::2], told[1::2], strict=False)).get("inactive_file", "0")
    return max(0, int(limit) - int(used) + int(files))


def gpus() -> tuple[Gpu, ...]:
    """Return the GPUs the library was built for and uses. Raises ExtraMissing.

    It puts nothing on a GPU that shares the machine's memory where there is one of its own.
    """
    if not can_offload():
        return ()
    ggml = _ggml()
    found: dict[int, list[Gpu]] = {_DISCRETE: [], _INTEGRATED: []}
    for number in range(int(ggml.ggml_backend_dev_count())):
        device = ggml.ggml_backend_dev_get(number)
        kind = int(ggml.ggml_backend_dev_type(device))
        if kind in found:
            free, total = ctypes.c_size_t(0), ctypes.c_size_t(0)
            ggml.ggml_backend_dev_memory(device, ctypes.byref(free), ctypes.byref(total))
            said = ggml.ggml_backend_dev_description(device) or b"GPU"
            name = said.decode("utf-8", "replace")[:80]
            gpu = Gpu(name=name, free_bytes=free.value, total_bytes=total.value)
            found[kind].append(gpu)
    return tuple(found[_DISCRETE] or found[_INTEGRATED])


def free_gpu_memory() -> int | None:
    """Return the bytes free on all GPUs together, a reserve left on each but one; None: no GPU.

    The library spreads a model's blocks over all of them. Raises ExtraMissing.
    """
    found = gpus()
    if not found:
        return None
    return sum(gpu.free_bytes for gpu in found) - RESERVE_BYTES * (len(found) - 1)


def _ggml() -> ctypes.CDLL:
    """Return ggml's device calls, which the binding does not name."""
    library()
    from llama_cpp import _ggml  # noqa: PLC0415  # part of the extra [llm]

    ggml: ctypes.CDLL = _ggml.libggml
    size = ctypes.POINTER(ctypes.c_size_t)
    ggml.ggml_backend_dev_count.restype = ctypes.c_size_t
    ggml.ggml_backend_dev_get.argtypes = [ctypes.c_size_t]
    ggml.ggml_backend_dev_get.restype = ctypes.c_void_p
    ggml.ggml_backend_dev_type.argtypes = [ctypes.c_void_p]
    ggml.ggml_backend_dev_description.argtypes = [ctypes.c_void_p]
    ggml.ggml_backend_dev_description.restype = ctypes.c_char_p
    ggml.ggml_backend_dev_memory.argtypes = [ctypes.c_void_p, size, size]
    ggml.ggml_backend_dev_memory.restype = None
    return ggml
