"""`fiftyx new`: the file that it writes is a net that runs, and nothing is overwritten."""

from tests.helpers.answers import refused

SMALL = ("--size", "8,16,4,2")


def test_a_new_net_agrees_as_it_is(fiftyx, tmp_path):
    answer = fiftyx("new", "mine", "--nets", tmp_path)
    assert answer.returncode == 0, answer.stderr
    assert f"fiftyx check mine --nets {tmp_path}" in answer.stdout
    checked = fiftyx("check", "mine", "--nets", tmp_path, *SMALL)
    assert checked.returncode == 0, checked.stdout
    for dtype in ("float32", "float64"):
        assert f"agrees   mine-two_layer-8x16x4x2-{dtype}-cpu" in checked.stdout


def test_nothing_is_overwritten_and_no_name_is_taken_twice(fiftyx, tmp_path):
    (tmp_path / "mine.py").write_text("mine")
    assert "already exists" in refused(fiftyx("new", "mine", "--nets", tmp_path))
    assert (tmp_path / "mine.py").read_text() == "mine"
    assert "there is a net numpy_manual already" in refused(fiftyx("new", "numpy_manual", "--nets", tmp_path))
    assert "is no name for a net" in refused(fiftyx("new", "my-net", "--nets", tmp_path))
    assert "is not a folder" in refused(fiftyx("new", "mine", "--nets", tmp_path / "nowhere"))


def test_a_typo_in_what_a_file_declares_is_named_with_the_nearest_name_by_every_command(fiftyx, write_net, tmp_path):
    typos = {
        'DTYPES = ("float32", "float64")': ('DTYPES = ("flaot64",)', "unknown dtype 'flaot64': did you mean float64?"),
        'NETS = {"two_layer": TwoLayer}': (
            'NETS = {"twolayer": TwoLayer}',
            "unknown workload 'twolayer': did you mean",
        ),
        "import os\n": ('DEVICES = ("cdua",)\n', "unknown device 'cdua': did you mean cuda?"),
        "import signal\n": ('ONLY = {"fed": {}}\n', "unknown variant in ONLY 'fed'"),
    }
    folder = write_net("mine", "pass")
    right = (folder / "mine.py").read_text()
    for here, (wrong, message) in typos.items():
        assert here in right
        (folder / "mine.py").write_text(right.replace(here, wrong))
        for words in (("list",), ("check", "mine", *SMALL), ("run", "mine", *SMALL)):
            assert message in fiftyx(*words, "--nets", folder).stdout, (words, message)
