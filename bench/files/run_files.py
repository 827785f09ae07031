"""Run files under `results/`: their places, and saving and loading them."""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import msgspec

from bench.errors import UserError
from bench.files.atomic import write_whole
from bench.files.damage import Damage, worded
from bench.files.run_json import from_document, to_json
from bench.files.run_schema import RunDocument
from bench.files.run_text import damaged, decoded, text_of
from bench.records.run import Run

RESULTS = Path("results")
# The beginning of a run file's name.
NAME = r"\d{8}T\d{6}Z"
# In so many runs before it the machine will have been quiet once.
EARLIER_RUNS = 10
DOCUMENT = msgspec.json.Decoder(RunDocument)


def new_path(run: Run, folder: Path = RESULTS) -> Path:
    """`results/<machine>/<UTC time>-<commit>.json`."""
    moment = datetime.fromisoformat(run.started).strftime("%Y%m%dT%H%M%SZ")
    return folder / str(run.machine["name"]) / f"{moment}-{str(run.commit['id'])[:12]}.json"


def save(run: Run, path: Path) -> None:
    """Writes the run. Raises UserError where the place cannot be written, or the run could not be read again.

    The text is held to the types that read it: nothing is written that could not be loaded.
    """
    try:
        text = json.dumps(to_json(run), allow_nan=False, separators=(",", ":"))
        from_document(DOCUMENT.decode(text))
    except (msgspec.ValidationError, Damage) as error:
        raise UserError(f"{path} is not written, since {worded(error)}: please report this run") from error
    except ValueError as error:
        raise UserError(f"{path} is not written, since a number is not finite: please report this run") from error
    write_whole(text, path)


def load(path: Path) -> Run:
    """Raises UserError where the file is missing, empty, cut short, not JSON, no run of this format, or damaged."""
    document = decoded(path, text_of(path), DOCUMENT)
    try:
        return from_document(document)
    except Damage as error:
        raise damaged(path, error) from error


def readable(paths: Iterable[Path]) -> Iterator[Run]:
    """The runs that can be read; others are skipped silently, as nobody has named them."""
    for path in paths:
        with suppress(UserError):
            yield load(path)


def newest_beside(path: Path, count: int) -> list[Path]:
    """The latest other runs in a run's folder, which holds one machine's; `count` at most."""
    runs = [other for other in path.parent.glob("*.json") if re.match(NAME, other.name) and other.name != path.name]
    return sorted(runs, key=lambda other: other.name, reverse=True)[:count]


def fastest_witness(run: Run, folder: Path = RESULTS) -> float | None:
    """The fast state of the witness in the latest other runs on the run's machine with its packages, in seconds."""
    earlier = readable(newest_beside(new_path(run, folder), EARLIER_RUNS))
    alike = (other for other in earlier if other.machine["fingerprint"] == run.machine["fingerprint"])
    return min((seconds for other in alike if (seconds := other.witness.fast_seconds)), default=None)


def newest(folder: Path = RESULTS) -> Path:
    """The latest run under the folder, by the time in its name. Raises UserError where there is none."""
    return max(newest_of_each(folder), key=lambda path: path.name)


def newest_of_each(folder: Path = RESULTS) -> list[Path]:
    """The latest run of every machine, which has a folder of its own. Raises UserError where there is none."""
    runs = [path for path in folder.rglob("*.json") if re.match(NAME, path.name)]
    if not runs:
        raise UserError(f"no run under {folder}/: run `fiftyx run` first, or name a run file")
    latest = {path.parent: path for path in sorted(runs, key=lambda path: path.name)}
    return list(latest.values())
