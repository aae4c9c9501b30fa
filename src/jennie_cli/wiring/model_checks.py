"""What asking a model needs, checked one by one: the local model first, then everybody else."""

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import BadFile, JennieError, SettingsError
from jennie_cli.engine.llm import LlmPolicy, NoModel, Tier
from jennie_cli.engine.llm.policy import AUTO
from jennie_cli.settings import LocalOptions, Profile, secret_named
from jennie_cli.wiring.extras import EXTRAS, has_extra
from jennie_cli.wiring.findings import Finding, doubtful, fine, wrong
from jennie_cli.wiring.house import House
from jennie_cli.wiring.members import CLOUD, OVER_HTTP, SAGES, auto_name, cloud_order, ready
from jennie_cli.wiring.model_files import in_use
from jennie_cli.wiring.models import home_prices

if TYPE_CHECKING:
    from jennie_cli.adapters.llama_cpp.fitting import Needs
    from jennie_cli.adapters.llama_cpp.header import Header
    from jennie_cli.adapters.llama_cpp.machine import Gpu

BINDING = "0.3.36"
"""The version of llama-cpp-python that was tried; one built anew may know other batch calls."""

CUDA_BUILD = (
    'CMAKE_ARGS="-DGGML_CUDA=on" '
    f"pip install --no-cache-dir --force-reinstall --no-deps llama-cpp-python=={BINDING}"
)
PRICES_OLD_DAYS = 90

_GB, _MB = 1e9, 1e6
_KEY = "_api_key"
_CHOOSE = "jennie llm models"


def examine_models(house: House) -> Iterator[Finding]:
    """Check everything and yield a finding each; a check that fails does not stop the others."""
    for name, check in _CHECKS:
        try:
            yield from check(house)
        except JennieError as error:
            yield wrong(name, error.message, error.hint)


def _extra(_: House) -> Iterator[Finding]:
    extra = next(extra for extra in EXTRAS if extra.name == "llm")
    name = f"extra [{extra.name}]"
    if extra.installed:
        yield fine(name, "installed")
    else:
        yield doubtful(name, f"absent: {extra.without}", f'pip install "jennie-cli[{extra.name}]"')


def _build(_: House) -> Iterator[Finding]:
    if not has_extra("llm"):
        return
    from jennie_cli.adapters.llama_cpp.native import can_offload  # noqa: PLC0415  # the extra

    try:
        number = version("llama-cpp-python")
    except PackageNotFoundError:
        number = "of unknown version"
    if can_offload():
        yield fine("llama.cpp", f"{number}, built for a GPU")
    elif _gpu_is_visible():
        yield doubtful("llama.cpp", f"{number}, built without CUDA: the GPU stays idle", CUDA_BUILD)
    else:
        yield fine("llama.cpp", f"{number}, built for the processor")


def _gpu(_: House) -> Iterator[Finding]:
    for gpu in _gpus():
        yield fine("gpu", f"{gpu.name}: {_gb(gpu.free_bytes)} of {_gb(gpu.total_bytes)} free")
    if not _gpus():
        seen = "visible, not used" if _gpu_is_visible() else "none"
        yield fine("gpu", f"{seen}: a local model runs on the processor")


def _threads(house: House) -> Iterator[Finding]:
    from jennie_cli.adapters.llama_cpp import machine, threads  # noqa: PLC0415  # light

    cores, asked = machine.cores(), house.settings.slice(LocalOptions).threads
    if asked >= cores > 1:
        yield doubtful(
            "threads",
            f"{asked} on {cores} cores: other work slows the model down many times",
            "jennie config set local.threads 0",
        )
    elif asked:
        yield fine("threads", f"{asked} of {cores} cores")
    else:
        tried = threads.candidates(cores)
        choice = ", whichever is fastest" if len(tried) > 1 else ""
        yield fine("threads", f"{' or '.join(map(str, tried))} of {cores} cores{choice}")


def _model(house: House) -> Iterator[Finding]:
    from jennie_cli.adapters.llama_cpp.header import read_header  # noqa: PLC0415  # light

    path = in_use(house)
    if path is None:
        yield doubtful("model", "none set (llm.model_file)", f"{_CHOOSE}, then: jennie llm pull")
        return
    try:
        header = read_header(path)
    except BadFile as error:
        yield wrong("model", error.message, error.hint)
        return
    yield fine("model", f"{path.name}: {_facts(header)}")
    yield _template(header)
    yield _memory(house, header)


def _facts(header: "Header") -> str:
    """Return kind, size and trained context; text of the file holds no control characters."""
    context = header.number("context_length")
    told = f", trained for {context:,} tokens" if context else ""
    return f"{_plain(header.architecture)}, {_gb(header.file_bytes)}{told}"


def _template(header: "Header") -> Finding:
    template = header.meta.get("tokenizer.chat_template")
    if isinstance(template, str) and template.strip():
        return fine("chat template", "in the model file")
    return doubtful(
        "chat template",
        "none in the model file: it was not made to answer questions",
        f"Take a model that was: {_CHOOSE}",
    )


def _memory(house: House, header: "Header") -> Finding:
    """Tell whether the model and its context have room, and where."""
    from jennie_cli.adapters.llama_cpp import fitting, machine  # noqa: PLC0415  # light

    options = house.settings.slice(LocalOptions)
    at_once = min(options.batch, fitting.CPU_AT_ONCE)
    needs = fitting.needs_of(header, batch=options.batch, at_once=at_once)
    free_gpu = machine.free_gpu_memory() if has_extra("llm") else None
    layers, fitting_layers = (
        fitting.fit_layers(needs, asked=asked, n_ctx=options.n_ctx, free_bytes=free_gpu)
        for asked in (options.gpu_layers, -1)
    )
    if layers > fitting_layers or layers > len(needs.layers):
        return _on_gpu(needs, layers, fitting_layers, free_gpu or 0)
    free, beside = machine.free_memory(), needs.beside_gpu(layers)
    try:
        n_ctx = fitting.context_that_fits(
            beside, asked=options.n_ctx, free_bytes=free, name=_plain(header.name)
        )
    except SettingsError as error:
        return wrong("memory", error.message, error.hint)
    if layers and n_ctx == options.n_ctx:
        return _on_gpu(needs, layers, fitting_layers, free_gpu or 0)
    return _in_memory(beside, n_ctx, options.n_ctx, free)


def _on_gpu(needs: "Needs", layers: int, fitting_layers: int, free: int) -> Finding:
    """Tell what goes on the GPU; of both numbers of layers the output is the first."""
    blocks = len(needs.layers)
    if layers > fitting_layers:
        return doubtful(
            "memory",
            f"local.gpu_layers puts {layers} of {blocks + 1} layers on the GPU,"
            f" {fitting_layers} fit ({_gb(free)} free)",
            "jennie config set local.gpu_layers -1",
        )
    if layers > blocks:
        return fine("memory", f"the whole model fits on the GPU ({_gb(free)} free)")
    return doubtful(
        "memory",
        f"{layers} of {blocks + 1} layers go on the GPU ({_gb(free)} free), the rest is slow",
        f"Free the GPU, lower local.n_ctx, or take a smaller model: {_CHOOSE}"
        if layers == fitting_layers
        else "jennie config set local.gpu_layers -1",
    )


def _in_memory(needs: "Needs", n_ctx: int, asked: int, free: int | None) -> Finding:
    known = f"{_gb(needs.total(n_ctx))} of {_gb(free)} free" if free is not None else "not known"
    if n_ctx < asked:
        return doubtful(
            "memory",
            f"{known}, with a context of {n_ctx:,} tokens, not the {asked:,} of local.n_ctx",
            f"Free some memory, or take a smaller model: {_CHOOSE}",
        )
    return fine("memory", f"{known}, with a context of {n_ctx:,} tokens")


def _keys(house: House) -> Iterator[Finding]:
    from jennie_cli.adapters.cloud_llm import PROVIDERS  # noqa: PLC0415  # only for this check

    keys = [secret_named(kind.key_name) for kind in PROVIDERS.values()]
    stored = [key.name.removesuffix(_KEY) for key in keys if house.vault.place(key) is not None]
    told = f"stored for {', '.join(stored)}" if stored else "none stored: no cloud model is asked"
    yield fine("cloud keys", told)


def _tiers(house: House) -> Iterator[Finding]:
    policy = house.settings.slice(LlmPolicy)
    asked = {tier: policy.provider_of(tier) for tier in Tier}
    try:
        means = auto_name(house) if AUTO in asked.values() else ""
    except NoModel as error:
        yield doubtful("tiers", error.message, error.hint)
        return
    named = {tier: means if name == AUTO else name for tier, name in asked.items()}
    missing = [f"{tier} ({name})" for tier, name in named.items() if not _can_answer(house, name)]
    if missing:
        yield doubtful(
            "tiers",
            f"cannot be asked: {', '.join(missing)}",
            "Store the key, or: jennie config set llm.fast auto (and llm.reasoning, llm.thinking)",
        )
    else:
        yield fine("tiers", ", ".join(f"{tier}: {name}" for tier, name in named.items()))


def _can_answer(house: House, name: str) -> bool:
    if name == SAGES:
        return house.profile is Profile.SIM
    if name == CLOUD:
        return any(ready(house, member) for member in cloud_order(house))
    return ready(house, name)


def _prices(house: House) -> Iterator[Finding]:
    today = house.wall_clock.now().astimezone(KST).date()
    table = home_prices(house)
    rows = table.rows
    newest = max((row.since for row in rows if row.since <= today), default=date.min)
    days = (today - newest).days
    told = f"newest of {newest}, {days} days old"
    if days > PRICES_OLD_DAYS:
        own = house.folder.prices
        yield doubtful("prices", told, f"Put today's prices into {own}: see docs/models.md")
    else:
        yield fine("prices", told)
    for name in OVER_HTTP:
        if not ready(house, name):
            continue
        options = house.settings.slice(OVER_HTTP[name])
        for model in sorted({options.model_of(tier) for tier in Tier}):
            if not table.knows(name, model):
                yield _unpriced(house, name, model)


def _unpriced(house: House, name: str, model: str) -> Finding:
    return doubtful(
        "price",
        f"none for {name} {_plain(model)}: counted as the dearest of all",
        f"Put its price into {house.folder.prices}: see docs/models.md",
    )


def _log(house: House) -> Iterator[Finding]:
    from jennie_cli.adapters.sql import SqlReplyLog  # noqa: PLC0415  # only for this check

    lines, chars, first = SqlReplyLog(house.records).measured()
    since = f" since {first.astimezone(KST).date()}" if first else ""
    yield fine("reply log", f"{lines:,} exchanges, {chars:,} characters{since}")


def _gpus() -> "tuple[Gpu, ...]":
    from jennie_cli.adapters.llama_cpp import machine  # noqa: PLC0415  # light

    return machine.gpus() if has_extra("llm") else ()


def _gpu_is_visible() -> bool:
    return shutil.which("nvidia-smi") is not None or Path("/dev/nvidia0").exists()


def _plain(text: str) -> str:
    """Return a text of a foreign file as one short line without control characters."""
    return "".join(sign for sign in text if sign.isprintable())[:60]


def _gb(size: int) -> str:
    return f"{size / _GB:.1f} GB" if size >= _GB / 10 else f"{size / _MB:.1f} MB"


_CHECKS: tuple[tuple[str, Callable[[House], Iterator[Finding]]], ...] = (
    ("extra [llm]", _extra),
    ("llama.cpp", _build),
    ("gpu", _gpu),
    ("threads", _threads),
    ("model", _model),
    ("cloud keys", _keys),
    ("tiers", _tiers),
    ("prices", _prices),
    ("reply log", _log),
)
