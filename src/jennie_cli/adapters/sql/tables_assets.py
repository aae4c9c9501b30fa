"""The table of what an account was worth on each day; won, and microseconds since 1970 UTC."""

from sqlmodel import SQLModel

from jennie_cli.adapters.sql.columns import DAY, WHOLE, WORD, key, may, need


class DailyAssetSnapshot(SQLModel, table=True):
    """One day of one account; the last five columns may be corrected later."""

    __tablename__ = "daily_asset_snapshot"

    profile: str = key(WORD)
    snapshot_date: int = key(DAY)
    taken_at: int = need(WHOLE)
    total_asset: int = need(WHOLE)
    settled_cash: int = need(WHOLE)
    orderable_cash: int | None = may(WHOLE)
    stock_value: int = need(WHOLE)
    unrealised_pnl: int = need(WHOLE)
    position_count: int = need(DAY)
    realised_pnl: int = need(WHOLE)
    fees: int = need(WHOLE)
    taxes: int = need(WHOLE)
    costless_sales: int = need(DAY)
    realised_at: int = need(WHOLE)
