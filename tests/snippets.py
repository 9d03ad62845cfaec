"""The code in the documentation: found by its fences, run as a reader would run it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
FENCE = re.compile(r"^(?P<indent> *)```(?P<kind>[^\n]*)\n(?P<text>.*?)^(?P=indent)```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")
PORT = "4593"


@dataclass(frozen=True)
class Snippet:
    """A fenced piece of a page: its kind (what follows the fence), text and line."""

    page: Path
    kind: str
    text: str
    line: int

    @property
    def file(self) -> str | None:
        """The name of the file that it is, if the fence gives one: ``python rotate.py``."""
        name = self.kind.partition(" ")[2]
        return name if "." in name else "conftest.py" if name == "conftest" else None

    @property
    def id(self) -> str:
        """Where it stands, for the name of a test."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def pages() -> list[Path]:
    """Every page of the documentation."""
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "conformance").rglob("*.md")]
    return sorted(page for page in found if ".tox" not in page.parts and ".venv" not in page.parts)


def snippets(page: Path) -> list[Snippet]:
    """The fenced pieces of a page, in order."""
    text = page.read_text()
    return [
        Snippet(page, match["kind"], match["text"], text.count("\n", 0, match.start()) + 1)
        for match in FENCE.finditer(text)
    ]


def of_kind(*kinds: str) -> list[Snippet]:
    """All pieces of some kinds in the whole documentation."""
    return [snippet for page in pages() for snippet in snippets(page) if snippet.kind in kinds]


def links(page: Path) -> list[str]:
    """The targets of a page's links that lead to files of the project."""
    prose = FENCE.sub("", page.read_text())
    return [match["target"] for match in LINK.finditer(prose) if "://" not in match["target"]]
