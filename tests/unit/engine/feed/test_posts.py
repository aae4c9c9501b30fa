"""Channels have roles, and their posts titles in a shape of their own."""

import pytest

from jennie_cli.engine.feed import CHANNELS, ChannelRole, PostRead, channel_of, read_post, touched

STOCKS = {"900010": "가온전지", "900020": "라온바이오", "900021": "라온바이오"}


@pytest.mark.parametrize(
    ("channel", "text", "read"),
    [
        (
            "hedgecat0301",
            "[3/4, 관세와 금리 사이, 키움 한지영]\n\n1. 미국",
            PostRead(title="관세와 금리 사이"),
        ),
        (
            "hanaresearch",
            "가온전지 (900010.KQ/매수): 수주 확대\n■ 투자의견",
            PostRead(title="가온전지 (900010.KQ/매수): 수주 확대", code="900010", name="가온전지"),
        ),
        (
            "HanaResearch",
            "모르는회사 (123456.KS/중립)",
            PostRead(title="모르는회사 (123456.KS/중립)"),
        ),
        (
            "meritz_research",
            "\n📮 [가온전지 수주가 온다]\n▶ 요약",
            PostRead(title="가온전지 수주가 온다", code="900010", name="가온전지"),
        ),
        (
            "meritz_research",
            "📮 [라온바이오 임상]",
            PostRead(title="라온바이오 임상"),
        ),
        ("meritz_research", "오늘의 일정", PostRead(title="오늘의 일정")),
        ("anybody", "가온전지\x1b[31m 급등\n둘째", PostRead(title="가온전지 [31m 급등")),
        ("anybody", "", PostRead(title="")),
    ],
)  # fmt: skip
def test_a_title_is_found_by_the_channel_s_shape(channel: str, text: str, read: PostRead) -> None:
    """A stock is named where its code or a name of one stock only is told."""
    assert read == read_post(channel, text, STOCKS)


def test_weights_of_the_known_channels_are_whole() -> None:
    """What nobody knows counts for nothing."""
    assert 1.0 == pytest.approx(sum(c.weight_ratio for c in CHANNELS.values()))
    assert ChannelRole.MACRO_SIGNAL == channel_of("HedgeCat0301").role
    assert (ChannelRole.OTHER, 0.0) == (channel_of("x").role, channel_of("x").weight_ratio)


def test_sectors_and_macro_words_are_found_in_any_case() -> None:
    """Latin words count however they are written."""
    assert (("반도체", "2차전지"), ("금리", "CPI")) == touched("반도체와 2차전지, cpi와 금리")
    assert ((), ()) == touched("점심")
