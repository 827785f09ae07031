"""`python -m bench` is the `fiftyx` command, from a bare checkout too."""

from bench.cli.main import main

if __name__ == "__main__":
    main()
