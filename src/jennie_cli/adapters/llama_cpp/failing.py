"""How a sequence of the batch fails, in words that say what to do."""

from jennie_cli.adapters.llama_cpp.work import Ending, Outcome, Work
from jennie_cli.engine.llm import FailureKind, ModelFailed


def failed(work: Work, failure: ModelFailed) -> Outcome:
    """Return a sequence that ended in a failure."""
    return Outcome(work=work, ending=Ending.FAILED, failure=failure)


def context_full(prompt: int, answer: int, n_ctx: int) -> ModelFailed:
    """Return the failure of a request that can never fit; its text has the figures."""
    return ModelFailed(
        f"The request takes {prompt:,} tokens and up to {answer:,} for the answer; "
        f"the context holds {n_ctx:,}.",
        kind=FailureKind.CONTEXT_FULL,
        hint="Shorten the text, or: jennie config set local.n_ctx N",
        tokens_in=prompt,
    )


def out_of_memory(tokens: int) -> ModelFailed:
    """Return the failure of a sequence that had the model to itself, in a step of `tokens`."""
    return ModelFailed(
        f"The model ran out of memory in a step of one answer alone ({tokens} tokens).",
        kind=FailureKind.OUT_OF_MEMORY,
        hint="Close other programs, take fewer local.gpu_layers or a smaller local.n_ctx.",
    )


def pick_failed(why: Exception) -> ModelFailed:
    """Return the failure of a sequence whose next token could not be chosen."""
    return ModelFailed(
        f"The next word could not be chosen: {type(why).__name__}: {str(why)[:200]}",
        kind=FailureKind.SERVER,
        hint="Ask again; jennie llm doctor looks at the model.",
    )


def step_failed(answer: int) -> ModelFailed:
    """Return the failure of a step that the library answered so."""
    return ModelFailed(
        f"llama.cpp failed in the middle of a step (code {answer}).",
        kind=FailureKind.SERVER,
        hint="Ask again; jennie llm doctor looks at the model.",
    )
