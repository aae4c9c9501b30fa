"""The table of macro snapshots; times are microseconds since 1970 UTC."""

from sqlmodel import SQLModel

from jennie_cli.adapters.sql.columns import BODY, DAY, REAL, WHOLE, WORD, key, may, need


class EnhancedMacroSnapshot(SQLModel, table=True):
    """One run of a day of one market as one profile knew it.

    The columns hold what people ask a database for; `body` is the whole record as JSON, each figure
    with its source and moment, and alone is read back.
    """

    __tablename__ = "enhanced_macro_snapshot"

    profile: str = key(WORD)
    market: str = key(WORD)
    day: int = key(DAY)
    at: int = key(WHOLE)
    fed_rate: float | None = may(REAL)
    treasury_2y: float | None = may(REAL)
    treasury_10y: float | None = may(REAL)
    treasury_spread: float | None = may(REAL)
    vix: float | None = may(REAL)
    vix_regime: str | None = may(WORD)
    usd_krw: float | None = may(REAL)
    bok_rate: float | None = may(REAL)
    rate_differential: float | None = may(REAL)
    kospi_index: float | None = may(REAL)
    kospi_change_pct: float | None = may(REAL)
    kosdaq_index: float | None = may(REAL)
    kosdaq_change_pct: float | None = may(REAL)
    kospi_foreign_net: float | None = may(REAL)
    kosdaq_foreign_net: float | None = may(REAL)
    kospi_institutional_net: float | None = may(REAL)
    kospi_retail_net: float | None = may(REAL)
    global_news_sentiment: float | None = may(REAL)
    korea_news_sentiment: float | None = may(REAL)
    political_risk_score: int | None = may(DAY)
    political_risk_level: str | None = may(WORD)
    political_alert_count: int | None = may(DAY)
    data_freshness: float = need(REAL)
    completeness_score: float = need(REAL)
    body: str = need(BODY)
