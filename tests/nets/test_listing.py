"""`fiftyx list`, for people and for machines."""

import json

from bench.nets.net_file import discover
from bench.records.cell import holds_lower_bounds
from tests.conftest import ROOT
from tests.helpers.answers import listed


def test_list_shows_every_net_and_why_one_cannot_run(fiftyx, tmp_path):
    (tmp_path / "foreign.py").write_text('import nosuchframework\nNETS = {"two_layer": nosuchframework.Net}')
    answer = fiftyx("list", "--nets", tmp_path)
    assert answer.returncode == 0
    for path in (ROOT / "implementations").rglob("[!_]*.py"):
        assert path.stem in answer.stdout
    assert "pip install nosuchframework" in answer.stdout


def test_list_shows_of_a_variant_what_it_offers_and_not_what_its_net_offers(fiftyx):
    rows = listed(fiftyx("list").stdout)
    assert {"float32", "float64"} <= set(rows["keras_model:jax"])
    assert "float64" not in rows["keras_model:torch"]
    assert {"cuda"} == set(rows["torch_compile:reduce_overhead"]) & {"cpu", "cuda"}
    assert "dynamic" not in rows["torch_compile:one_graph"]


def test_a_piped_list_names_each_variant_at_the_beginning_of_a_line(fiftyx):
    rows = listed(fiftyx("list").stdout)
    nets = {name: net for name, net in discover().items() if not holds_lower_bounds(name)}
    labels = [f"{net.name}:{variant}" if variant else net.name for net in nets.values() for variant in net.variants]
    assert [label for label in rows if label in labels] == labels


def test_list_for_machines_says_of_every_net_whether_it_runs_here_and_why_not(fiftyx, tmp_path):
    (tmp_path / "foreign.py").write_text('"""Foreign."""\nimport nosuch\nNETS = {"two_layer": nosuch.Net}')
    answer = fiftyx("list", "--json", "--nets", tmp_path)
    assert answer.returncode == 0, answer.stderr
    catalog = json.loads(answer.stdout)
    assert {"nets", "floors", "workloads", "sizes", "dtypes", "devices"} == catalog.keys()
    assert catalog["sizes"]["tutorial"] == {"batch": 64, "d_in": 1000, "hidden": 100, "d_out": 10}
    nets = {net["name"]: net for net in catalog["nets"]}
    assert nets["foreign"]["title"] == "Foreign."
    assert nets["foreign"]["framework"] == "nosuch"
    (variant,) = nets["foreign"]["variants"]
    assert not variant["runs_here"]
    assert variant["obstacles"] == {"cpu": "nosuch is not installed: pip install nosuch"}
    (variant,) = nets["numpy_manual"]["variants"]
    assert variant["runs_here"]
    assert variant["devices"] == ["cpu"]
    assert set(variant["workloads"]) <= catalog["workloads"].keys()


def test_floors_are_listed_apart_from_the_nets_and_a_broken_one_with_its_defect(fiftyx, tmp_path):
    (tmp_path / "foreign_floors.py").write_text('import nosuch\nNETS = {"two_layer": nosuch.Floors}')
    (tmp_path / "broken_floors.py").write_text("DEVICES = ('cpu',)")
    lines = fiftyx("list", "--nets", tmp_path).stdout.splitlines()
    (floors,) = [line for line in lines if line.startswith("yardsticks, ")]
    assert {"torch_floors", "foreign_floors", "broken_floors"} <= set(floors.replace(",", "").split())
    assert not any(line.split()[0].endswith("_floors") for line in lines)
    assert any("foreign_floors" in line and "pip install nosuch" in line for line in lines)
    assert any("broken_floors" in line and "does not define NETS" in line for line in lines)

    catalog = json.loads(fiftyx("list", "--json", "--nets", tmp_path).stdout)
    assert {"torch_floors", "foreign_floors"} <= {net["name"] for net in catalog["floors"]}
    assert not any(holds_lower_bounds(net["name"]) for net in catalog["nets"])


def test_a_user_s_folder_may_hold_anything_in_folders_of_its_own(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "helper.py").write_text("")
    (tmp_path / "mine.py").write_text('NETS = {"two_layer": object}')
    for found in (discover([tmp_path]), discover([], tmp_path)):
        assert "mine" in found and "helper" not in found
