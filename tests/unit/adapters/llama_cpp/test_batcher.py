"""Continuous batching over a model that counts: nothing lost, mixed up, or computed twice."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.adapters.llama_cpp.counting import Table, spoken

from jennie_cli.adapters.llama_cpp.breadth import QUIET_STEPS, Breadth
from jennie_cli.adapters.llama_cpp.work import Ending
from jennie_cli.engine.llm import FailureKind

PREFIX = list(range(100, 140))


def test_one_request_says_what_it_says_alone() -> None:
    """A single request is answered token by token up to its limit."""
    table = Table()
    work = table.ask([5, 6, 7])
    (outcome,) = table.run()
    assert Ending.CUT == outcome.ending
    assert spoken([5, 6, 7], 5) == work.made


def test_end_token_ends_and_is_not_written() -> None:
    """A sequence that says it is over ends without that word."""
    table = Table(length=6)
    work = table.ask([5, 6, 7], most=50)
    (outcome,) = table.run()
    assert Ending.SAID_ALL == outcome.ending
    assert spoken([5, 6, 7], 3) == work.made


def test_slot_is_refilled_at_once() -> None:
    """With more requests than slots no step leaves a slot empty while somebody waits."""
    table = Table(slots=2)
    lengths = [3, 9, 4, 6, 5]
    works = [table.ask([10 * n + 1, 10 * n + 2], most) for n, most in enumerate(lengths)]
    while table.batcher.busy:
        table.batcher.step()
        assert table.batcher.waiting == 0 or len(table.model.steps[-1]) == 2
    assert lengths == [len(w.made) for w in works]


def test_shared_beginning_is_computed_once() -> None:
    """Of requests that come together, one computes what they share and all others are given it."""
    table = Table(slots=4, n_batch=16)
    works = [table.ask([*PREFIX, 900 + n, 800 + n]) for n in range(4)]
    table.run()
    assert [0, 40, 40, 40] == [w.reused for w in works]
    assert [spoken([*PREFIX, 900 + n, 800 + n], 5) for n in range(4)] == [w.made for w in works]
    computed = sum(size for step in table.model.steps for _, size in step)
    assert 40 + 4 * 2 + 4 * 4 == computed


def test_beginning_outlives_other_requests() -> None:
    """What two requests shared is there for a third, after others have used every slot."""
    table = Table(slots=2)
    for n in range(2):
        table.ask([*PREFIX, 900 + n])
        table.run()
    for n in range(6):
        table.ask([500 + n, 600 + n, 700 + n])
    table.run()
    work = table.ask([*PREFIX, 950])
    table.run()
    assert 40 == work.reused
    assert spoken([*PREFIX, 950], 5) == work.made


def test_same_prompt_again_computes_its_last_token() -> None:
    """A prompt that is in the cache as a whole still computes one token, for its answer."""
    table = Table()
    table.ask([*PREFIX])
    table.run()
    work = table.ask([*PREFIX])
    table.run()
    assert 39 == work.reused
    assert spoken(PREFIX, 5) == work.made


def test_nothing_is_shared_where_memory_cannot_be_divided() -> None:
    """A model whose memory is one piece a sequence computes every prompt."""
    table = Table(divisible=False)
    works = [table.ask([*PREFIX, n]) for n in (901, 902, 903)]
    table.run()
    works.append(table.ask([*PREFIX, 901]))
    table.run()
    assert [0, 0, 0, 0] == [w.reused for w in works]
    assert spoken([*PREFIX, 902], 5) == works[1].made


def test_prompt_is_read_while_others_write() -> None:
    """A long prompt takes part of each step, so that who is writing goes on writing."""
    table = Table(slots=2, n_batch=128, n_ctx=2000)
    table.ask([1, 2, 3], most=40)
    table.batcher.step()
    table.ask([n % 7 + 1 for n in range(400)], most=2)
    table.batcher.step()
    assert {(0, 1), (1, 32)} == set(table.model.steps[-1])


def test_dropped_request_frees_its_cells() -> None:
    """What was taken out holds nothing any more, whether it waited or ran."""
    table = Table(slots=1)
    running, waiting = table.ask([1, 2, 3], most=50), table.ask([4, 5, 6])
    table.batcher.step()
    assert table.batcher.drop(waiting)
    assert table.batcher.drop(running)
    assert not table.batcher.drop(running)
    assert not table.batcher.busy
    assert 1_000 == table.cells.free


def test_follower_goes_on_when_its_leader_is_dropped() -> None:
    """Who waits for another's beginning computes it itself when the other leaves."""
    table = Table(slots=2, n_batch=16)
    leader, follower = table.ask([*PREFIX, 901], most=9), table.ask([*PREFIX, 902])
    table.batcher.step()
    table.batcher.drop(leader)
    table.run()
    assert spoken([*PREFIX, 902], 5) == follower.made


def test_youngest_makes_way_and_loses_no_word() -> None:
    """Without room the youngest sequence starts over later and says the same all the same."""
    table = Table(slots=3, n_ctx=320)
    prompts = [[n + 1] * 40 for n in range(3)]
    works = [table.ask(prompt, most=90) for prompt in prompts]
    assert 3 == len(table.run(2_000))
    assert table.batcher.tally.made_way > 0
    assert [spoken(prompt, 90) for prompt in prompts] == [w.made for w in works]


def test_cache_is_emptied_before_anybody_makes_way() -> None:
    """What nobody uses leaves first."""
    table = Table(slots=2, n_ctx=256)
    for n in range(2):
        table.ask([n + 1] * 100)
        table.run()
    work = table.ask([9] * 100, most=120)
    table.run()
    assert 0 == table.batcher.tally.made_way
    assert spoken([9] * 100, 120) == work.made


def test_library_without_room_fails_one_request_with_figures() -> None:
    """A request alone that the library has no room for fails as such, and the next one runs."""
    table = Table()
    table.model.answers = [1]
    table.ask([1, 2, 3])
    (outcome,) = table.run()
    assert outcome.failure is not None
    assert FailureKind.CONTEXT_FULL == outcome.failure.kind
    assert "1,000" in str(outcome.failure)
    work = table.ask([1, 2, 3])
    table.run()
    assert spoken([1, 2, 3], 5) == work.made


@pytest.mark.parametrize(("parts", "tokens"), [(1, 10**9), (2, 40), (10**9, 32), (3, 10**9)])
def test_without_memory_steps_become_smaller_and_no_word_is_lost(parts: int, tokens: int) -> None:
    """Fewer sequences and tokens at once give everybody what they would say alone."""
    table = Table(slots=8, n_batch=256)
    table.model.most_parts, table.model.most_tokens = parts, tokens
    prompts = [[*PREFIX, *([n + 1] * 50)] for n in range(12)]
    works = [table.ask(prompt, most=30) for prompt in prompts]
    assert all(ended.failure is None for ended in table.run(3_000))
    assert [spoken(prompt, 30) for prompt in prompts] == [w.made for w in works]
    assert table.batcher.tally.narrowed > 0


def test_who_has_no_memory_alone_fails_by_name() -> None:
    """In the smallest step of one sequence there is nothing left to halve; the next is tried."""
    table = Table(slots=4, n_batch=128)
    table.model.most_parts = 0
    works = [table.ask([n + 1] * 70) for n in range(3)]
    ended = table.run()
    assert works == [outcome.work for outcome in ended]
    assert {FailureKind.OUT_OF_MEMORY} == {o.failure.kind for o in ended if o.failure}
    assert "(32 tokens)" in str(ended[0].failure)
    table.model.most_parts = 1
    work = table.ask([5, 6])
    table.run()
    assert spoken([5, 6], 5) == work.made


def test_long_part_without_room_is_made_shorter() -> None:
    """Where the library has no room for many tokens at once, fewer are tried first."""
    table = Table(slots=2, n_batch=128)
    table.model.answers = [1, 1]
    work = table.ask([3] * 100)
    table.run()
    assert [32, 32, 32, 4] == [size for step in table.model.steps[:4] for _, size in step]
    assert spoken([3] * 100, 5) == work.made


def test_breadth_comes_back_when_steps_go_well() -> None:
    """After enough steps it doubles up to what it was; the more halvings, the later."""
    breadth = Breadth(sequences=8, tokens=512)
    assert breadth.narrow(8, 512)
    assert breadth.narrow(4, 100)
    assert (2, 50) == (breadth.sequences, breadth.tokens)
    for _ in range(2 * QUIET_STEPS):
        assert (2, 50) == (breadth.sequences, breadth.tokens)
        breadth.went_well()
    assert (4, 100) == (breadth.sequences, breadth.tokens)
    for _ in range(9 * QUIET_STEPS):
        breadth.went_well()
    assert (8, 512) == (breadth.sequences, breadth.tokens)
    assert not breadth.narrow(1, 32)


def test_other_failure_is_the_servers() -> None:
    """A failure without a known reason is named with its code."""
    table = Table()
    table.ask([1])
    table.model.answers = [-3]
    (outcome,) = table.run()
    assert outcome.failure is not None
    assert FailureKind.SERVER == outcome.failure.kind
    assert "-3" in str(outcome.failure)


def test_forget_empties_the_cache() -> None:
    """After forgetting, no cell is held and no beginning is reused."""
    table = Table()
    for n in range(2):
        table.ask([*PREFIX, n + 1])
        table.run()
    table.batcher.forget()
    assert 1_000 == table.cells.free
    work = table.ask([*PREFIX, 3])
    table.run()
    assert 0 == work.reused


@given(data=st.data())
def test_any_traffic_gives_everybody_what_they_would_say_alone(data: st.DataObject) -> None:
    """Whoever shares the batch, comes late, is dropped or makes way: answers stay one's own."""
    table = Table(slots=3, n_ctx=256, n_batch=32)
    draw = data.draw
    alive = {}
    for _ in range(draw(st.integers(1, 10))):
        shared = draw(st.integers(0, 40))
        prompt = PREFIX[:shared] + draw(st.lists(st.integers(1, 5), min_size=1, max_size=30))
        most = draw(st.integers(1, 60))
        alive[table.ask(prompt, most)] = (prompt, most)
        table.model.most_parts = draw(st.integers(1, 3))
        for _ in range(draw(st.integers(0, 8))):
            table.batcher.step()
        if draw(st.integers(0, 4)) == 0:
            gone = draw(st.sampled_from(sorted(alive, key=id)))
            table.batcher.drop(gone)
            del alive[gone]
    table.run(5_000)
    assert [spoken(p, m) for p, m in alive.values()] == [w.made for w in alive]
    table.batcher.forget()
    assert 256 == table.cells.free
    assert not np.any(table.cells._holders)
