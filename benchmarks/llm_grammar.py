"""Do answers that are bound by a grammar of ours always parse and always fit their schema?

A model of random weights is the hardest writer: it wants nothing and takes whatever the grammar
leaves. Answers are drawn one token after the other by llama.cpp's own samplers, read by the strict
parser of the standard library (no constants, no member twice) and judged by `jsonschema`, which
knows nothing of the grammar. `--engine` asks the program's own engine instead, many at a time.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

import jsonschema
import llama_cpp
from tests.unit.adapters.llama_cpp.tiny import BOS, write_tiny

from jennie_cli.adapters.llama_cpp import LocalModel
from jennie_cli.adapters.llama_cpp.grammar import gbnf
from jennie_cli.adapters.llama_cpp.native import library
from jennie_cli.adapters.system import SystemClock
from jennie_cli.engine.llm import Call, Message, ModelFailed, Role
from jennie_cli.settings import LocalOptions

CONTEXT = 4096
PIECE_BYTES = 64
TOGETHER = 100
HANGUL = (0xEA, 0xED)
"""First bytes of Korean letters in UTF-8."""

GRADES = ["S", "A", "B", "C", "D", "F"]
GROUPS = ["반도체/IT", "자동차/운송", "바이오/헬스케어", "2차전지/에너지", "금융"]

SCHEMAS: Mapping[str, Mapping[str, Any]] = {
    "opinion": {
        "type": "object",
        "properties": {
            "score": {"type": "integer", "minimum": 0, "maximum": 100},
            "grade": {"type": "string", "enum": GRADES},
            "reason": {"type": "string", "minLength": 1, "maxLength": 500},
        },
        "required": ["score", "grade", "reason"],
        "additionalProperties": False,
    },
    "ranges": {
        "type": "object",
        "properties": {
            "whole": {"type": "integer", "minimum": -137, "exclusiveMaximum": 1042},
            "above": {"type": "integer", "exclusiveMinimum": 99},
            "below": {"type": "integer", "maximum": -1},
            "ratio": {"type": "number", "minimum": -0.5, "maximum": 1.25},
            "tight": {"type": "number", "exclusiveMinimum": 0.001, "maximum": 0.0125},
            "free": {"type": "number"},
        },
        "required": ["whole", "above", "below", "ratio", "tight", "free"],
    },
    "enums": {
        "type": "object",
        "properties": {
            "mood": {"enum": ["강세", "중립", "약세", None, 0, 1.5, True, 'say "no"', "a\\b\n"]},
            "fixed": {"const": "삼성전자"},
            "grade": {"type": ["string", "null"], "enum": [*GRADES, None]},
        },
        "required": ["mood", "fixed", "grade"],
    },
    "nested": {
        "$defs": {
            "Step": {
                "type": "object",
                "properties": {
                    "title": {"type": "string", "minLength": 2, "maxLength": 20},
                    "days": {"type": "array", "items": {"type": "integer", "minimum": 1}},
                },
                "required": ["title"],
            }
        },
        "type": "object",
        "properties": {
            "title": {"type": "string", "maxLength": 30},
            "steps": {"type": "array", "items": {"$ref": "#/$defs/Step"}, "maxItems": 5},
            "grid": {
                "type": "array",
                "items": {
                    "type": "array",
                    "items": {"type": "integer", "minimum": -9, "maximum": 9},
                    "minItems": 2,
                    "maxItems": 3,
                },
                "minItems": 1,
                "maxItems": 4,
            },
        },
        "required": ["title", "steps", "grid"],
    },
    "optional": {
        "type": "object",
        "properties": {
            "a": {"type": "boolean"},
            "나": {"anyOf": [{"type": "integer", "minimum": 3, "maximum": 7}, {"type": "null"}]},
            "c": {"type": "string", "maxLength": 5},
            "d": {"type": "null"},
            "e": {"type": "array", "items": {"enum": GROUPS}, "maxItems": 3},
        },
        "required": ["c"],
        "additionalProperties": False,
        "minProperties": 2,
        "maxProperties": 4,
    },
    "maps": {
        "type": "object",
        "properties": {
            "sectors": {
                "type": "object",
                "propertyNames": {"enum": GROUPS},
                "additionalProperties": {"enum": ["bullish", "neutral", "bearish"]},
                "minProperties": 1,
                "maxProperties": 3,
            },
            "notes": {
                "type": "object",
                "propertyNames": {"type": "string", "minLength": 1, "maxLength": 8},
                "additionalProperties": {"type": "string", "maxLength": 12},
                "maxProperties": 4,
            },
        },
        "required": ["sectors", "notes"],
    },
}


@dataclass(slots=True)
class Tally:
    """How many answers there were of a schema, how they failed, and what they are made of."""

    answers: int = 0
    tokens: int = 0
    korean: int = 0
    failures: Counter[str] = field(default_factory=Counter)


class Writer:
    """The tiny model and one sequence; `answer` draws until the grammar is satisfied."""

    def __init__(self, model_file: Path) -> None:
        """Load the model. Raises RuntimeError."""
        library()  # leads the library's talk away, with a callback that outlives this writer
        how = llama_cpp.llama_model_default_params()
        self._model = llama_cpp.llama_model_load_from_file(str(model_file).encode(), how)
        room = llama_cpp.llama_context_default_params()
        room.n_ctx, room.n_threads, room.n_threads_batch = CONTEXT, 1, 1
        if not self._model:
            raise RuntimeError("the tiny model does not load")
        self._context = llama_cpp.llama_init_from_model(self._model, room)
        self._words = llama_cpp.llama_model_get_vocab(self._model)
        self._pieces = [self._piece(token) for token in range(self._size)]

    @property
    def _size(self) -> int:
        return int(llama_cpp.llama_vocab_n_tokens(self._words))

    def answer(self, grammar: str, seed: int) -> tuple[bytes, int]:
        """Return the answer as bytes and how many tokens it took; cut off at the context's end."""
        memory = llama_cpp.llama_get_memory(self._context)
        llama_cpp.llama_memory_clear(memory, True)
        sampler = self._sampler(grammar, seed)
        try:
            said = list(self._draw(sampler))
        finally:
            llama_cpp.llama_sampler_free(sampler)
        return b"".join(self._pieces[token] for token in said), len(said)

    def close(self) -> None:
        """Give the model back."""
        llama_cpp.llama_free(self._context)
        llama_cpp.llama_model_free(self._model)

    def _draw(self, sampler: Any) -> Iterator[int]:
        token = (llama_cpp.llama_token * 1)(BOS)
        for _ in range(CONTEXT - 1):
            batch = llama_cpp.llama_batch_get_one(token, 1)
            if llama_cpp.llama_decode(self._context, batch):
                raise RuntimeError("llama.cpp could not decode")
            drawn = llama_cpp.llama_sampler_sample(sampler, self._context, -1)
            if llama_cpp.llama_vocab_is_eog(self._words, drawn):
                return
            yield drawn
            token[0] = drawn

    def _sampler(self, grammar: str, seed: int) -> Any:
        chain = llama_cpp.llama_sampler_chain_init(llama_cpp.llama_sampler_chain_default_params())
        bound = llama_cpp.llama_sampler_init_grammar(self._words, grammar.encode(), b"root")
        if not bound:
            raise RuntimeError(f"llama.cpp refuses the grammar:\n{grammar}")
        over = llama_cpp.llama_vocab_is_eog
        torn = [  # a list cannot look at pairs of tokens, so no long form may even begin
            token
            for token, piece in enumerate(self._pieces)
            if (not piece or piece[-1] in {0xE0, 0xF0}) and not over(self._words, token)
        ]
        never = (llama_cpp.llama_logit_bias * len(torn))(
            *(llama_cpp.llama_logit_bias(token=token, bias=float("-inf")) for token in torn)
        )
        avoided = llama_cpp.llama_sampler_init_logit_bias(self._size, len(torn), never)
        for one in (avoided, bound, llama_cpp.llama_sampler_init_dist(seed)):
            llama_cpp.llama_sampler_chain_add(chain, one)
        return chain

    def _piece(self, token: int) -> bytes:
        room = bytes(PIECE_BYTES)
        size = llama_cpp.llama_token_to_piece(self._words, token, room, PIECE_BYTES, 0, False)
        return room[: max(size, 0)]


def judge(schema: Mapping[str, Any], raw: bytes) -> str | None:
    """Return why an answer is no good, None when it is."""
    try:
        value = json.loads(raw.decode(), parse_constant=_refused, object_pairs_hook=_once)
        jsonschema.validate(value, schema)
    except UnicodeDecodeError:
        return "no UTF-8"
    except jsonschema.ValidationError as error:
        return f"does not fit: {error.validator} at {error.json_path}"
    except ValueError as error:
        return f"does not parse: {error}"
    return None


def run(writer: Writer, answers: int, *, first_seed: int = 1) -> dict[str, Tally]:
    """Draw this many answers, the schemas taking turns, and return a tally of each."""
    grammars = {name: gbnf(schema) for name, schema in SCHEMAS.items()}
    tallies = {name: Tally() for name in SCHEMAS}
    for number, name in zip(range(answers), cycle(SCHEMAS)):
        raw, tokens = writer.answer(grammars[name], first_seed + number)
        note(tallies[name], name, raw, tokens)
    return tallies


async def run_engine(model: LocalModel, answers: int, *, first_seed: int = 1) -> dict[str, Tally]:
    """Ask the program's own engine for this many answers, a hundred at a time."""
    tallies = {name: Tally() for name in SCHEMAS}
    turns = list(zip(range(answers), cycle(SCHEMAS)))

    async def one(number: int, name: str) -> None:
        call = Call(
            messages=(Message(role=Role.USER, text=f"{name} {number}"),),
            schema=SCHEMAS[name],
            max_tokens=CONTEXT - 200,
            temperature=1.0,
            seed=first_seed + number,
            deadline_s=3600.0,
        )
        try:
            reply = await model.reply(call)
        except ModelFailed as error:
            tallies[name].answers += 1
            tallies[name].failures[str(error)] += 1
        else:
            note(tallies[name], name, reply.text.encode(), reply.tokens_out)

    for start in range(0, answers, TOGETHER):
        await asyncio.gather(*(one(*turn) for turn in turns[start : start + TOGETHER]))
    return tallies


def note(tally: Tally, name: str, raw: bytes, tokens: int) -> None:
    """Judge one answer and count it."""
    tally.answers += 1
    tally.tokens += tokens
    tally.korean += any(HANGUL[0] <= byte <= HANGUL[1] for byte in raw)
    if why := judge(SCHEMAS[name], raw):
        tally.failures[why] += 1


def main() -> int:
    """Print a line per schema; exit 1 when any answer failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", action="store_true", help="through the program's own engine")
    asked = parser.parse_args()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        tiny = write_tiny(Path(folder) / "tiny.gguf")
        tallies = (_engine if asked.engine else _serial)(tiny, asked.answers, asked.seed)
    took = time.perf_counter() - began
    print(f"{'schema':<10}{'answers':>9}{'good':>9}{'with Korean':>13}{'tokens each':>13}")
    for name, one in tallies.items():
        good, each = one.answers - one.failures.total(), one.tokens / max(one.answers, 1)
        print(f"{name:<10}{one.answers:>9,}{good:>9,}{one.korean:>13,}{each:>13.1f}")
        for why, count in one.failures.most_common(5):
            print(f"    {count} x {why}")
    failed = sum(one.failures.total() for one in tallies.values())
    print(f"{asked.answers:,} answers, {failed:,} failed, {took:.0f} s")
    return 1 if failed else 0


def _serial(tiny: Path, answers: int, seed: int) -> dict[str, Tally]:
    writer = Writer(tiny)
    tallies = run(writer, answers, first_seed=seed)
    writer.close()
    return tallies


def _engine(tiny: Path, answers: int, seed: int) -> dict[str, Tally]:
    options = LocalOptions(n_ctx=8 * CONTEXT, slots=8)
    model = LocalModel.open(tiny, options, steady=SystemClock())

    async def running() -> dict[str, Tally]:
        try:
            return await run_engine(model, answers, first_seed=seed)
        finally:
            await model.close()

    return asyncio.run(running())


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name came twice")
    return found


def _refused(constant: str) -> Any:
    raise ValueError(constant)


if __name__ == "__main__":
    sys.exit(main())
