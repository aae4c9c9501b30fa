"""The table of the briefings that were made; won, and microseconds since 1970 UTC."""

from sqlmodel import SQLModel

from jennie_cli.adapters.sql.columns import BODY, DAY, LABEL, WHOLE, WORD, key, may, need


class DailyBriefingLog(SQLModel, table=True):
    """One briefing whole in `body`; the other columns are for whoever reads the table."""

    __tablename__ = "daily_briefing_log"

    profile: str = key(WORD)
    market: str = key(WORD)
    briefing_date: int = key(DAY)
    made_at: int = key(WHOLE)
    total_asset: int | None = may(WHOLE)
    realised_pnl: int = need(WHOLE)
    model: str | None = may(LABEL)
    body: str = need(BODY)
