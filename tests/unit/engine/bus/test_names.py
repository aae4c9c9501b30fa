"""The names of the trading specification, §11."""

import pytest

from jennie_cli.engine.bus import Group, Key, KeyOf, dead_of, names

_DAY = 86_400


@pytest.mark.parametrize(
    ("group", "stream", "name", "start"),
    [
        (names.SCANNER, "kis:prices", "buy-scanner-group", "$"),
        (names.MONITOR, "kis:prices", "price-monitor-group", "$"),
        (names.BUY_EXECUTOR, "stream:buy-signals", "group_buy_executor", "$"),
        (names.SELL_EXECUTOR, "stream:sell-orders", "group_sell_executor", "0"),
        (names.ANALYZER, "stream:news:raw", "group_analyzer", "0"),
        (names.ARCHIVER, "stream:news:raw", "group_archiver", "0"),
        (names.MACRO_ANALYZER, "stream:macro:raw", "group_macro_analyzer", "0"),
        (names.MACRO_ARCHIVER, "stream:macro:raw", "group_archiver", "0"),
    ],
)
def test_a_group_is_called_as_specified(group: Group, stream: str, name: str, start: str) -> None:
    """Stream, group and where it begins."""
    assert (stream, name, start) == (group.stream, group.name, group.start.value)


@pytest.mark.parametrize(
    ("key", "name", "ttl_s"),
    [
        (names.HOT_WATCHLIST, "hot_watchlist:active", _DAY),
        (names.HOT_WATCHLIST_VERSION.of("1795380222"), "hot_watchlist:v1795380222", _DAY),
        (names.SECTOR_BUDGET, "sector_budget:active", _DAY),
        (names.BUY_SIGNAL_COOLDOWN.of("005930"), "buy_signal_cooldown:005930", 600),
        (names.STOPLOSS_COOLDOWN.of("005930"), "stoploss_cooldown:005930", 604_800),
        (names.SELL_COOLDOWN.of("005930"), "sell_cooldown:005930", _DAY),
        (names.LOCK_BUY.of("005930"), "lock:buy:005930", 180),
        (names.LOCK_SELL.of("005930"), "lock:sell:005930", 30),
        (names.HIGH_WATERMARK.of("005930"), "high_watermark:005930", 30 * _DAY),
        (names.SCALE_OUT.of("005930"), "scale_out:005930", 30 * _DAY),
        (names.RSI_SOLD.of("005930"), "rsi_sold:005930", 30 * _DAY),
        (names.PROFIT_FLOOR.of("005930"), "profit_floor:005930", 60 * _DAY),
        (names.BUY_SNAPSHOT.of("005930"), "buy_logic:snapshot:005930", 60),
        (names.EXIT_SNAPSHOT.of("005930"), "logic:snapshot:005930", 60),
        (names.LAST_SIGNALS.of("005930"), "logic:signals:005930", 7 * _DAY),
        (names.SCANNER_BEAT, "monitoring:buy_scanner_websocket", 15),
        (names.MONITOR_BEAT, "monitoring:price_monitor", 10),
        (names.LIVE_POSITIONS, "monitoring:live_positions", 120),
        (names.REALTIME_PRICES, "prices:realtime", 120),
        (names.PRICE_ALERT.of("005930"), "price_alert:005930", 7 * _DAY),
        (names.BUY_COUNT.of("2026-11-20"), "buy_count:2026-11-20", _DAY),
        (names.PAUSE, "trading:pause", None),
        (names.STOP, "trading:stop", None),
        (names.DRY_RUN, "trading:dryrun", None),
        (names.LIQUIDATION_STOCKS, "forced_liquidation:stocks", None),
        (names.LIQUIDATION_ARMED, "forced_liquidation:armed", None),
        (names.RISK_RECOVERY, "intraday:risk:recovery_start", _DAY),
        (names.COMPETITOR_BENEFIT.of("035420"), "competitor_benefit:035420", 60 * _DAY),
        (names.SENTIMENT.of("005930"), "sentiment:005930", 7 * _DAY),
        (names.NEWS_SEEN.of("20261120"), "dedup:news:20261120", 3 * _DAY),
        (names.LLM_STATS.of("2026-11-20:scout"), "llm:stats:2026-11-20:scout", 7 * _DAY),
        (names.MACRO_SNAPSHOT.of("2026-11-20"), "macro:data:snapshot:2026-11-20", 6 * 3_600),
    ],
)
def test_a_key_is_called_as_specified(key: Key, name: str, ttl_s: float | None) -> None:
    """Name and lifetime."""
    assert (name, ttl_s) == (key.name, key.ttl_s)


def test_no_name_stands_twice() -> None:
    """Neither as a key nor as the beginning of a family."""
    told = [getattr(names, word) for word in dir(names)]
    found = [one.name for one in told if isinstance(one, Key)]
    found += [one.prefix for one in told if isinstance(one, KeyOf)]
    assert sorted(set(found)) == sorted(found)


def test_dead_letters_lie_beside_their_stream() -> None:
    """Under the stream's name; what comes in raw is not raw among the dead."""
    assert "stream:news:dead" == dead_of(names.NEWS_RAW)
    assert "stream:buy-signals:dead" == dead_of(names.BUY_SIGNALS)
