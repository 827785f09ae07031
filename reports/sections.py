"""What each section of the page needs, for runs that have nothing for it."""

# By the section's address: what it is called, what it needs, and a command that measures that.
NEEDS = {
    "scaling": ("Speedup against size", "several sizes", "fiftyx run --size sweep"),
    "grid": ("Speedup over batch and hidden width", "several of both", "fiftyx run --size sweep"),
    "speedups": ("Speedups over NumPy", "a net beside NumPy", "fiftyx run"),
    "ladder": ("The ladder", "NumPy in float64 and float32, and another net beside them", "fiftyx run"),
    "phases": ("Phases of a step", "a net that offers them", "fiftyx run torch_autograd"),
    "abstractions": (
        "Cost of each abstraction",
        "one framework's ways side by side",
        "fiftyx run torch_tensor torch_autograd torch_custom_function torch_nn torch_optim torch_module",
    ),
    "break-even": (
        "Break-even of compilation",
        "a compiled net beside its eager one",
        "fiftyx run torch_autograd torch_compile",
    ),
    "floors": ("Distance from the floors", "floors beside the cells, as newer runs have them", "fiftyx run"),
    "distribution": ("Every round", "a timed cell", "fiftyx run"),
    "agreement": ("Agreement with float64 NumPy", "a net that can run", "fiftyx run"),
    "memory": ("Memory", "peaks, as newer runs record them", "fiftyx run"),
}
