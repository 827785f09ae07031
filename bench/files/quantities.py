"""Numbers and texts within the bounds that every run keeps to: what lies beyond is damage, and would overflow later."""

from typing import Annotated

from msgspec import Meta

MOST_SECONDS = 1e7
# A processor's clock ticks in 3e-10 s, and a sample is the mean over many of the shortest operations.
LEAST_SECONDS = 1e-12

Name = Annotated[str, Meta(min_length=1)]
Threads = Annotated[str, Meta(pattern=r"\A(all|[1-9][0-9]{0,5})\Z")]
Count = Annotated[int, Meta(ge=0, le=10**15)]
Positive = Annotated[int, Meta(ge=1, le=10**15)]
Width = Annotated[int, Meta(ge=0, le=10**9)]
# A time, whose logarithm is taken.
Seconds = Annotated[float, Meta(ge=LEAST_SECONDS, le=MOST_SECONDS)]
# A time that may be none at all.
Duration = Annotated[float, Meta(ge=0, le=MOST_SECONDS)]
# A time less the cost of an idle wait, which may come out negative.
Difference = Annotated[float, Meta(ge=-MOST_SECONDS, le=MOST_SECONDS)]
# Joules, watts, GiB.
Amount = Annotated[float, Meta(ge=0, le=1e30)]
# Operations or bytes, where whole numbers stay exact.
Work = Annotated[int, Meta(ge=0, le=10**18)] | Amount
Reading = Annotated[float, Meta(ge=-1e15, le=1e15)]
# A relative error, which of an exploding net may be anything; none is compared with a limit of 0.
Error = Annotated[float, Meta(ge=0)]
Limit = Annotated[float, Meta(gt=0, le=1e30)]
