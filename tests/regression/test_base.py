"""The base of a duel: nets of a revision, and requests that name no base or one too many."""

import pytest

from bench.errors import UserError
from bench.regression.base import Base, at_revision, extract, opened
from tests.helpers.answers import refused
from tests.helpers.checkouts import git, write_sleeping


def test_a_revision_lends_the_nets_as_they_were_for_as_long_as_the_duel_lasts(repository):
    with opened(Base(revision="main"), [repository]) as base:
        assert base.label == "base main"
        assert "sleep(0.002)" in base.nets["slowed"].path.read_text()
        assert "sleep(0.0026)" in (repository / "slowed.py").read_text()
        folder = base.launch.packages
        assert folder.is_dir()
    assert not folder.exists()


def test_a_file_that_was_broken_at_a_revision_is_named_as_git_names_it(repository, tmp_path):
    family = repository / "implementations" / "two_layer"
    family.mkdir(parents=True)
    (family / "torch_nn.py").write_text("NETS = {")
    git(repository, "add", ".")
    git(repository, "commit", "-m", "a folder of families")
    nets = at_revision("main", [repository / "implementations"], tmp_path / "packages")
    assert nets["torch_nn"].defect.startswith("main:implementations/two_layer/torch_nn.py ")


def test_a_folder_outside_git_has_no_revisions(tmp_path):
    with pytest.raises(UserError, match=r"not a git repository.*--base-tree"):
        extract(write_sleeping(tmp_path / "nets", "idle").parent, "main", tmp_path / "place")


@pytest.mark.parametrize(
    ("words", "fact", "remedy"),
    [
        ([], "nothing to compare with", "--base"),
        (["--base", "main", "--base-tree", "."], "--base and --base-tree", "leave out one"),
        (["--base", "main", "--twin-python", "python"], "--twin-python", "--base-python"),
        (["--base", "no-such-revision"], "at no-such-revision", "name another --base"),
        (["--base", "--output=x"], "at --output=x", "name another --base"),
        (["--base-tree", "nowhere"], "--base-tree nowhere", "give a checkout"),
        (["--base-python", "/no/python"], "--base-python /no/python", "give the path"),
        (["--base-python", "true"], "--base-python true", "give the path"),
        (["--base-env", "NAME"], "--base-env NAME", "give NAME=VALUE"),
        (["--base-env", "OMP_NUM_THREADS=1"], "OMP_NUM_THREADS", "add --threads all"),
        (["--base-tree", ".", "--pairs", "3"], "3 is not in the range 5<=x<=20", ""),
        (["--base-tree", ".", "--margin", "0"], "0.0 is not in the range", ""),
    ],
)
def test_a_bad_request_is_refused_in_one_line(words, fact, remedy, fiftyx):
    line = refused(fiftyx("duel", "numpy_manual", *words))
    assert fact in line
    assert remedy in line
