"""Verdicts in every form: what they say, and that names stay names."""

import json
import re
from xml.etree import ElementTree

import pytest
from markdown_it import MarkdownIt

from bench import markdown
from bench.cli.verdict_format import FORMATS, ORDER, headline, render
from bench.errors import UserError
from bench.records.verdict import JUDGED, RED, Verdict, exit_status
from bench.stats.estimate import Estimate

SLOWER = Verdict("slow_net", "slower", Estimate(1.052, 1.041, 1.063, 20), pairs=20, margin=0.02)
WORSE = Verdict("slower_net", "slower", Estimate(1.31, 1.2, 1.4, 20), margin=0.02)
SAME = Verdict("same_net", "same", Estimate(1.001, 0.99, 1.012, 20), control=Estimate(1.003, 0.99, 1.01, 20))
ABSENT = Verdict("absent_net", "not comparable", None, "failed in head (no such module)")
ALL = [SAME, ABSENT, *(Verdict(f"{outcome} net", outcome, Estimate(1.1, 1.0, 1.2, 5)) for outcome in ORDER)]
EVIL = "<img src=x>|`a`|@team #1 $x$ *b*\n[c](http://d)\x00\x1b[31m"


def test_the_first_sentence_says_how_many_are_slower_and_by_how_much():
    assert headline([SLOWER, SAME]) == "1 of 2 cells is slower, by 5.2%; 1 same."
    assert headline([SLOWER, WORSE]) == "2 of 2 cells are slower, the worst by 31.0%."
    assert headline([SAME, ABSENT]) == "No cell is slower: 1 same, 1 not comparable."


def test_a_head_that_is_wrong_is_red_in_every_form_though_no_cell_is_slower():
    wrong = Verdict("bad_net", "wrong", None, "head: wrong: gradient of w1 is off by 5.0e-01")
    assert headline([wrong, SAME]) == "1 of 2 cells is wrong; 1 same."
    assert headline([wrong, SLOWER]) == "1 of 2 cells is wrong; 1 of 2 cells is slower, by 5.2%."
    assert exit_status([wrong, SAME]) == 1
    suites = ElementTree.fromstring(render([wrong, SAME], "junit", "title"))
    assert suites.get("failures") == "1" and suites.get("skipped") == "0"
    assert suites.find(".//failure").get("type") == "wrong"


def test_a_comparison_in_which_no_cell_could_be_judged_is_not_called_a_success():
    assert headline([ABSENT]) == "No cell could be judged: 1 not comparable."
    assert headline([]) == "Nothing could be compared."


@pytest.mark.parametrize("outcome", ["inconclusive", "contaminated"])
def test_one_cell_that_could_not_be_judged_keeps_a_comparison_from_being_a_success(outcome):
    unknown = Verdict("unknown_net", outcome, SAME.ratio)
    assert exit_status([SAME, SAME]) == exit_status([SAME, ABSENT]) == 0
    assert exit_status([SAME, unknown]) == 3
    assert exit_status([SLOWER, unknown]) == 1
    assert headline([SAME, unknown]) == f"1 of 2 cells could not be judged, no other is slower: 1 same, 1 {outcome}."


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_what_matters_most_comes_first(form):
    answer = render(ALL, form, "title")
    places = [answer.index(f"{outcome} net") for outcome in ORDER]
    assert places == sorted(places)


def test_text_has_headings_and_one_line_for_each_cell_after_the_sentence_and_then_the_terms():
    first, headings, *cells, last = render(ALL, "text", "head against base", "On these terms.").splitlines()
    assert first.startswith("head against base: ")
    assert re.split("  +", headings) == ["verdict", "cell", "head over base", "95% interval", "control", "why"]
    assert len(cells) == len(ALL)
    assert last == "On these terms."


def test_a_column_that_is_empty_has_no_heading():
    answer = render([SLOWER], "text", "head against base").splitlines()
    assert re.split("  +", answer[1]) == ["verdict", "cell", "head over base", "95% interval"]
    assert answer[1].index("head over base") == answer[2].index("+5.2%")


def test_an_answer_about_nothing_is_one_line_of_text():
    assert len(render([], "text", "head against base", "No cell in common.").splitlines()) == 1


def test_json_has_every_field_and_the_exit_status():
    document = json.loads(render([SLOWER, ABSENT], "json", "title", "note"))
    assert (document["title"], document["note"], document["status"]) == ("title", "note", 1)
    assert document["verdicts"][0]["ratio"] == {"value": 1.052, "low": 1.041, "high": 1.063, "restarts": 20}
    assert document["verdicts"][1]["outcome"] == "not comparable"
    assert document["verdicts"][1]["ratio"] is None


def test_junit_fails_for_slower_and_wrong_skips_what_could_not_be_judged_and_passes_the_rest():
    suites = ElementTree.fromstring(render(ALL, "junit", "title"))
    (suite,) = suites
    assert suites.tag == "testsuites"
    for element in (suites, suite):
        assert {name: element.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
            "tests": str(len(ALL)),
            "failures": str(len(suite.findall("testcase/failure"))),
            "errors": "0",
            "skipped": str(len(suite.findall("testcase/skipped"))),
        }
    for case, verdict in zip(suite, sorted(ALL, key=lambda one: ORDER.index(one.outcome)), strict=True):
        assert case.get("name") == verdict.cell and case.get("classname") and case.get("time")
        assert (case.find("failure") is not None) == (verdict.outcome in RED)
        assert (case.find("skipped") is not None) == (verdict.outcome not in JUDGED | RED)
    assert "no such module" in next(case for case in suite if case.get("name") == "absent_net").find("skipped").get(
        "message"
    )


def test_junit_survives_characters_that_no_xml_may_hold():
    evil = Verdict(EVIL, "slower", SLOWER.ratio, EVIL)
    ((case,),) = ElementTree.fromstring(render([evil], "junit", EVIL, EVIL))
    assert "<img src=x>" in case.get("name")
    assert "\x00" not in case.get("name")


def test_markdown_begins_with_the_sentence_and_folds_what_is_the_same():
    answer = render([SAME, SLOWER], "markdown", "head against base", "On these terms.")
    assert answer.startswith("**1 of 2 cells is slower, by 5.2%; 1 same.** head against base\n\n| Cell |")
    before, _, folded = answer.partition("<details>")
    assert "slow_net" in before and "same_net" not in before
    assert "same_net" in folded and "On these terms." in folded
    assert answer.count("<details>") == answer.count("</details>") == 2


def test_names_and_reasons_in_markdown_are_shown_and_not_obeyed():
    answer = render([Verdict(EVIL, "inconclusive", None, EVIL)], "markdown", EVIL, EVIL)
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(answer)
    tags = set(re.findall(r"<(\w+)", html))
    assert tags == {"p", "strong", "table", "thead", "tr", "th", "tbody", "td", "code", "details", "summary"}
    assert html.count("<td") == 6, "a pipe in a name made a column"
    assert html.count("&lt;img src=x&gt;|`a`|@") == 4
    # GitHub makes a mention of what stands outside code.
    outside = re.sub(r"<code>.*?</code>", "", html)
    assert "@team" not in outside and "#1" not in outside
    assert "\x00" not in html and "\x1b" not in html


@pytest.mark.parametrize("count", [10, 3000])
def test_markdown_fits_a_comment_and_says_how_many_cells_were_left_out(count):
    answer = render(
        [Verdict(f"net_{n}" + "x" * 50, "slower", SLOWER.ratio) for n in range(count)], "markdown", "t", "n"
    )
    assert len(answer) < 65_536
    shown = sum(line.startswith("| `net_") for line in answer.splitlines())
    assert (f"{count - shown} more do not fit here." in answer) == (count > shown)
    assert shown == count or len(answer) > 50_000


def test_a_summary_is_appended_where_github_asks_for_one(tmp_path, monkeypatch):
    monkeypatch.delenv(markdown.SUMMARY, raising=False)
    markdown.summarise("nowhere")
    monkeypatch.setenv(markdown.SUMMARY, str(tmp_path / "summary.md"))
    markdown.summarise("one")
    markdown.summarise("two")
    assert (tmp_path / "summary.md").read_text() == "one\ntwo\n"
    monkeypatch.setenv(markdown.SUMMARY, str(tmp_path))
    with pytest.raises(UserError, match=r"^cannot write .+ \(.+\): unset"):
        markdown.summarise("three")


@pytest.mark.parametrize("form", FORMATS)
def test_no_form_breaks_on_a_comparison_without_cells(form):
    assert render([], form, "title", "note")
