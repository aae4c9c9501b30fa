"""Opening Chroma. Its package is heavy and an extra: it is imported when one is opened."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from jennie_cli.adapters.chroma.meanings import ChromaMeanings, named
from jennie_cli.engine.errors import ExtraMissing, SettingsError

PATIENCE_S = 10.0
"""How long a server may be silent."""

_HNSW = {"space": "cosine", "ef_search": 200, "sync_threshold": 5_000, "batch_size": 500}


def open_embedded(folder: Path, collection: str) -> ChromaMeanings:
    """Return a collection kept in a folder; takes about a second.

    Only one process may have it open: who calls this holds a lock. Raises ExtraMissing, and
    OutsideError where the folder cannot be opened.
    """
    chromadb = _imported()
    where = str(folder)
    with named(where):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        client = chromadb.PersistentClient(path=where, settings=_quiet())
        return ChromaMeanings(_collection(client, collection), client.close, where)


def open_server(url: str, collection: str) -> ChromaMeanings:
    """Return a collection of a server, such as http://127.0.0.1:8000.

    Raises ExtraMissing, SettingsError for a URL that cannot be read, and OutsideError where
    nobody answers. No text of an error repeats a login.
    """
    host, port, ssl, where = read_url(url)
    chromadb = _imported()
    with named(where):
        # its client would wait for ever for a host that is silent, so that it is asked first
        httpx.get(f"{where}/api/v2/heartbeat", timeout=PATIENCE_S).raise_for_status()
        client = chromadb.HttpClient(host=host, port=port, ssl=ssl, settings=_quiet())
        sessions = _sessions(client)
        for session in sessions:
            session.timeout = PATIENCE_S

        def close() -> None:
            client.close()
            for session in sessions:
                session.close()  # it leaves its connections open

        return ChromaMeanings(_collection(client, collection), close, where)


def read_url(url: str) -> tuple[str, int, bool, str]:
    """Return host, port, whether encrypted, and the place as people may read it.

    Raises SettingsError, which does not repeat the URL.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    plain = not (parts.username or parts.password or parts.query or parts.path.strip("/"))
    if parts.scheme not in {"http", "https"} or not host or not plain:
        raise SettingsError(
            "chroma.url cannot be read.", hint="Such as http://127.0.0.1:8000, without a path."
        )
    ssl = parts.scheme == "https"
    port = port or (443 if ssl else 80)
    return host, port, ssl, f"{parts.scheme}://{host}:{port}"


def _imported() -> Any:
    try:
        import chromadb  # noqa: PLC0415  # an extra, and nearly a second
    except ImportError as error:
        raise ExtraMissing("news", needed_for="Chroma") from error
    return chromadb


def _quiet() -> Any:
    from chromadb.config import Settings  # noqa: PLC0415  # the same

    return Settings(anonymized_telemetry=False)


def _collection(client: Any, name: str) -> Any:
    """Return the collection; vectors are always ours, else Chroma would fetch a model."""
    return client.get_or_create_collection(
        name, embedding_function=None, configuration={"hnsw": dict(_HNSW)}
    )


def _sessions(client: Any) -> list[httpx.Client]:
    """Return the HTTP clients inside, of which its own interface does not speak."""
    servers = [
        getattr(part, "_server", None) for part in (client, getattr(client, "_admin_client", None))
    ]
    found = [getattr(server, "_session", None) for server in servers]
    return [session for session in found if isinstance(session, httpx.Client)]
