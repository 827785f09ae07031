"""One colour a framework, the same on every chart; colour-blind readers can tell all of them apart."""

# Tones that keep a contrast of 3:1 on white paper and on a dark screen alike. Unknown frameworks are grey.
FRAMEWORKS = {
    "numpy": "#3d7fc4",
    "torch": "#d8532b",
    "tensorflow": "#b5820f",
    "jax": "#b0569c",
    "cupy": "#0d9276",
    "keras": "#7a7ae0",
    "triton": "#2b93a8",
}
UNKNOWN = "#858585"

# What depends on the page's light or dark scheme: `svg.inline` puts CSS in the place of these very colours, which
# nothing else may have; pictures are printed in them as they are.
INK = "#1b1b1e"
MUTED = "#63646b"
PAPER = "#fefefe"
SCHEME = {INK: "currentColor", MUTED: "var(--muted)", PAPER: "var(--paper)"}


def colour(framework: str) -> str:
    """A framework's colour; grey where it is not known."""
    return FRAMEWORKS.get(framework, UNKNOWN)


def tint(tone: str, share: float) -> str:
    """The tone mixed with a share of mid-light grey, which stands out from white and from black."""
    parts = (int(tone[start : start + 2], 16) for start in (1, 3, 5))
    return "#" + "".join(f"{round(part + (208 - part) * share):02x}" for part in parts)
