"""The workflows: what they make of an exit status."""

import os
import re
import subprocess
import textwrap

import pytest

from bench.worker.environment import ROOT

WORKFLOWS = ROOT / ".github" / "workflows"


def measuring_step(workflow: str, command: str) -> str:
    """The shell script of the step that runs the command."""
    scripts = re.findall(r"^( +)  run: \|\n((?:\1    .*\n)+)", (WORKFLOWS / workflow).read_text(), re.MULTILINE)
    return next(textwrap.dedent(script) for _, script in scripts if command in script)


@pytest.mark.parametrize(("workflow", "command"), [("duel.yml", "fiftyx duel"), ("nightly.yml", "fiftyx trend")])
@pytest.mark.parametrize("status", [0, 1, 2, 3])
def test_a_status_is_handed_to_the_job_that_shows_it_and_3_comes_with_a_warning(workflow, command, status, tmp_path):
    fiftyx = tmp_path / "fiftyx"
    fiftyx.write_text(f'#!/bin/sh\n[ "$1" = report ] || exit {status}\n')
    fiftyx.chmod(0o755)
    environment = os.environ | {
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "GITHUB_WORKSPACE": str(tmp_path),
    }
    script = ["bash", "-e", "-c", measuring_step(workflow, command)]
    done = subprocess.run(script, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "output").read_text() == f"status={status}\n"
    assert ("::warning" in done.stdout) == (status == 3)


@pytest.mark.parametrize("workflow", ["duel.yml", "nightly.yml"])
def test_the_job_that_shows_the_status_is_skipped_at_3_and_else_exits_with_it(workflow):
    text = (WORKFLOWS / workflow).read_text()
    assert "if: ${{ !cancelled() && needs.measure.outputs.status != '3' }}" in text
    assert '- run: exit "${{ needs.measure.outputs.status || 1 }}"' in text
    assert re.search(r"outputs:\n +status: \$\{\{ steps\.\w+\.outputs\.status \}\}", text)
