"""Costs by dated price: exact, rounded half up, and never nothing for want of a row."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from jennie_cli.engine.errors import BadFile
from jennie_cli.engine.llm.prices import Price, PriceTable, packaged_prices, prices_of

DAY = date(2026, 11, 23)


def row(
    model: str, usd_in: str, usd_out: str, since: date = DAY, provider: str = "deepseek"
) -> Price:
    """Return a price of a model."""
    return Price(
        provider=provider,
        model=model,
        since=since,
        usd_in=Decimal(usd_in),
        usd_out=Decimal(usd_out),
        source="a test",
    )


def written(**given: str) -> str:
    """Return a price file of one row, changed as told."""
    said = {
        "provider": '"deepseek"',
        "model": '"x"',
        "from": "2026-01-01",
        "in": '"0.27"',
        "out": '"1.10"',
        "source": '"a page"',
    } | given
    return "[[price]]\n" + "\n".join(f"{key} = {value}" for key, value in said.items() if value)


def test_cost_is_tokens_times_price() -> None:
    """A thousand tokens in at 0.27 and 500 out at 1.10 are 820 millionths of a dollar."""
    table = PriceTable((row("m", "0.27", "1.10"),))
    assert 820 == table.cost("deepseek", "m", DAY, 1000, 500)


@pytest.mark.parametrize(("tokens", "micro"), [(1, 1), (2, 1), (3, 2), (5, 3)])
def test_half_a_millionth_is_rounded_up(tokens: int, micro: int) -> None:
    """At 0.50 a million each odd token leaves a half."""
    table = PriceTable((row("m", "0.50", "0"),))
    assert micro == table.cost("deepseek", "m", DAY, tokens, 0)


def test_the_price_of_the_day_counts() -> None:
    """A new price counts from its day on; before the first, the first does."""
    later = DAY + timedelta(days=10)
    table = PriceTable((row("m", "2", "2", since=later), row("m", "1", "1")))
    days = (DAY - timedelta(days=9), DAY, later - timedelta(days=1), later)
    assert [1, 1, 1, 2] == [table.cost("deepseek", "m", day, 1, 0) for day in days]


@pytest.mark.parametrize("model", ["gpt-4o-2024-08-06", "gpt-4o-20240806", "gpt-4o-latest"])
def test_a_dated_id_is_the_model(model: str) -> None:
    """Hosts answer with the id of an edition."""
    assert "gpt-4o" == packaged_prices().price("openai", model, DAY).model


def test_an_unknown_model_costs_as_much_as_the_dearest(caplog: pytest.LogCaptureFixture) -> None:
    """Not of its provider's, who may sell models of all makers; it is told of once."""
    table = packaged_prices()
    found = [table.price("openrouter", "anthropic/claude-new", DAY) for _ in range(2)]
    assert ["claude-opus-4-1"] * 2 == [price.model for price in found]
    assert 1 == len([r for r in caplog.records if "anthropic/claude-new" in r.getMessage()])
    assert not table.knows("openrouter", "anthropic/claude-new")
    assert table.knows("openrouter", "deepseek/deepseek-v3.2")


def test_an_unknown_provider_costs_as_much_as_the_dearest_of_all() -> None:
    """A provider without a row is no cheaper than any other."""
    assert Decimal(75) == packaged_prices().price("nobody", "x", DAY).usd_out


def test_what_is_free_says_so() -> None:
    """Local models, one's own server and the sages have rows of nothing."""
    table = packaged_prices()
    costs = [
        table.cost(name, "any.gguf", DAY, 10**6, 10**6) for name in ("local", "server", "sages")
    ]
    assert [0, 0, 0] == costs


def test_each_row_of_the_package_has_a_source() -> None:
    """A price without a source could not be checked."""
    assert all(price.source for price in packaged_prices().rows)


def test_a_homes_rows_replace_ours() -> None:
    """They stand for every day of their provider and model, and for no other model."""
    own = prices_of(written(model='"deepseek-chat"'), name="home")
    table = packaged_prices().over(own)
    assert Decimal("1.10") == table.price("deepseek", "deepseek-chat", DAY).usd_out
    assert Decimal("0.42") == table.price("deepseek", "deepseek-reasoner", DAY).usd_out


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("not toml", "no TOML"),
        ("", "no \\[\\[price\\]\\]"),
        ("price = 3", "no \\[\\[price\\]\\]"),
        ("price = [3]", "row 1"),
        (written(model=""), "lacks 'model'"),
        (written(**{"in": "0.27"}), "is a text"),
        (written(out='"many"'), "row 1"),
        (written(out='"NaN"'), "row 1"),
        (written(out='"-1"'), "no price"),
        (written(**{"from": '"2026"'}), "no date"),
        (written(**{"from": "2026-01-01T00:00:00"}), "no date"),
    ],
)
def test_a_wrong_file_is_refused(text: str, why: str) -> None:
    """The row and what is wrong with it are named."""
    with pytest.raises(BadFile, match=why):
        prices_of(text, name="home")
