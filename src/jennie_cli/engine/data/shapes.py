"""The shapes of files this program knows: a table is recognised by its columns, not by its name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from jennie_cli.engine.errors import BadFile
from jennie_cli.engine.feed import RawTable
from jennie_cli.engine.store import SCHEMAS, Dataset


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A dataset as files hold it: the columns that must be there, and names that differ.

    `renamed` maps a file's name to the schema's; `constants` fill columns that files leave out.
    """

    dataset: Dataset
    words: str
    required: tuple[str, ...]
    renamed: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)


def _shape(
    dataset: Dataset, words: str, required: str, renamed: str = "", constants: str = ""
) -> Shape:
    def pairs(text: str) -> dict[str, str]:
        return dict(part.split(">") for part in text.split())

    return Shape(
        dataset=dataset,
        words=words,
        required=tuple(required.split()),
        renamed=pairs(renamed),
        constants=pairs(constants),
    )


SHAPES: tuple[Shape, ...] = (
    _shape(
        Dataset.STOCK_MASTER,
        "stock master",
        "code name market",
        "shares_2026>shares industry_fine>sector_fine",
    ),
    _shape(Dataset.DAILY_BARS, "daily bars", "code date open high low close volume"),
    _shape(Dataset.MINUTE_BARS, "minute bars", "code date time open high low close volume"),
    _shape(
        Dataset.MARKET_CAPS,
        "market capitalisation",
        "code market date close volume value market_cap shares",
    ),
    _shape(Dataset.INDEX_DAILY, "daily index bars", "index_code date open high low close"),
    _shape(Dataset.MARKET_BREADTH, "market breadth", "market date up flat down"),
    _shape(
        Dataset.INDEX_VALUATION,
        "index valuation",
        "date close per pbr",
        constants="index_code>KOSPI200",
    ),
    _shape(Dataset.TRADING_DAYS, "trading days", "trading_date", "trading_date>date"),
    _shape(Dataset.FLOWS_STOCK, "investor flows by stock", "code date foreign_net inst_net"),
    _shape(Dataset.FLOWS_MARKET, "investor flows by market", "market date indiv foreign inst"),
    _shape(Dataset.FINANCIALS_QUARTERLY, "quarterly accounts", "code quarter revenue op_income"),
    _shape(
        Dataset.FUNDAMENTALS_ANNUAL,
        "annual accounts",
        "code analysis_year rcept_dt roe",
        "analysis_year>year",
    ),
    _shape(Dataset.CONSENSUS, "consensus", "code date fwd_per", "foreign_ratio>foreign_pct"),
    _shape(Dataset.HEADLINES, "news headlines", "published_at title", "source>publisher"),
    _shape(Dataset.DISCLOSURES, "disclosures", "disclosed_at report_name"),
    _shape(Dataset.CHANNEL_POSTS, "channel posts", "channel post ts text", "ts>posted_at"),
)


def recognise(table: RawTable) -> Shape:
    """Return the shape with most columns that the table has all of. Raises BadFile if none."""
    held = set(table.columns)
    whole = [s for s in SHAPES if held.issuperset(s.required)]
    if whole:
        return max(whole, key=lambda s: len(s.required))
    near = max(SHAPES, key=lambda s: len(held & set(s.required)) / len(s.required))
    if not held & set(near.required):
        raise BadFile(
            f"{table.name} is no table this program knows; its columns are {_listed(held)}.",
            hint=f"Known tables: {', '.join(s.words for s in SHAPES)}.",
        )
    absent = [n for n in near.required if n not in held]
    raise BadFile(
        f"{table.name} looks like {near.words} but has no column {_listed(absent)}.",
        hint=f"Expected {', '.join(near.required)}; found {_listed(held)}.",
    )


def schema_names(shape: Shape, table: RawTable) -> dict[str, str]:
    """Return the schema's column names that the table fills, with its own names for them."""
    wanted = {c.name for c in SCHEMAS[shape.dataset].columns}
    named = {shape.renamed.get(n, n): n for n in table.columns if n not in shape.renamed}
    named |= {to: n for n, to in shape.renamed.items() if n in table.columns}
    return {to: n for to, n in named.items() if to in wanted}


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"'{n}'" for n in sorted(names)[:20])
