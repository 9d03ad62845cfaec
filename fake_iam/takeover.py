"""How a state file of an earlier release becomes a database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from fake_iam.control.documents.problems import DocumentError, FormatError
from fake_iam.log import log
from fake_iam.settings import Settings


def take_over_earlier_state(settings: Settings, name: str, fill: Callable[[Settings, Any], None]) -> None:
    """Bring the state file of an earlier release into a database of that name; the earlier file is kept beside it.

    Args:
        settings: of the server whose state it is.
        name: the file.
        fill: loads a document into the store of the settings that it is given.

    Raises:
        DocumentError: the file cannot be read or replaced; it is left as it is.
    """
    from fake_iam.control.state.state_files import earlier_state, new_file, take_over  # most starts have no such file

    file = Path(name)
    document = earlier_state(file)
    if document is None:
        return
    unseeded = replace(settings, seed=None, auth="issued", root_access_key_id=None, root_secret_access_key=None)
    try:
        new = new_file(file)
        fill(replace(unseeded, state=str(new)), document)
        kept = take_over(file, new)
    except FormatError as problem:
        raise DocumentError(f"{file}: {problem}; the file is left as it is") from None
    except OSError as problem:
        raise DocumentError(f"{file}: {problem.strerror or problem}; the file is left as it is") from None
    log().warning("%s is a database from now on; what it was is in %s", file, kept)
