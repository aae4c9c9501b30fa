"""The exam of a RunStore: subclass it in a test module and give `make`."""

from abc import ABC, abstractmethod
from dataclasses import replace
from datetime import date

from jennie_cli.engine.errors import UnknownRun
from jennie_cli.engine.rules import RuleCount
from jennie_cli.engine.store import RunStore
from jennie_cli.testing.rows import moment
from jennie_cli.testing.runs import make_run, make_watchlist


class RunsExam(ABC):
    """Questions about keeping runs. Each test starts empty."""

    @abstractmethod
    def make(self) -> RunStore:
        """Return an empty store."""

    def test_a_run_comes_back_whole(self) -> None:
        """Every field of a run and of its stocks survives, losers included."""
        store = self.make()
        run = make_run()
        store.save(run, make_watchlist())
        assert run == store.load("r1")
        assert make_watchlist() == store.watchlist("r1")

    def test_saving_an_id_again_replaces_it(self) -> None:
        """The second save of an id leaves one run and one set of counts."""
        store = self.make()
        store.save(make_run(), make_watchlist())
        store.save(replace(make_run(), scorer="v1"), ())
        assert ["v1"] == [r.scorer for r in store.recent(5)]
        assert () == store.watchlist()
        assert 2 == store.rule_totals()[0].asked

    def test_the_newest_is_the_default(self) -> None:
        """Without an id the newest run and its watchlist are meant, whatever was saved last."""
        store = self.make()
        store.save(make_run("new", minute=50), make_watchlist())
        store.save(make_run("old", minute=10), ())
        assert "new" == store.load().run_id
        assert 1 == len(store.watchlist())
        assert ["new", "old"] == [r.run_id for r in store.recent(2)]
        assert [()] == [r.stocks for r in store.recent(1)]

    def test_an_unknown_run_is_named(self) -> None:
        """An id that is not there, or any in an empty store, raises UnknownRun."""
        store = self.make()
        hints = []
        for run_id in (None, "nowhere"):
            try:
                store.load(run_id)
            except UnknownRun as error:
                hints.append(error.hint)
        assert ["jennie scout run", "jennie scout history"] == hints

    def test_hybrid_scores_are_of_the_last_run_of_each_earlier_date(self) -> None:
        """Two runs of a day count once, the day itself not at all, newest date first."""
        store = self.make()
        for run in (
            make_run("a", day=date(2025, 6, 24)),
            make_run("b", day=date(2025, 6, 25), minute=10),
            make_run("c", day=date(2025, 6, 25), minute=50),
            make_run("d", day=date(2025, 6, 26)),
        ):
            score = {"a": 1.0, "b": 2.0, "c": 3.0, "d": 4.0}[run.run_id]
            stocks = (replace(run.stocks[0], hybrid_score=score), run.stocks[1])
            store.save(replace(run, stocks=stocks), ())
        before = moment(date(2025, 6, 26), 8, 30)
        same = {"market": "generated", "scorer": "v2"}
        assert ({"005930": 3.0}, {"005930": 1.0}) == store.hybrid_scores(before, 2, **same)
        assert 1 == len(store.hybrid_scores(before, 1, **same))
        assert () == store.hybrid_scores(before, 2, market="imported", scorer="v2")
        assert () == store.hybrid_scores(before, 2, market="generated", scorer="v1")

    def test_hybrid_scores_leave_out_narrowed_runs(self) -> None:
        """A run of one board or another universe says nothing of the market of its day."""
        store = self.make()
        store.save(replace(make_run("a", day=date(2025, 6, 25)), standing=False), ())
        before = moment(date(2025, 6, 26), 8, 30)
        assert () == store.hybrid_scores(before, 2, market="generated", scorer="v2")

    def test_a_look_back_does_not_take_the_active_watchlist(self) -> None:
        """A later run of an earlier session, or a narrowed one, leaves the active list alone."""
        store = self.make()
        store.save(make_run("today"), make_watchlist())
        store.save(make_run("past", day=date(2025, 6, 25), minute=50), ())
        store.save(replace(make_run("kosdaq", minute=55), standing=False), ())
        assert make_watchlist() == store.watchlist()
        assert () == store.watchlist("past")

    def test_narrowed_runs_alone_make_no_active_watchlist(self) -> None:
        """Without a standing run there is no list to trade by, and that is said."""
        store = self.make()
        store.save(replace(make_run("kosdaq"), standing=False), make_watchlist())
        try:
            store.watchlist()
        except UnknownRun as error:
            assert "jennie scout run" == error.hint  # noqa: PT017
        else:
            raise AssertionError("a narrowed run became the active watchlist")

    def test_run_ids_are_found_by_their_beginning(self) -> None:
        """Only the ids that start with the prefix are returned."""
        store = self.make()
        for run_id in ("20250630-1", "20250630-2", "20250701-1"):
            store.save(make_run(run_id), ())
        assert {"20250630-1", "20250630-2"} == set(store.run_ids("20250630-"))

    def test_rule_totals_add_up_over_runs(self) -> None:
        """Asked and fired are summed over every stored run."""
        store = self.make()
        store.save(make_run("a"), ())
        store.save(make_run("b"), ())
        assert (RuleCount(rule="quant.cut", asked=4, fired=2),) == store.rule_totals()
