"""The child process: answers the requests on its standard input, until there are no more.

Answers go to what was standard output; whatever a framework prints goes to standard error.
"""

import os
import sys

from bench.records.record import CellEnded
from bench.worker.nuisances import allocation
from bench.worker.parent import die_with
from bench.worker.protocol import answer_to_line, end_to_line, request_from_line
from bench.worker.session import Session
from bench.worker.threads import confine

# Frameworks' errors run over many lines; the first part tells most.
REASON_CHARACTERS = 400


def one_line(text: str) -> str:
    joined = " ".join(text.split())
    return joined if len(joined) <= REASON_CHARACTERS else f"{joined[:REASON_CHARACTERS]} ..."


def main() -> None:
    parent, threads = int(sys.argv[1]), sys.argv[2]
    die_with(parent)
    confine(threads, loading=True)
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    held = allocation()
    session = Session(threads)
    for line in sys.stdin:
        try:
            said = answer_to_line(session.answer(request_from_line(line)))
        except CellEnded as end:
            said = end_to_line(end)
        except Exception as error:  # the net's own failure, to be reported, whatever it is
            said = end_to_line(CellEnded("failed", one_line(f"{type(error).__name__}: {error}")))
        print(said, file=answers, flush=True)
    del held
    os._exit(0)  # the frameworks' own tear-down takes seconds and proves nothing


if __name__ == "__main__":
    main()
