"""The exchange answers questions to a model, too."""

from tests.unit.simulator.sages.bench import SHAPES, asked_of, question, stock
from tests.unit.simulator.sages.bench import desk as sage_desk
from tests.unit.simulator.server.conftest import Bench, MakeBench

BODY = question(stock(), SHAPES["analyst_opinion"], "analyst_opinion")


def _complete(bench: Bench, words: str = "") -> tuple[int, bytes]:
    body = BODY | {"user": words}
    answer = bench.call("POST", "/v1/chat/completions", json=body)
    return answer.status_code, answer.content


def test_the_exchange_has_the_sages_of_its_seed(make_bench: MakeBench) -> None:
    """They say what a server of their own says, without any key."""
    bench = make_bench()
    alone = asked_of(sage_desk(seed=bench.server.play.market.seed), BODY)
    assert (200, alone.content) == _complete(bench)


def test_a_long_question_may_be_asked_and_a_long_order_not(make_bench: MakeBench) -> None:
    """The bound of the exchange is its own, and an unknown address below /v1 is no TR."""
    bench = make_bench()
    words = "가" * 30_000
    assert 200 == _complete(bench, words)[0]
    assert 413 == bench.call("POST", "/oauth2/tokenP", json={"words": words}).status_code
    assert "unknown_url" == bench.call("GET", "/v1/none").json()["error"]["code"]
