"""Damage to a run file: the key at fault and what is wrong with it, in one line."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

# msgspec tells what it refuses in a message alone, which ends in the path to it.
MESSAGE = re.compile(r"(?P<text>.*?)(?: - at (?:`key` in )?`\$\.?(?P<key>[^`]*)`)?", re.DOTALL)
MISSING = re.compile("Object missing required field `(?P<key>.*)`")
UNKNOWN = re.compile("Invalid enum value (?P<value>.*)", re.DOTALL)
EXPECTED = re.compile("Expected (?P<what>.*?)(?:, got .*)?", re.DOTALL)
WORDS = {
    "int": "a whole number",
    "float": "a number",
    "str": "a text",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
}


class Damage(ValueError):
    """What no run file holds. The message begins with the key: `cell.dtype is 'float12', which is unknown`."""


@contextmanager
def within(key: str) -> Iterator[None]:
    """Puts the key of the outer value before what is refused inside of it. Raises Damage."""
    try:
        yield
    except (msgspec.ValidationError, Damage) as error:
        raise Damage(joined(key, worded(error))) from error


def worded(error: msgspec.ValidationError | Damage) -> str:
    """`fiftyx.cells[3].starts[0].steps is not a whole number >= 1`."""
    parts = MESSAGE.fullmatch(str(error))
    if isinstance(error, Damage) or parts is None:
        return str(error)
    key, text = parts["key"] or "", parts["text"]
    if isinstance(error.__cause__, Damage):
        return joined(key, text)
    if missing := MISSING.fullmatch(text):
        return joined(key, f"{missing['key']} is missing")
    if unknown := UNKNOWN.fullmatch(text):
        return f"{key} is {unknown['value']}, which this fiftyx does not know"
    expected = EXPECTED.fullmatch(text)
    wrong = f"is not {re.sub('`([^`]*)`', in_words, expected['what'])}" if expected else f"is unreadable ({text})"
    return f"{key or 'the document'} {wrong}"


def in_words(types: re.Match[str]) -> str:
    """`int | null` as `a whole number or null`."""
    return " or ".join(WORDS.get(name, name) for name in types[1].split(" | "))


def joined(key: str, rest: str) -> str:
    """What is wrong inside of a value, by the key of the value: `cells[3]` and `[1] is ...`, or `id is ...`."""
    return f"{key}{'' if not key or rest.startswith('[') else '.'}{rest}"
