"""The scout's adviser in a home: its models, its headlines, what its bus tells of competitors."""

# ruff: noqa: PLC0415  # a run that asks nobody must not pay for bus and models

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import partial
from typing import TYPE_CHECKING

from jennie_cli.engine.analyst import (
    PACKAGE,
    PROMPT,
    AnalystCase,
    AnalystPolicy,
    Bench,
    Benefit,
    Heard,
    News,
    Remembered,
    Stop,
    answered_since,
    ask_all,
    fault_of,
    joined,
    kept_benefits,
    read_headlines,
)
from jennie_cli.engine.bus import BusDown, NoBusServer
from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import BadFile, HomeNotWritable, SettingsError, StorageFull
from jennie_cli.engine.llm import LlmPolicy, Models, Tier
from jennie_cli.engine.llm.policy import AUTO
from jennie_cli.engine.model import Stock
from jennie_cli.engine.scout import Advisor
from jennie_cli.settings import RedisOptions
from jennie_cli.wiring.markets import IMPORTED

if TYPE_CHECKING:
    from jennie_cli.wiring.house import House

LOG = logging.getLogger(__name__)

Told = Callable[[int, int], None]


def advisor_of(house: "House", codes: Iterable[str], *, as_of: datetime, told: Told) -> Advisor:
    """Return the adviser of a run that knows what was known at `as_of`.

    `codes` are the stocks whose competitors may matter; `told` hears how many are judged.
    """
    return Advisor(
        analyst=HomeAnalyst(house=house, told=told),
        headlines=partial(_headlines, house, as_of),
        benefits=asyncio.run(_benefits(house, codes)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeAnalyst:
    """The Analyst port: the models of a home, asked in an event loop of their own."""

    house: "House"
    told: Told

    def opinions(self, cases: Sequence[AnalystCase]) -> Heard:
        """Return what became of each case; a home without a model has no opinions."""
        return asyncio.run(self._hear(cases))

    async def _hear(self, cases: Sequence[AnalystCase]) -> Heard:
        from jennie_cli.wiring.models import open_models

        try:
            if self._only_the_sages():
                return Heard(stop=Stop.NO_MODEL)
            async with open_models(self.house) as models:
                return await ask_all(self._bench(models), cases)
        except (SettingsError, BadFile) as nobody:
            return Heard(stop=Stop.NO_MODEL, said=fault_of(nobody))

    def _only_the_sages(self) -> bool:
        """Say whether `auto` leaves the sages alone to judge an imported market.

        What they invent is for the invented world: it must not move what real prices say unless
        somebody names them. A replay asks nobody. Raises NoModel.
        """
        from jennie_cli.wiring.members import SAGES, auto_name

        policy = self.house.settings.slice(LlmPolicy)
        auto = policy.reasoning == AUTO and policy.replay == "off"
        return auto and self.house.market == IMPORTED and auto_name(self.house) == SAGES

    def _bench(self, models: Models) -> Bench:
        from jennie_cli.wiring.models import home_prompts, reply_log

        house = self.house
        policy = house.settings.slice(AnalystPolicy)
        return Bench(
            models=models,
            prompt=home_prompts(house).get(PACKAGE, PROMPT),
            policy=policy,
            clock=house.wall_clock,
            answer_s=house.settings.slice(LlmPolicy).timeout_s(Tier.REASONING),
            remembered=self._remembered() if policy.reuse_today else None,
            told=self.told,
            log=reply_log(house) if house.settings.slice(LlmPolicy).replay == "off" else None,
            mask=house.masker,
        )

    def _remembered(self) -> Remembered | None:
        """Return what was answered today by whom one would ask now.

        A replay takes all its answers from the log anyway. Raises SettingsError, NoModel.
        """
        from jennie_cli.wiring.members import answerers
        from jennie_cli.wiring.models import reply_log

        if self.house.settings.slice(LlmPolicy).replay != "off":
            return None
        today = self.house.wall_clock.now().astimezone(KST).date()
        return answered_since(
            reply_log(self.house),
            datetime.combine(today, time(), KST),
            by=answerers(self.house, Tier.REASONING),
        )


def _headlines(
    house: "House", as_of: datetime, stocks: Sequence[Stock]
) -> Mapping[str, tuple[News, ...]]:
    """Return what the archive tells of each stock, filled up with the headlines of the facts."""
    from jennie_cli.wiring.recall import context_of

    told = read_headlines(house.facts, stocks, as_of=as_of)
    recalled = context_of(house, stocks, as_of=as_of)
    return {**told, **{c: joined(news, told.get(c, ())) for c, news in recalled.items() if news}}


async def _benefits(house: "House", codes: Iterable[str]) -> Mapping[str, Benefit] | None:
    """Return the competitors' events on the bus, None where nobody tells of any.

    A bundled server that does not run is started for it: what it keeps outlives it.
    """
    if not (house.settings.slice(RedisOptions).url or house.folder.bus(house.profile).exists()):
        return None  # nobody ever opened a bus here, and the import below is dear
    from jennie_cli.wiring.bus import open_bus_of

    try:
        async with open_bus_of(house) as bus:
            return await kept_benefits(bus.keys, codes)
    except (BusDown, NoBusServer, HomeNotWritable, StorageFull) as error:
        LOG.warning("no word of competitors: %s", error.message)
        return None
