"""Templates to HTML. Jinja2 is an extra, and loaded with the first page; without it a page says what to install."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from fake_iam.control.console import ages
from fake_iam.control.http.address import CONSOLE, PREFIX

if TYPE_CHECKING:
    from jinja2 import Environment

HERE: Final = Path(__file__).parent
ROOT: Final = PREFIX + CONSOLE
WITHOUT_JINJA: Final = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>fake_iam console</title></head>
<body><main><h1>The console needs Jinja2</h1>
<p>Install it with the extra <code>console</code>, and load this page again after a restart:</p>
<pre>pip install 'fake-iam[console]'</pre>
<p>Everything else works without it. <code>--no-console</code> switches the console off.</p></main></body></html>
"""


class Rendering:
    """Makes pages of templates; every text in them is escaped."""

    def page(self, template: str, values: Mapping[str, Any]) -> str:
        """A page. Raises ModuleNotFoundError if Jinja2 is not installed."""
        return self._environment.get_template(template).render(values)

    @cached_property
    def _environment(self) -> Environment:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined

        environment = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            auto_reload=False,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.globals["link"] = link
        environment.filters["moment"] = ages.shown
        environment.filters["iso"] = lambda moment: moment.isoformat()
        return environment


def link(page: str = "", **query: Any) -> str:
    """The address of a page of the console; parameters that are None or empty are left out."""
    given = {name: value for name, value in query.items() if value not in (None, "")}
    return ROOT + page + (f"?{urlencode(given)}" if given else "")


def static(name: str) -> bytes | None:
    """A file of the package that pages refer to, or None."""
    file = HERE / "static" / name
    return file.read_bytes() if file.parent == HERE / "static" and file.is_file() else None


def plain(title: str, text: str) -> str:
    """A page that needs no template."""
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title></head>'
        f"<body><main><h1>{escape(title)}</h1><p>{escape(text)}</p>"
        f'<p><a href="{ROOT}">Back</a></p></main></body></html>\n'
    )
