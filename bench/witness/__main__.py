"""The witness's process: answers every line on its standard input with seconds for each processor, as JSON."""

import json
import os
import sys

from bench.witness.work import OnEveryProcessor
from bench.worker.parent import die_with
from bench.worker.processors import TURNS


def main() -> None:
    die_with(int(sys.argv[1]))
    work = OnEveryProcessor(TURNS or [list(range(os.cpu_count() or 1))])
    for _ in sys.stdin:
        print(json.dumps(work.read()), flush=True)


if __name__ == "__main__":
    main()
