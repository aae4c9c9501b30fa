"""Prints what becomes of a question when the provider asked first fails, over real sockets.

    PYTHONPATH=src:. python benchmarks/failover_table.py

Each failure is played by a server on loopback in the protocol of the first provider; DeepSeek's
protocol answers behind it. The rows are those of `tests/contract/test_model_failover.py`.
"""

import asyncio
import logging
from dataclasses import replace

from tests.contract.model_servers import Turn
from tests.contract.test_model_failover import FIRSTS, REQUEST, ROWS, Row, scene

HEAD = "| failure of the first | whole or streamed | first | answered by | calls | tokens in, out |"


async def line(name: str, row: Row, first: str, *, stream: bool) -> str:
    """Play one failure and return its row: calls and tokens are those of the answer."""
    told = ((first, [row.turn]), ("deepseek", [Turn()]))
    async with scene(*told, stream=stream, nobody=row.nobody) as played:
        timeout_s = 1.5 if row.turn.silent else 60.0
        answer = await played.ask(replace(REQUEST, timeout_s=timeout_s))
        counted = (answer.attempts, answer.tokens_in, answer.tokens_out)
        once = "" if counted == played.counted() else " NOT COUNTED ONCE"
        way = "streamed" if stream else "whole"
        tokens = f"{answer.tokens_in}, {answer.tokens_out}{once}"
        return f"| {name} | {way} | {first} | {answer.provider} | {answer.attempts} | {tokens} |"


def main() -> None:
    """Print the table."""
    logging.disable(logging.WARNING)
    print(HEAD)
    print("|" + " --- |" * HEAD.count(" |"))
    for name, row in ROWS.items():
        for stream in (False, True):
            for first in FIRSTS:
                print(asyncio.run(line(name, row, first, stream=stream)))


if __name__ == "__main__":
    main()
