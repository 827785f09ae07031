"""Run files damaged or made strange in every way at hand, by chance but alike for a seed."""

import copy
import json
import random
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

# What JSON can say and json.dumps cannot, written as a text that is replaced afterwards.
RAW = {
    "@huge": "1e400",
    "@many": "1" + "0" * 400,
    "@endless": "7" * 5000,
    "@deep": "[" * 5000 + "]" * 5000,
    "@deeper": '{"a":' * 900 + "0" + "}" * 900,
    "@surrogate": '"\\ud800"',
}
MARKUP = '<script>alert("1")</script> & $x^2$ \\frac{ `code` | *b* \n\t=1+1'
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2, 50, 10**6, 2**63, 10**30, 0.0, -0.0, 0.5, -1e-3, 1e-9, 1e-300, 1e7, 1e300),
    *(float("nan"), float("inf"), float("-inf"), *RAW),
    *("", " ", "x", "step", "1", "all", "0", "cpu", "cuda", "float64", "\0", "é\u2028", "x" * 3000, MARKUP),
    *("2026-01-01", "measured", "failed", "wrong", "skipped", "../../etc/passwd", "nan", "conv", "numpy_manual"),
    *([], {}, [[]], [{}], {"": None}, [1, 2], ["a"], [[0, 0], [0, 0]], {"name": {}}),
)
COORDINATES: dict[str, tuple[Any, ...]] = {
    "net": ("numpy_manual", "torch_tensor", "cupy_manual", "torch_floors", "keras_model", MARKUP, "$", "é", "%s", "_"),
    "variant": ("", "resident", MARKUP, ":"),
    "workload": ("two_layer", "dynamic", "two_layer_adam", "linear_regression", "basics"),
    "dtype": ("float32", "float64", "tf32", "bfloat16"),
    "device": ("cpu", "cuda", "mps"),
    "threads": ("all", "1", "16", "99999"),
    "allocator": ("pinned", "system"),
    "size": ((1, 1, 1, 1), (64, 1000, 100, 10), (10, 1, 0, 1), (10**9,) * 4, (256, 1000, 400, 10), (64, 500, 100, 10)),
}
Document = dict[str, Any]


def mutated(text: str, seed: int) -> bytes:
    """The text of a run file with one to three mutations, as the bytes of a file."""
    draw = random.Random(seed)
    if draw.random() < 0.15:
        return broken(text.encode(), draw)
    document = json.loads(text)
    for _ in range(draw.choice((1, 1, 1, 2, 3))):
        with suppress(LookupError, TypeError, ValueError, AttributeError, OverflowError):  # damaged already
            draw.choice(MUTATIONS)(document, draw)
    return serialised(document)


def serialised(document: Document) -> bytes:
    text = json.dumps(document)
    return re.sub('"(@[a-z]+)"', lambda name: RAW.get(name[1], name[0]), text).encode()


def broken(whole: bytes, draw: random.Random) -> bytes:
    """A file cut short, with a gap, or with bytes that are no text or no JSON."""
    begin = draw.randrange(len(whole))
    end = min(len(whole), begin + draw.randrange(1, 40))
    stuff = draw.choice(
        (b"", b"\xff\xfe", b"\xc3", b"\x00", b"{", b"}", b"]", b",", b'"', b"-", b"1e999", b"NaN", b"  ")
    )
    return whole[:begin] if draw.random() < 0.3 else whole[:begin] + stuff + whole[draw.choice((begin, end)) :]


def place_of(document: Document, draw: random.Random) -> tuple[Any, Any]:
    """A container somewhere in the document, and a key or index in it."""
    own, entry = document["fiftyx"], draw.choice(document["benchmarks"])
    parts = document, document["machine_info"], own, own["settings"], entry, entry["extra_info"], entry["stats"]["data"]
    at: Any = draw.choice((*parts, *own["cells"]))
    while True:
        key = draw.choice(list(at) if isinstance(at, dict) else range(len(at)))
        inner = at[key]
        if not isinstance(inner, dict | list) or not inner or draw.random() < 0.15:
            return at, key
        at = inner


def delete(document: Document, draw: random.Random) -> None:
    at, key = place_of(document, draw)
    del at[key]


def rename(document: Document, draw: random.Random) -> None:
    at, key = place_of(document, draw)
    if isinstance(at, dict):
        at[draw.choice((f"{key}x", key.upper(), "", MARKUP))] = at.pop(key)


def put(document: Document, draw: random.Random) -> None:
    at, key = place_of(document, draw)
    at[key] = copy.deepcopy(draw.choice(VALUES))


def swap(document: Document, draw: random.Random) -> None:
    (at, key), (there, other) = place_of(document, draw), place_of(document, draw)
    at[key] = copy.deepcopy(there[other])


def scale(document: Document, draw: random.Random) -> None:
    at, key = place_of(document, draw)
    if isinstance(at[key], int | float) and not isinstance(at[key], bool):
        at[key] = at[key] * draw.choice((-1, 0, 1e-6, 1e-3, 0.5, 2, 1e3, 1e6, 1e12, 10**20))


def repeat(document: Document, draw: random.Random) -> None:
    at, key = place_of(document, draw)
    if isinstance(at, list):
        at.append(copy.deepcopy(at[key]))


def empty(document: Document, draw: random.Random) -> None:
    at, key = place_of(document, draw)
    if isinstance(at[key], list | dict):
        at[key] = type(at[key])()


def of_cell(document: Document, cell: Document) -> list[Document]:
    return [entry for entry in document["benchmarks"] if entry["extra_info"]["cell"] == cell["id"]]


def move(document: Document, draw: random.Random) -> None:
    """A cell with another coordinate, its id and its entries alike: strange, but nothing contradicts it."""
    cell = draw.choice(document["fiftyx"]["cells"])
    entries, key = of_cell(document, cell), draw.choice(list(COORDINATES))
    value = draw.choice(COORDINATES[key])
    where = cell["cell"]
    where[key] = dict(zip(("batch", "d_in", "hidden", "d_out"), value, strict=True)) if key == "size" else value
    size = "x".join(str(width) for width in where["size"].values())
    label = f"{where['net']}:{where['variant']}" if where["variant"] else where["net"]
    threads = "" if where["threads"] == "all" else f"-{where['threads']}threads"
    allocator = "" if where.get("allocator", "pinned") == "pinned" else f"-{where['allocator']}"
    cell["id"] = f"{label}-{where['workload']}-{size}-{where['dtype']}-{where['device']}{threads}{allocator}"
    for entry in entries:
        entry["extra_info"]["cell"] = cell["id"]


def times(document: Document, draw: random.Random) -> None:
    """All the times of an entry, longer or shorter, alike or none."""
    stats = draw.choice(document["benchmarks"])["stats"]
    factor = draw.choice((-1, 0, 1e-7, 1e-3, 1e3, 1e9))
    stats["data"] = draw.choice(
        ([each * factor for each in stats["data"]], [1e-3 * factor] * len(stats["data"]), stats["data"][:1])
    )


def leave_out(document: Document, draw: random.Random) -> None:
    """A cell with its entries, all entries of a phase, or some rounds of them."""
    entries, cell = document["benchmarks"], draw.choice(document["fiftyx"]["cells"])
    phase, count = draw.choice(entries)["extra_info"]["phase"], draw.randrange(1, 6)
    whole = draw.randrange(3)
    if whole == 0:
        gone = of_cell(document, cell)
        document["benchmarks"] = [entry for entry in entries if entry not in gone]
        document["fiftyx"]["cells"].remove(cell)
    elif whole == 1:
        document["benchmarks"] = [entry for entry in entries if entry["extra_info"]["phase"] != phase]
    else:
        for entry in of_cell(document, cell):
            entry["extra_info"]["rounds"], entry["stats"]["data"] = (
                values[:count] for values in (entry["extra_info"]["rounds"], entry["stats"]["data"])
            )


MUTATIONS: tuple[Callable[[Document, random.Random], None], ...] = (
    *(delete, rename, put, put, put, swap, scale, repeat, empty, move, move, times, leave_out),
)
