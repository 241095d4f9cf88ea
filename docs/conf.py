"""How the documentation is built: Sphinx with MyST and Furo, `make docs`."""
# ruff: noqa: INP001 - Sphinx reads it as a file, not as part of a package

project = "Samplan"
copyright = "Samplan, EUPL-1.2"
language = "en"

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = "Samplan"
html_copy_source = False
html_show_sphinx = False
