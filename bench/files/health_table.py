"""The health of a cell's slices in a run file: a table with a row for each restart, in older files for each round."""

from dataclasses import MISSING, fields
from functools import cache
from typing import Any, get_type_hints

import msgspec
from msgspec import Raw, Struct

from bench.files.damage import Damage, within
from bench.files.quantities import Count, Reading
from bench.records.health import Health
from bench.records.record import Round

COLUMNS = get_type_hints(Health)
REQUIRED = tuple(field.name for field in fields(Health) if field.default is MISSING)
# What a column may hold, by its type in Health.
BOUNDED = {int: Count, float: Reading, int | None: Count | None, float | None: Reading | None}


class FirstHealthRow(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The first files had a list of such rows, the very first without the last column."""

    restart: Count
    round: Count
    involuntary_switches: Count
    minor_faults: Count
    quiet: bool = True


class HealthTable(Struct, frozen=True):
    """`columns` names what follows restart and round in every row: fields of Health, fewer in older files."""

    columns: tuple[str, ...]
    rows: Raw

    def __post_init__(self) -> None:
        for column in self.columns:
            if column not in COLUMNS:
                raise Damage(f"columns has {column!r}, which this fiftyx does not know")
        if len(set(self.columns)) < len(self.columns):
            raise Damage("columns has one of them twice")
        for column in REQUIRED:
            if column not in self.columns:
                raise Damage(f"columns lacks {column!r}")


Table = HealthTable | list[FirstHealthRow]


def rows(table: Table) -> list[Any]:
    """A row for each round, with `restart`, `round` and what was recorded of Health. Raises Damage."""
    if isinstance(table, list):
        return table
    with within("health.rows"):
        return _rows(table.columns).decode(table.rows)


@cache
def _rows(columns: tuple[str, ...]) -> msgspec.json.Decoder[list[Any]]:
    """Reads rows of these columns."""
    bounded = [(column, BOUNDED.get(COLUMNS[column], COLUMNS[column])) for column in columns]
    keys = [("restart", Count), ("round", Count)]
    row = msgspec.defstruct("HealthRow", [*keys, *bounded], array_like=True, forbid_unknown_fields=True)
    return msgspec.json.Decoder(list[row])  # type: ignore[valid-type]


def health(table: Table) -> dict[Round, Health]:
    """The health of every round. Raises Damage."""
    of_rounds = {}
    for row in rows(table):
        restart, number, *facts = msgspec.structs.astuple(row)
        of_rounds[Round(restart, number)] = Health(**dict(zip(row.__struct_fields__[2:], facts, strict=True)))
    if len(of_rounds) < len(rows(table)):
        raise Damage("health.rows has a round twice")
    return of_rounds
