"""Words as a file's name or an id."""

import re


def slug(*words: object) -> str:
    """The words as one that may be a file's name or an id, whatever a run file has put into them."""
    return re.sub(r"[^a-z0-9._]+", "-", " ".join(map(str, words)).lower()).strip("-.")[:100]
