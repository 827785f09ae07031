"""Several intervals that hold all at once: who is singled out among many is not singled out by chance."""

from dataclasses import replace

from bench.stats.estimate import CONFIDENCE, Estimate


def simultaneous(estimate: Estimate, count: int) -> Estimate:
    """A positive quantity with one of `count` intervals that together hold with CONFIDENCE (Bonferroni; Dunn, 1961).

    Its own Student's t interval over restarts, on the logarithm, is widened as if it had to miss `count` times more
    seldom. However the quantities depend on each other, at most 5% of such families have an interval that misses.
    """
    if estimate.low is None or estimate.high is None:
        return estimate
    from scipy.special import stdtrit  # here, since it takes long to import

    miss, freedom = (1 - CONFIDENCE) / 2, estimate.restarts - 1
    wider = float(stdtrit(freedom, 1 - miss / count) / stdtrit(freedom, 1 - miss))
    low, high = (estimate.value * (end / estimate.value) ** wider for end in (estimate.low, estimate.high))
    return replace(estimate, low=low, high=high)
