"""The precisions in which a net may compute."""

DTYPES = ("float32", "float64", "tf32", "bfloat16")
# Parameters, inputs and results in float32, but matrix products of numbers with 10 or 7 bits after the point.
REDUCED = ("tf32", "bfloat16")


def storage(dtype: str) -> str:
    """The dtype of the arrays: float32 where only the products are of a reduced precision."""
    return "float32" if dtype in REDUCED else dtype
