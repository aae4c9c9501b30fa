"""A person asks a model, or measures the one on this machine."""

import asyncio
from typing import TYPE_CHECKING

from jennie_cli.engine.errors import SettingsError
from jennie_cli.engine.llm import Answer, Tier
from jennie_cli.engine.llm.free_text import free_question
from jennie_cli.settings.local_model import LocalOptions
from jennie_cli.wiring.extras import need_extra
from jennie_cli.wiring.house import House
from jennie_cli.wiring.model_files import in_use
from jennie_cli.wiring.models import home_prompts, open_models

if TYPE_CHECKING:
    from jennie_cli.adapters.llama_cpp import BenchResult, LocalFacts

__all__ = ["BenchResult", "LocalFacts", "ask", "measure"]


def ask(
    house: House, question: str, *, tier: Tier, provider: str | None, max_tokens: int
) -> Answer[str]:
    """Return the answer to a person's question, which stored secrets leave before it is sent.

    Raises InputError, SettingsError, NoAnswer, ModelFailed, BudgetSpent, NotInLog.
    """
    house.vault.teach()
    request = free_question(
        house.masker(question),
        tier=tier,
        provider=provider,
        max_tokens=max_tokens,
        prompts=home_prompts(house),
    )

    async def asking() -> Answer[str]:
        async with open_models(house) as models:
            return await models.ask(request)

    return asyncio.run(asking())


def measure(house: House, *, requests: int) -> "tuple[LocalFacts, BenchResult]":
    """Ask the local model the same things one after another and at once.

    Raises SettingsError (no model, no memory, no extra), BadFile, ModelFailed.
    """
    need_extra("llm", needed_for="A model on this machine")
    from jennie_cli.adapters.llama_cpp import LocalModel, bench  # noqa: PLC0415  # the extra

    path = in_use(house)
    if path is None:
        raise SettingsError(
            "There is no model on this machine: llm.model_file is not set.",
            hint="jennie llm models, then: jennie llm pull NAME --use",
        )
    steady = house.wall_clock
    model = LocalModel.open(path, house.settings.slice(LocalOptions), steady=steady)

    async def measuring() -> "BenchResult":
        try:
            return await bench(model, steady=steady, requests=requests)
        finally:
            await model.close()

    facts = model.facts()
    return facts, asyncio.run(measuring())
