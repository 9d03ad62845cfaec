"""How Sphinx builds the site from the pages of this folder: ``tox -e docs``."""

from fake_iam.version import VERSION

project = "fake_iam"
release = VERSION
root_doc = "index"
extensions = ["myst_parser", "sphinx_copybutton"]
exclude_patterns = ["_build"]
nitpicky = True

myst_heading_anchors = 4
suppress_warnings = ["misc.highlighting_failure"]  # snippets of several languages, all of them run by the tests

html_theme = "furo"
html_title = f"fake_iam {VERSION}"
html_show_copyright = False
html_show_sphinx = False
html_copy_source = False
copybutton_prompt_text = r"\$ |> "
copybutton_prompt_is_regexp = True
copybutton_only_copy_prompt_lines = True
