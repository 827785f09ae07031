"""`fiftyx check` as users call it."""

SMALL = ("--size", "8,16,4,2")


def test_check_prints_a_line_for_each_cell_and_exits_with_1_where_one_is_wrong(fiftyx, write_net):
    folder = write_net(
        "halves", "def backward(self):\n    super().backward()\n    self.grads['w1'] = self.grads['w1'] / 2"
    )
    answer = fiftyx("check", "numpy_manual", "halves", "--nets", folder, *SMALL)
    assert answer.returncode == 1
    lines = {line.split()[1].partition("-")[0]: line for line in answer.stdout.splitlines()}
    assert lines["numpy_manual"].startswith("agrees")
    assert lines["halves"].startswith("wrong")
    assert "gradient of w1 is off by 5.0e-01" in lines["halves"]
    assert fiftyx("check", "numpy_manual", *SMALL).returncode == 0


def test_a_request_of_which_nothing_could_be_done_exits_with_3_and_says_why(fiftyx, tmp_path):
    (tmp_path / "foreign.py").write_text('import nosuchframework\nNETS = {"two_layer": nosuchframework.Net}')
    answer = fiftyx("check", "foreign", "--nets", tmp_path, *SMALL)
    assert answer.returncode == 3
    assert "skipped" in answer.stdout
    assert "pip install nosuchframework" in answer.stdout
