"""The one exception for mistakes that the user can mend."""

from collections.abc import Iterable
from difflib import get_close_matches


class UserError(Exception):
    """A fact and its remedy in one line; the command line prints it and exits with status 2."""


def unknown(kind: str, name: str, known: Iterable[str]) -> UserError:
    """The error for a name that is not among the known ones, with the nearest of them."""
    names = sorted(known)
    near = get_close_matches(name, names, n=1, cutoff=0.7)
    remedy = f"did you mean {near[0]}?" if near else f"choose from {', '.join(names)}" if names else "there is none"
    return UserError(f"unknown {kind} {name!r}: {remedy}")
