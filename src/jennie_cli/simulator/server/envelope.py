"""The shape of every answer: rt_cd, msg_cd, msg1, the outputs and cursors, all of them strings."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from jennie_cli.kis_wire import Output, Tr
from jennie_cli.kis_wire.msgs import MESSAGES, Message
from jennie_cli.kis_wire.text import cursor, padded

_ANSWERED = 200

Fields = Mapping[str, object]
"""Values of one output object by field name; what a field lacks is sent as an empty string."""


class Turned(Exception):
    """A call is turned away in KIS's own words."""

    def __init__(self, message: Message) -> None:
        """`message` holds HTTP status, result code, code and words."""
        super().__init__(message.code)
        self.message = message


def turned(code: str, text: str | None = None) -> Turned:
    """Return the refusal of a code on record, with other words than its own if given."""
    message = MESSAGES[code]
    return Turned(message if text is None else replace(message, text=text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a handler answers: the outputs, and what follows after them.

    `condition` is the search echoed in the first cursor; `following` is the second cursor of a
    page after which more comes, "" on the last one.
    """

    outputs: Mapping[str, Fields | Sequence[Fields]] = field(default_factory=dict)
    code: str = "MCA00000"
    condition: str = ""
    following: str = ""


def written(tr: Tr, page: Page) -> dict[str, Any]:
    """Return the body of an answer, its keys in wire order."""
    message = MESSAGES[page.code]
    text = padded(message.text) if tr.ledger else message.text
    told = {"rt_cd": message.rt_cd, "msg_cd": page.code, "msg1": text}
    body: dict[str, Any] = {**told} if tr.places_order else {}
    if tr.paging is not None:
        cursors = dict(zip(tr.paging.keys, (page.condition, page.following), strict=True))
        for key in sorted(cursors, key=tr.query.index):
            body[key.lower()] = cursor(cursors[key], tr.paging.width)
    for name, output in tr.outputs.items():
        body[name] = _output(output, page.outputs.get(name))
    return body | told


def refused(message: Message, *, ledger: bool = False) -> dict[str, str]:
    """Return the body of a call turned away; the ledger pads its words."""
    text = padded(message.text) if ledger and message.status == _ANSWERED else message.text
    return {"rt_cd": message.rt_cd, "msg_cd": message.code, "msg1": text}


def _output(output: Output, values: Fields | Sequence[Fields] | None) -> Any:
    if isinstance(values, Mapping):
        return [_row(output, values)] if output.many else _row(output, values)
    rows = [_row(output, row) for row in _rows(values)]
    return rows if output.many else (rows[0] if rows else {})


def _rows(values: Sequence[Fields] | None) -> Iterable[Fields]:
    return values or ()


def _row(output: Output, values: Fields) -> dict[str, str]:
    unknown = values.keys() - set(output.fields)
    if unknown:
        raise KeyError(f"no such fields on the wire: {sorted(unknown)}")
    return {name: str(values.get(name, "")) for name in output.fields}


def picked(tr: Tr, name: str, values: Fields) -> dict[str, object]:
    """Return of some values those that an output of a TR carries."""
    return {key: values[key] for key in tr.outputs[name].fields if key in values}
