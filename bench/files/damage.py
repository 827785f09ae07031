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
    """What no run file holds. The message begins with the key: `cell.dtype is 'float12', which ...`."""


@contextmanager
def within(key: str) -> Iterator[None]:
    """Puts the key of the outer value before that of what is refused inside it. Raises Damage."""
    try:
        yield
    except (msgspec.DecodeError, Damage) as error:
        raise Damage(worded(error, key)) from error


def worded(error: msgspec.DecodeError | Damage, outer: str = "") -> str:
    """`fiftyx.cells[3].starts[0].steps is not a whole number >= 1`; `outer` is the key of what was decoded."""
    if isinstance(error, Damage):
        return joined(outer, str(error))
    message = MESSAGE.fullmatch(str(error))
    text, inner = (message["text"], message["key"] or "") if message else (str(error), "")
    key = joined(outer, inner)
    if isinstance(error.__cause__, Damage):
        return joined(key, text)
    if missing := MISSING.fullmatch(text):
        return f"{joined(key, missing['key'])} is missing"
    if unknown := UNKNOWN.fullmatch(text):
        return f"{key} is {unknown['value']}, which this fiftyx does not know"
    expected = EXPECTED.fullmatch(text)
    wrong = f"is not {re.sub('`([^`]*)`', in_words, expected['what'])}" if expected else f"is unreadable ({text})"
    return f"{key or 'the document'} {wrong}"


def in_words(types: re.Match[str]) -> str:
    """`int | null` as `a whole number or null`."""
    return " or ".join(WORDS.get(name, name) for name in types[1].split(" | "))


def joined(outer: str, inner: str) -> str:
    """The key of a value inside another: `cells[3]` and `id`, or `cells` and `[3].id`."""
    return f"{outer}{'.' if outer and inner and not inner.startswith('[') else ''}{inner}"
