"""What a grammar cannot say, named instead of left out.

UnsupportedSchema (InputError, 4)   a keyword would have been ignored in silence
└── RecursiveSchema                 a schema that holds itself has no longest answer
"""

from jennie_cli.engine.errors import InputError


class UnsupportedSchema(InputError):
    """A schema asks for what a grammar of ours cannot promise."""

    code = "unsupported_schema"

    def __init__(self, keyword: str, place: str, reason: str = "cannot be promised") -> None:
        """`keyword` is the part of JSON Schema, `place` where it stands, as in `#/items`."""
        super().__init__(
            f"{place}: '{keyword}' {reason}.",
            hint="Change the shape, or check it after reading the answer.",
        )
        self.keyword = keyword
        self.place = place


class RecursiveSchema(UnsupportedSchema):
    """A schema holds itself, so that an answer could go on for ever."""

    code = "recursive_schema"
