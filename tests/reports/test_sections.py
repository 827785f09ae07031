"""A section is one entry and one template."""

import shlex

from bench.nets.net_file import discover, find
from reports.page import FOLDER
from reports.sections import SECTIONS


def test_every_section_has_a_template_and_every_template_a_section() -> None:
    templates = {path.stem for path in (FOLDER / "templates" / "sections").glob("*.html")}
    assert sorted(templates) == sorted(section.id for section in SECTIONS)


def test_a_section_that_a_run_may_lack_names_what_it_needs_and_a_command_of_known_nets() -> None:
    nets = discover()
    for section in SECTIONS:
        assert bool(section.needs) == bool(section.command)
        words = shlex.split(section.command)
        assert words[:2] in ([], ["fiftyx", "run"])
        for word in words[2:] if "--size" not in words else ():
            find(nets, word)


def test_no_two_sections_have_one_name_in_the_navigation() -> None:
    names = [section.short for section in SECTIONS if section.short]
    assert len(names) == len(set(names))
