"""The models worth fetching: data of the package that must hold together."""

from jennie_cli.engine.llm import recommended


def test_the_catalogue_holds_together() -> None:
    """Names are single, addresses safe, a checksum never stands without the exact size."""
    models = recommended()
    assert len(models) == len({model.name for model in models})
    for model in models:
        assert model.url.startswith("https://")
        assert model.url.endswith(f"/{model.file}")
        assert model.about > 0
        assert (model.size is None) == (model.sha256 is None)
        assert model.sha256 is None or 64 == len(model.sha256)
        assert model.sha256 is None or "/main/" not in model.url
