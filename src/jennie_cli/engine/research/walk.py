"""One past session traded by the rooms that trade a live one: gates, strategies, stamp, exits.

Nothing loops over bars. Gates and strategies are judged once over the whole session, exits over
all the moments from the last change of the book on; what is gone through in the order of time is
what happens: a wish to buy, an order that is filled, a sale.

* A bar is judged as it ends. What it wishes for is stamped then, by the account of that moment.
* The order meets the stock's next bar, if continuous trading has one: its open where that costs no
  more than the order's limit, else the limit itself if the bar's path comes down to it. If not,
  the order lapses with that bar. Nothing is filled after the last bar.
* A sale is filled at the point of the path that called for it, the stop before the profit; a sale
  for a profit where the way to the high crosses its level. At the lower limit it waits there for
  the first point above it, until the close.
* Bars tell no expected price, so no stop enters the closing auction; nor halts, nor switches; nor
  how the index fell, so that the macro context of the morning holds all day.
"""

from jennie_cli.engine.portfolio import Costs
from jennie_cli.engine.research.past import PastSession, SessionResult
from jennie_cli.engine.research.walk_account import PastAccount
from jennie_cli.engine.research.walk_loop import Walk
from jennie_cli.engine.research.walk_stage import Stage, WalkPolicies
from jennie_cli.engine.signals import NO_GUESTS, Guests
from jennie_cli.engine.venue import Calendar


def trade_session(
    past: PastSession,
    account: PastAccount,
    policies: WalkPolicies,
    *,
    calendar: Calendar,
    costs: Costs | None = None,
    guests: Guests = NO_GUESTS,
) -> tuple[SessionResult, PastAccount]:
    """Return what came of a session, and the account after it.

    What is held and has no column among the candidates stays as it is. Ex-dates move nothing.
    """
    stage = Stage(past, policies, calendar, costs or Costs(), account.marks, guests=guests)
    return Walk(stage, account).run()
