"""Opens a model file and a context for it, smaller and smaller until it fits, and closes both."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from jennie_cli.adapters.llama_cpp import machine
from jennie_cli.adapters.llama_cpp.fitting import (
    CPU_AT_ONCE,
    Needs,
    Room,
    context_that_fits,
    fit_layers,
    needs_of,
    rooms,
)
from jennie_cli.adapters.llama_cpp.header import Header
from jennie_cli.adapters.llama_cpp.native import Breaker, last_errors, library
from jennie_cli.adapters.llama_cpp.options import Options
from jennie_cli.engine.errors import BadFile
from jennie_cli.engine.llm import FailureKind, ModelFailed

LOG = logging.getLogger("jennie_cli.llama")

T = TypeVar("T")

KEPT_PREFIXES = 4
"""Sequences beside the slots that hold beginnings which several requests had."""


@dataclass(slots=True, kw_only=True)
class Native:
    """A model and a context of the library; they belong to one thread until `close`."""

    lib: Any
    model: Any
    context: Any
    room: Room
    gpu_layers: int
    notes: list[str] = field(default_factory=list)
    _breaker: Breaker = field(init=False)

    def __post_init__(self) -> None:
        """Make the context's computations ones that can be broken off."""
        self._breaker = Breaker(self.lib, self.context)

    @property
    def divisible(self) -> bool:
        """Whether the memory of a sequence can be cut and shared at any token."""
        kinds = (self.lib.llama_model_is_recurrent, self.lib.llama_model_is_hybrid)
        return not any(kind(self.model) for kind in kinds)

    @property
    def window(self) -> int:
        """How many tokens some layers look back, 0 where every layer looks back to the first."""
        return int(self.lib.llama_model_n_swa(self.model))

    def set_threads(self, threads: int) -> None:
        """Compute with so many threads from now on."""
        self.lib.llama_set_n_threads(self.context, threads, threads)

    def break_off(self) -> None:
        """End what is being computed, and all that comes later; called from any thread."""
        self._breaker.pull()

    def close(self) -> None:
        """Free both; may be called twice."""
        if self.context:
            self.lib.llama_free(self.context)
            self.context = None
        if self.model:
            self.lib.llama_model_free(self.model)
            self.model = None


def open_native(header: Header, options: Options) -> Native:
    """Return a model and a context; what a GPU cannot hold after all is tried with fewer layers.

    Raises SettingsError (memory), BadFile (llama.cpp refuses it), ModelFailed (OUT_OF_MEMORY).
    """
    lib = library()
    needs = needs_of(header, batch=options.batch, at_once=min(options.batch, CPU_AT_ONCE))
    free_gpu = machine.free_gpu_memory()
    wanted = fit_layers(needs, asked=options.gpu_layers, n_ctx=options.n_ctx, free_bytes=free_gpu)
    found = with_fewer_layers(wanted, lambda layers: _open(lib, header, options, needs, layers))
    if found.gpu_layers < wanted:
        found.notes.append(f"the GPU took {found.gpu_layers} layers, not {wanted}")
    return found


def with_fewer_layers(wanted: int, opened: Callable[[int], T]) -> T:
    """Return what is opened with `wanted` layers on a GPU, else with half as many, down to none.

    Raises the BadFile or ModelFailed of the last try.
    """
    layers = wanted
    while True:
        try:
            return opened(layers)
        except (BadFile, ModelFailed) as error:
            if layers == 0:
                raise
            LOG.warning("not with %d layers on the GPU: %s", layers, error.message)
            layers //= 2


def _open(lib: Any, header: Header, options: Options, needs: Needs, layers: int) -> Native:
    n_ctx = options.n_ctx
    if layers <= len(needs.layers):
        n_ctx = context_that_fits(
            needs.beside_gpu(layers),
            asked=n_ctx,
            free_bytes=machine.free_memory(),
            name=header.name,
        )
    model = load(lib, header, gpu_layers=layers)
    try:
        context, room = _context(lib, model, n_ctx, options, on_cpu=layers == 0)
    except BaseException:
        lib.llama_model_free(model)
        raise
    found = Native(lib=lib, model=model, context=context, room=room, gpu_layers=layers)
    if room.n_ctx < options.n_ctx:
        found.notes.append(
            f"memory allows a context of {room.n_ctx:,} tokens, not the {options.n_ctx:,} asked for"
        )
    return found


def load(lib: Any, header: Header, *, gpu_layers: int) -> Any:
    """Return the library's model. Raises BadFile with the library's reason."""
    params = lib.llama_model_default_params()
    params.n_gpu_layers = gpu_layers
    model = lib.llama_model_load_from_file(str(header.path).encode(), params)
    if not model:
        raise BadFile(
            f"llama.cpp cannot load {header.path.name} ({header.architecture}): {last_errors()}.",
            hint="A newer llama-cpp-python may know this kind of model; else take another file.",
        )
    return model


def _context(
    lib: Any, model: Any, n_ctx: int, options: Options, *, on_cpu: bool
) -> tuple[Any, Room]:
    tried: list[str] = []
    at_once = min(options.batch, CPU_AT_ONCE) if on_cpu else options.batch
    for room in rooms(n_ctx, options.batch, at_once=at_once):
        params = _params(lib, room, options.slots, on_cpu=on_cpu)
        context = lib.llama_init_from_model(model, params)
        if context:
            held = int(lib.llama_n_ctx(context))
            return context, Room(n_ctx=held, n_batch=room.n_batch, n_ubatch=room.n_ubatch)
        tried.append(str(room))
        LOG.warning("no memory for %s: %s", room, last_errors())
    raise ModelFailed(
        f"There is no memory for this model's context. Tried: {'; '.join(tried)}.",
        kind=FailureKind.OUT_OF_MEMORY,
        hint="Take a smaller model, or: jennie config set local.gpu_layers 0",
    )


def _params(lib: Any, room: Room, slots: int, *, on_cpu: bool) -> Any:
    params = lib.llama_context_default_params()
    params.n_ctx = room.n_ctx
    params.n_batch = max(room.n_batch, slots)
    params.n_ubatch = max(room.n_ubatch, slots)
    params.n_seq_max = slots + KEPT_PREFIXES
    params.kv_unified = True  # sequences share the cells of a common beginning
    params.n_outputs_max = params.n_seq_max  # one token a slot is asked for, not one a prompt token
    params.no_perf = True
    if on_cpu:  # there it sums in halves, which costs words and saves no time
        params.flash_attn_type = lib.LLAMA_FLASH_ATTN_TYPE_DISABLED
    return params
