"""Writing a file whole: a kill leaves the last whole version."""

import os
from contextlib import suppress
from pathlib import Path

from bench.errors import UserError


def write_whole(text: str, path: Path) -> None:
    """Writes a file through a temporary one beside it and a rename.

    Raises UserError where the place cannot be written.
    """
    temporary = path.parent / f".{path.name}.{os.getpid()}.tmp"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        raise UserError(f"cannot write {path} ({error.strerror}): choose another place with --out") from error
