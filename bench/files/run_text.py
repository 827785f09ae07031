"""The text of a run file, and the typed document in it; whatever is wrong with either is one line."""

from pathlib import Path
from typing import TypeVar

import msgspec

from bench.errors import UserError
from bench.files.damage import Damage, worded
from bench.files.run_schema import FORMAT

T = TypeVar("T")
NAME_A_RUN = "name a file that `fiftyx run` has written"


class _Own(msgspec.Struct):
    format: int | None = None


class _Marked(msgspec.Struct):
    """What tells a run file from any other."""

    fiftyx: _Own


def text_of(path: Path) -> str:
    """Raises UserError where the file is missing, empty or no text."""
    try:
        text = path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"cannot read {path} ({getattr(error, 'strerror', 'not text')}): name a run file") from error
    if not text.strip():
        raise UserError(f"{path} is empty: {NAME_A_RUN}")
    return text


def decoded(path: Path, text: str, decoder: msgspec.json.Decoder[T]) -> T:
    """Raises UserError where the text is cut short, not JSON, not a run of this format, or damaged."""
    try:
        return decoder.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise refusal(path, text, error) from error


def refusal(path: Path, text: str, error: Exception) -> UserError:
    """Why a text is refused: it is no JSON, no run, of another format, or has a key at fault."""
    try:
        msgspec.json.decode(text, type=msgspec.Raw)
        of_file = msgspec.json.decode(text, type=_Marked).fiftyx.format
    except RecursionError:
        return UserError(f"{path} is not JSON that can be read (nested too deeply): {NAME_A_RUN}")
    except msgspec.ValidationError:
        return UserError(f"{path} is not a fiftyx run: {NAME_A_RUN}")
    except msgspec.DecodeError as defect:
        cut = text.lstrip().startswith("{") and not text.rstrip().endswith("}")
        return UserError(f"{path} {'is cut short' if cut else 'is not JSON'} ({defect}): {NAME_A_RUN}")
    if of_file != FORMAT:
        return UserError(
            f"{path} has format {of_file}, this fiftyx reads format {FORMAT}: measure again or update fiftyx"
        )
    return damaged(path, error)


def damaged(path: Path, error: Exception) -> UserError:
    """The line for a file that is a run of this format, but for the key at fault."""
    fault = worded(error) if isinstance(error, msgspec.DecodeError | Damage) else str(error)
    return UserError(f"{path} is damaged: {fault}: measure again or update fiftyx")
