"""The tables of what a person asked the session to do; times are microseconds since 1970 UTC."""

from sqlmodel import SQLModel

from jennie_cli.adapters.sql.columns import BODY, DAY, FLAG, LABEL, WHOLE, WORD, key, need


class StandingAsk(SQLModel, table=True):
    """What stands; `same` tells two asks of one kind apart, `number` is the order of asking."""

    __tablename__ = "standing_ask"

    profile: str = key(WORD)
    kind: str = key(WORD)
    same: str = key(LABEL)
    number: int = need(WHOLE)
    body: str = need(BODY)


class StandingChange(SQLModel, table=True):
    """One change: an ask put or taken back, by whom and when."""

    __tablename__ = "standing_change"

    id: int | None = key(DAY, numbered=True)
    profile: str = need(WORD)
    kind: str = need(WORD)
    same: str = need(LABEL, index=True)
    put: bool = need(FLAG)
    who: str = need(LABEL)
    changed_at: int = need(WHOLE)
    body: str = need(BODY)
