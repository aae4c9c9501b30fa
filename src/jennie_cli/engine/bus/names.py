"""Every stream, group and key by name, with its lifetime in seconds. Nobody types one twice."""

from jennie_cli.engine.bus.keys import Key, KeyOf
from jennie_cli.engine.bus.streams import Group, Start

_DAY = 86_400

PRICES = "kis:prices"
BUY_SIGNALS = "stream:buy-signals"
SELL_ORDERS = "stream:sell-orders"
TRADE_NOTIFICATIONS = "stream:trade-notifications"

NEWS_RAW = "stream:news:raw"
MACRO_RAW = "stream:macro:raw"

SCANNER = Group(stream=PRICES, name="buy-scanner-group", start=Start.NEW)
MONITOR = Group(stream=PRICES, name="price-monitor-group", start=Start.NEW)
BUY_EXECUTOR = Group(stream=BUY_SIGNALS, name="group_buy_executor", start=Start.NEW)
SELL_EXECUTOR = Group(stream=SELL_ORDERS, name="group_sell_executor", start=Start.ALL)
ANALYZER = Group(stream=NEWS_RAW, name="group_analyzer", start=Start.ALL)
ARCHIVER = Group(stream=NEWS_RAW, name="group_archiver", start=Start.ALL)
MACRO_ANALYZER = Group(stream=MACRO_RAW, name="group_macro_analyzer", start=Start.ALL)
MACRO_ARCHIVER = Group(stream=MACRO_RAW, name="group_archiver", start=Start.ALL)
HERALD = Group(stream=TRADE_NOTIFICATIONS, name="group_herald", start=Start.ALL)

HOT_WATCHLIST = Key(name="hot_watchlist:active", ttl_s=_DAY)
"""Points at a version; written together with it."""

HOT_WATCHLIST_VERSION = KeyOf(prefix="hot_watchlist:v", ttl_s=_DAY)
SECTOR_BUDGET = Key(name="sector_budget:active", ttl_s=_DAY)
MANUAL_WATCHLIST = Key(name="watchlist:manual", ttl_s=None)

BUY_SIGNAL_COOLDOWN = KeyOf(prefix="buy_signal_cooldown:", ttl_s=600)
STOPLOSS_COOLDOWN = KeyOf(prefix="stoploss_cooldown:", ttl_s=7 * _DAY)
SELL_COOLDOWN = KeyOf(prefix="sell_cooldown:", ttl_s=_DAY)
SIGNAL_SEEN = KeyOf(prefix="signal_id:", ttl_s=_DAY)
"""The idempotency key of a signal, put if absent before anything is done for it.

Its text is the consumer's name: who resumes a message and finds its own may have died before the
act or after it, and asks the ledger which.
"""

BUY_COUNT = KeyOf(prefix="buy_count:", ttl_s=_DAY)
"""By Korean trading day."""

APPROVAL_WAITING = KeyOf(prefix="approval:waiting:", ttl_s=90)
"""By order id: a stamped buy that a person is asked about."""

APPROVAL_ANSWER = KeyOf(prefix="approval:answer:", ttl_s=90)
"""By order id; put if absent, so that the first answer counts."""

LOCK_BUY = KeyOf(prefix="lock:buy:", ttl_s=180)
LOCK_SELL = KeyOf(prefix="lock:sell:", ttl_s=30)

HIGH_WATERMARK = KeyOf(prefix="high_watermark:", ttl_s=30 * _DAY)
SCALE_OUT = KeyOf(prefix="scale_out:", ttl_s=30 * _DAY)
RSI_SOLD = KeyOf(prefix="rsi_sold:", ttl_s=30 * _DAY)
PROFIT_FLOOR = KeyOf(prefix="profit_floor:", ttl_s=60 * _DAY)

BUY_SNAPSHOT = KeyOf(prefix="buy_logic:snapshot:", ttl_s=60)
EXIT_SNAPSHOT = KeyOf(prefix="logic:snapshot:", ttl_s=60)
LAST_SIGNALS = KeyOf(prefix="logic:signals:", ttl_s=7 * _DAY)

SCANNER_BEAT = Key(name="monitoring:buy_scanner_websocket", ttl_s=15)
MONITOR_BEAT = Key(name="monitoring:price_monitor", ttl_s=10)
LIVE_POSITIONS = Key(name="monitoring:live_positions", ttl_s=120)
REALTIME_PRICES = Key(name="prices:realtime", ttl_s=120)
"""A hash: code to last price in won."""

PRICE_ALERT = KeyOf(prefix="price_alert:", ttl_s=7 * _DAY)

PAUSE = Key(name="trading:pause", ttl_s=None)
"""The flags have no end: a lifetime would lift a stop by itself."""

STOP = Key(name="trading:stop", ttl_s=None)
DRY_RUN = Key(name="trading:dryrun", ttl_s=None)
LOSS_LATCH = KeyOf(prefix="trading:loss_latch:", ttl_s=_DAY)
"""By Korean trading day: its loss limit was met, and nothing is bought until the next."""

LIQUIDATION_STOCKS = Key(name="forced_liquidation:stocks", ttl_s=None)
LIQUIDATION_ARMED = Key(name="forced_liquidation:armed", ttl_s=None)
NOTIFICATION_MUTE = Key(name="notification:mute", ttl_s=None)
"""Kept for as long as the mute lasts."""

NOTICE_SENT = KeyOf(prefix="notice_sent:", ttl_s=2 * _DAY)
"""By chat and key of a notice; put if absent before it is sent, and gone if it could not be."""

DAILY_INSIGHT = Key(name="macro:daily_insight", ttl_s=_DAY)
"""Today's; who reads it checks the day, for it outlives midnight."""

DATED_INSIGHT = KeyOf(prefix="macro:insight:", ttl_s=7 * _DAY)
"""By day, as 2026-03-04."""

TRADING_CONTEXT = Key(name="macro:trading_context", ttl_s=_DAY)
"""What the running session trades by, told anew every minute; `context.at` says of when it is."""

MACRO_NEWEST = Key(name="macro:data:snapshot", ttl_s=6 * 3_600)
MACRO_SNAPSHOT = KeyOf(prefix="macro:data:snapshot:", ttl_s=6 * 3_600)
"""By Korean day."""

MACRO_LAST_FETCH = Key(name="macro:data:last_fetch", ttl_s=None)
MACRO_ACCURACY = KeyOf(prefix="macro:accuracy:daily:", ttl_s=30 * _DAY)
"""By Korean day: how many sources were asked and how many of them failed."""

MACRO_SWITCH = Key(name="macro:enhanced:enabled", ttl_s=None)
"""Says false where macro is not to be collected; absent is on."""

RISK_RECOVERY = Key(name="intraday:risk:recovery_start", ttl_s=_DAY)
"""The state of the throttle, with since when readings have been better."""

LLM_STATS = KeyOf(prefix="llm:stats:", ttl_s=7 * _DAY)
"""Hashes by Korean day and service, "2026-11-20:scout", or model, "2026-11-20:model:gpt-4o"."""

COMPETITOR_BENEFIT = KeyOf(prefix="competitor_benefit:", ttl_s=60 * _DAY)
"""By code of the stock that profits: score, reason, affected_stock, event_type, updated_at,
expires_at; no kind of event counts for longer."""

SENTIMENT = KeyOf(prefix="sentiment:", ttl_s=7 * _DAY)
"""By code: score, reason, url, name, title, date of the news on a stock."""

NEWS_SEEN = KeyOf(prefix="dedup:news:", ttl_s=3 * _DAY)
"""By Korean day, as 20261120: a set of what was published of titles and addresses."""

BOT_OFFSET = KeyOf(prefix="telegram:offset:", ttl_s=6 * _DAY)
"""By name of the bot, which has numbers of its own: the last update that was heard, and the epoch
second of that; after a silent week the service numbers from anywhere."""

BOT_PACE = KeyOf(prefix="telegram:rl:", ttl_s=5)
"""By chat; put if absent before a command is done."""

BOT_TRADES = KeyOf(prefix="telegram:manual_trades:", ttl_s=_DAY)
"""By Korean day and chat: orders given from there."""

DAILY_BRIEFING = Key(name="daily:briefing:latest", ttl_s=2 * _DAY)
BRIEFING_SENT = KeyOf(prefix="briefing:sent:", ttl_s=2 * _DAY)
"""By Korean day and chat, as 2026-03-04:12345; put if absent before the briefing is sent."""
