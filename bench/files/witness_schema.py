"""What the witness said of a run's rounds, as types."""

from dataclasses import astuple
from typing import Annotated, Any

from msgspec import Meta, Struct
from msgspec.structs import astuple as values

from bench.files.damage import Damage
from bench.files.quantities import Count, Seconds
from bench.records.record import Round
from bench.records.witness import Witness, WitnessedRound

Factor = Annotated[float, Meta(gt=0, le=1e9)]


class WitnessRow(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A round, and the fields of WitnessedRound."""

    restart: Count
    round: Count
    slowness: Factor
    fast_seconds: Seconds
    readings: Count
    slow: Count
    disturbances: tuple[str, ...] = ()


class WitnessFields(Struct, frozen=True):
    """Runs without a witness have no rows."""

    rounds: tuple[WitnessRow, ...] = ()
    known_seconds: Seconds | None = None

    @property
    def witness(self) -> Witness:
        """Raises Damage where a round is there twice."""
        rounds = {Round(row.restart, row.round): WitnessedRound(*values(row)[2:]) for row in self.rounds}
        if len(rounds) < len(self.rounds):
            raise Damage("rounds has one of them twice")
        return Witness(rounds, self.known_seconds)


def witness_to_json(witness: Witness) -> dict[str, Any]:
    return {
        "known_seconds": witness.known_seconds,
        "rounds": [[*key, *astuple(said)] for key, said in witness.rounds.items()],
    }
