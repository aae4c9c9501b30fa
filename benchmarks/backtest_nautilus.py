"""The same work in nautilus_trader: a strategy a stock, its stop resting at the exchange.

Set up to its advantage: no log, no pre-trade checks, no analysis after the run, and the making and
sorting of its bar objects is not timed. Ten shares a trade from one account; what a trade made of
one won is taken from its average prices.
"""

from decimal import Decimal
from importlib import import_module
from math import isnan
from typing import Any

import numpy as np
import pandas as pd
from benchmarks.backtest_walk import (
    FAST,
    FEE_BP,
    FIRST_NS,
    MINUTE_NS,
    SLOW,
    STOP_PCT,
    Array,
    Made,
    Work,
)

from jennie_cli.engine.research import Prices

FEE, STOP = FEE_BP / 10_000, STOP_PCT / 100
DIGITS, SHARES = 6, 10


def nautilus(bars: Prices, volume: Array) -> Work:
    """Prepare one engine with all stocks; a new one for every call."""
    engine, strategies = _engine(bars, volume)

    def work() -> Made:
        engine.run()
        held = np.array([one.paid for one in strategies])
        worth = np.array([one.worth for one in strategies])
        worth *= np.where(np.isnan(held), 1.0, bars.close[-1] / held)
        trades = sum(one.opened for one in strategies)
        engine.dispose()
        return Made(trades=trades, worth=worth)

    return work


def _engine(bars: Prices, volume: Array) -> tuple[Any, list[Any]]:
    """Return an engine that holds the bars, and its strategies."""
    backtest, config = import_module("nautilus_trader.backtest.engine"), _config()
    model = import_module("nautilus_trader.model")
    enums, objects = import_module("nautilus_trader.model.enums"), model.objects
    data = import_module("nautilus_trader.model.data")
    wranglers: Any = import_module("nautilus_trader.persistence.wranglers")
    engine: Any = backtest.BacktestEngine(config=config)
    currency = import_module("nautilus_trader.model.currencies").USD
    engine.add_venue(
        venue=model.identifiers.Venue("SIM"),
        oms_type=enums.OmsType.NETTING,
        account_type=enums.AccountType.CASH,
        base_currency=currency,
        starting_balances=[objects.Money(1_000_000_000, currency)],
    )
    strategies, feed = [], []
    index = pd.DatetimeIndex(FIRST_NS + MINUTE_NS * np.arange(len(bars.close)), tz="UTC")
    kind = _strategy()
    for stock in range(bars.close.shape[1]):
        instrument = _instrument(model, currency, stock)
        bar_type = data.BarType.from_str(f"{instrument.id}-1-MINUTE-LAST-EXTERNAL")
        frame = {n: getattr(bars, n)[:, stock] for n in bars.__slots__}
        table = pd.DataFrame(frame | {"volume": volume[:, stock]}, index=index)
        engine.add_instrument(instrument)
        feed += wranglers.BarDataWrangler(bar_type, instrument).process(table)
        strategies.append(kind(instrument, bar_type, last=index[-1].value))
    engine.add_data(feed)
    engine.add_strategies(strategies)
    return engine, strategies


def _config() -> Any:
    """Return the quietest engine there is."""
    config: Any = import_module("nautilus_trader.config")
    return config.BacktestEngineConfig(
        logging=config.LoggingConfig(bypass_logging=True),
        risk_engine=config.RiskEngineConfig(bypass=True),
        run_analysis=False,
    )


def _instrument(model: Any, currency: Any, stock: int) -> Any:
    """Return a share of stock, traded one by one, that pays the flat fee."""
    objects, names = model.objects, model.identifiers
    symbol = names.Symbol(f"S{stock:03d}")
    return import_module("nautilus_trader.model.instruments").Equity(
        instrument_id=names.InstrumentId(symbol, names.Venue("SIM")),
        raw_symbol=symbol,
        currency=currency,
        price_precision=DIGITS,
        price_increment=objects.Price(10**-DIGITS, DIGITS),
        lot_size=objects.Quantity.from_int(1),
        maker_fee=Decimal(str(FEE)),
        taker_fee=Decimal(str(FEE)),
        ts_event=0,
        ts_init=0,
    )


def _strategy() -> Any:
    """Return the strategy's class; its parent is known only where the library is installed."""
    parent: Any = import_module("nautilus_trader.trading.strategy").Strategy
    config: Any = import_module("nautilus_trader.config").StrategyConfig
    average: Any = import_module("nautilus_trader.indicators").SimpleMovingAverage
    side: Any = import_module("nautilus_trader.model.enums").OrderSide

    class Crossing(parent):  # type: ignore[misc]  # no types where it is not installed
        def __init__(self, instrument: Any, bar_type: Any, *, last: int) -> None:
            super().__init__(config(strategy_id="SMA", order_id_tag=str(instrument.id.symbol)))
            self.instrument, self.bar_type = instrument, bar_type
            self.fast, self.slow = average(FAST), average(SLOW)
            self.size = instrument.make_qty(SHARES)
            self.last, self.gap, self.paid = last, np.nan, np.nan
            self.opened, self.worth = 0, 1.0

        def on_start(self) -> None:
            self.register_indicator_for_bars(self.bar_type, self.fast)
            self.register_indicator_for_bars(self.bar_type, self.slow)
            self.subscribe_bars(self.bar_type)

        def on_bar(self, bar: Any) -> None:
            before, known = self.gap, self.slow.initialized
            self.gap = self.fast.value - self.slow.value if known else np.nan
            if bar.ts_event == self.last:
                return  # it would fill at once, where the work wants the open of a next bar
            holds = not isnan(self.paid)
            if holds and self.gap < 0.0 <= before:
                self.cancel_all_orders(self.instrument.id)
                self.close_all_positions(self.instrument.id)
            elif not holds and self.gap > 0.0 >= before:
                factory = self.order_factory
                self.submit_order(factory.market(self.instrument.id, side.BUY, self.size))

        def on_position_opened(self, event: Any) -> None:
            self.opened, self.paid = self.opened + 1, event.avg_px_open * (1 + FEE)
            stop = self.instrument.make_price(event.avg_px_open * (1 - STOP))
            factory = self.order_factory
            self.submit_order(
                factory.stop_market(
                    self.instrument.id, side.SELL, self.size, stop, reduce_only=True
                )
            )

        def on_position_closed(self, event: Any) -> None:
            self.worth *= event.avg_px_close * (1 - FEE) / self.paid
            self.paid = np.nan
            self.cancel_all_orders(self.instrument.id)

    return Crossing
