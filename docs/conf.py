"""The documentation: Markdown, warnings are errors, a zh-Hans edition by gettext."""

project = "Zhiqiao 职桥"
author = "The Zhiqiao developers"
copyright = "2026, the Zhiqiao developers"  # noqa: A001  # Sphinx reads this name
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = "Zhiqiao 职桥"
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
nitpicky = True
language = "en"
locale_dirs = ["locale"]
gettext_compact = False
