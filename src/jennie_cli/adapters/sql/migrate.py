"""Bringing a database to the newest schema with Alembic; its scripts travel with the package."""

from importlib.resources import as_file, files

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from jennie_cli.adapters.sql.engine import writing


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Run the missing migrations in one transaction; two processes at once run them once."""
    with as_file(files("jennie_cli.adapters.sql") / "migrations") as scripts:
        config = Config()
        config.set_main_option("script_location", str(scripts).replace("%", "%%"))
        with writing(engine) as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
