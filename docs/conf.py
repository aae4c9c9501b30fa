"""Builds the documentation; `nox -s docs` runs it with warnings as errors."""

import re
from pathlib import Path

_version = Path(__file__).parents[1] / "src" / "jennie_cli" / "_version.py"

project = "jennie-cli"
author = "the jennie-cli authors"
release = re.findall(r'__version__ = "(.+)"', _version.read_text("utf-8"))[0]

extensions = ["myst_parser"]
exclude_patterns = ["_build"]
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3
nitpicky = True

html_theme = "furo"
html_title = f"jennie-cli {release}"
html_show_sphinx = False
