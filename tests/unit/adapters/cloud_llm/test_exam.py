"""Every member passes the exam of providers, whole and streamed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from tests.unit.adapters.cloud_llm.membership import EVERY, opened

from jennie_cli.engine.llm import Provider
from jennie_cli.testing import ModelDesk, ProviderExam


@pytest.mark.parametrize(("name", "stream"), EVERY)
class TestMembers(ProviderExam):
    """The shared exam, towards a server that speaks the member's protocol."""

    name: str
    stream: bool

    @pytest.fixture(autouse=True)
    def _who(self, name: str, stream: bool) -> None:
        self.name, self.stream = name, stream

    @asynccontextmanager
    async def open(self) -> AsyncIterator[ModelDesk]:
        """Open the member and its server."""
        async with opened(self.name, stream=self.stream) as (asker, server):
            provider: Provider = asker
            yield ModelDesk(
                provider=provider,
                stall=server.stall,
                resume=server.resume,
                asked=server.wait_asked,
            )
