"""What a member must be told; the options in settings fit it."""

from typing import Protocol


class RetryOptions(Protocol):
    """After which failures the same provider may be asked again, and when."""

    @property
    def retry_on(self) -> tuple[str, ...]:
        """The kinds of failure, by name."""
        ...

    @property
    def retry_waits_s(self) -> tuple[float, ...]:
        """Seconds before each further try."""
        ...


class MemberOptions(RetryOptions, Protocol):
    """Address, model and manners of one provider."""

    @property
    def url(self) -> str:
        """The address that the paths of the protocol are added to."""
        ...

    @property
    def model(self) -> str:
        """The model id asked for."""
        ...

    @property
    def stream(self) -> bool:
        """Whether words are taken as they come."""
        ...

    @property
    def structured(self) -> str:
        """How a schema is told: json_schema, json_object or prompt."""
        ...

    @property
    def no_temperature(self) -> tuple[str, ...]:
        """Beginnings of model ids that take no temperature."""
        ...

    @property
    def thought_tokens(self) -> int:
        """Tokens for thinking, on top of the answer's."""
        ...

    @property
    def extra(self) -> str:
        """A JSON object added to each body, or nothing."""
        ...


def tempered(options: MemberOptions) -> bool:
    """Whether the model takes a temperature; a maker's name before a slash is left out."""
    model = options.model.rpartition("/")[2]
    return not model.startswith(options.no_temperature)
