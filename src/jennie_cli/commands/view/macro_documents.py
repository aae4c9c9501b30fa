"""The JSON document of a macro snapshot: a shape that scripts rely on."""

from datetime import datetime
from typing import Any

from jennie_cli.engine.macro import vix_regime
from jennie_cli.engine.macro.collecting import (
    MacroRecord,
    fields,
    is_risk_off,
    krw_pressure,
    label_of,
    rate_differential,
    treasury_spread,
)


def macro_document(record: MacroRecord, now: datetime) -> dict[str, Any]:
    """Return a snapshot with the age in seconds that each figure has at `now`."""
    news = record.value("korea_news_sentiment")
    return {
        "day": record.day,
        "at": record.at,
        "scope": record.scope,
        "completeness": record.completeness_ratio,
        "freshness": record.freshness_ratio,
        "vix_regime": vix_regime(record.value("vix")),
        "treasury_spread": treasury_spread(record),
        "rate_differential": rate_differential(record),
        "krw_pressure": krw_pressure(record),
        "is_risk_off": is_risk_off(record),
        "korea_news_label": None if news is None else label_of(news),
        "political": record.politics,
        "political_at": record.politics_at,
        "data_sources": list(record.sources),
        "fields": {
            name: {
                "value": figure.value,
                "unit": fields()[name].unit,
                "source": figure.source,
                "as_of": figure.as_of,
                "age_s": round((now - figure.as_of).total_seconds()),
            }
            for name, figure in record.figures.items()
        },
        "missing": dict(record.missing),
        "stale": list(record.stale),
        "rejected": list(record.rejected),
    }
