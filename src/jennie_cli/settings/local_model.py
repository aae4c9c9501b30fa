"""How the model on this machine is run; which file it is stands in llm.model_file."""

from dataclasses import dataclass

from jennie_cli.engine.model import setting


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalOptions:
    """A GGUF model in this process, through llama.cpp."""

    threads: int = setting(
        0, "Threads that compute; 0 = the fastest of a few, never all cores.", low=0, high=512
    )
    slots: int = setting(8, "Answers that are written at the same time.", low=1, high=128)
    n_ctx: int = setting(
        16_384,
        "Context of all slots together; a beginning that they share counts once.",
        unit="tokens",
        low=1_024,
        high=4_194_304,
    )
    batch: int = setting(
        512,
        "Most tokens computed in one step; lower takes less memory.",
        unit="tokens",
        low=32,
        high=8_192,
    )
    gpu_layers: int = setting(
        -1,
        "Layers on the GPU, first the output; -1 = as many as fit into its free memory.",
        low=-1,
        high=10_000,
    )
