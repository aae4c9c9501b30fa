"""Seeded stand-ins for language models, behind the protocol of OpenAI; every word is SIMULATED."""

from jennie_cli.simulator.sages.app import SAGES_PATH, SageDesk, sage_app, sage_routes
from jennie_cli.simulator.sages.asked import MODEL
from jennie_cli.simulator.sages.faults import SAGE_FAULTS, SageFault
from jennie_cli.simulator.sages.serving import serve_sages

__all__ = [
    "MODEL",
    "SAGES_PATH",
    "SAGE_FAULTS",
    "SageDesk",
    "SageFault",
    "sage_app",
    "sage_routes",
    "serve_sages",
]
