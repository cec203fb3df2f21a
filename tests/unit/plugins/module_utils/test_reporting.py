# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A verification as files. The page is looked at by a browser in tests/browser."""

from __future__ import annotations

import json
import os
import re
import stat
from html.parser import HTMLParser
from xml.etree import ElementTree

import junitparser
import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import reporting, spec
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine.reporting import (
    junit,
    page,
    plots,
    prometheus,
    summary,
)
from prometheus_client.parser import text_string_to_metric_families

from .replication_document import REGIONS, document, measured

FORMATS = ("html", "json", "junit", "prometheus")
HOSTILE = '<script>alert(1)</script> & "quotes" \'}}{{ 1234 * 5678 }}'


@pytest.fixture(scope="module")
def troubled():
    return document(tables=7, regions=3, troubled=True, rounds=8)


# The files


def test_each_format_is_written_for_its_user_alone_and_nothing_else_is(tmp_path):
    requested = {name: str(tmp_path / name) for name in FORMATS}
    reporting.check(requested)
    assert list(tmp_path.iterdir()) == []
    reporting.write(requested, document())
    assert sorted(os.listdir(tmp_path)) == sorted(FORMATS)
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}
    assert (tmp_path / "html").read_text().startswith("<!DOCTYPE html>")


def test_what_can_not_be_written_is_refused_before_anything_is_verified_all_of_it_at_once(tmp_path):
    shared = str(tmp_path / "same")
    requested = {"html": shared, "json": f"{tmp_path}/./same", "pdf": "x", "junit": "/nowhere/report.xml"}
    with pytest.raises(spec.Refused) as refused:
        reporting.check(requested)
    assert refused.value.problems == [
        "report.pdf is no format: choose among html, json, junit, prometheus.",
        f"report.html and report.json are the same file, {shared}: give each its own.",
        "report.junit is /nowhere/report.xml, but that directory doesn't exist: make it, or choose another.",
    ]


@pytest.mark.parametrize(
    ("name", "module", "package"),
    [
        ("html", page, "jinja2"),
        ("html", page, "vl-convert-python"),
        ("junit", junit, "junitparser"),
        ("prometheus", prometheus, "prometheus_client"),
    ],
)
def test_a_library_that_is_missing_is_named_by_its_package(tmp_path, monkeypatch, name, module, package):
    monkeypatch.setitem(module.PACKAGES, package, None)
    with pytest.raises(spec.Refused, match=f"report.{name} needs {package} on the host .*: pip install {package}"):
        reporting.check({name: str(tmp_path / "report"), "json": str(tmp_path / "json")})


def test_a_file_that_can_not_be_written_in_the_end_is_named_and_the_others_are_written(tmp_path):
    gone = tmp_path / "gone"
    with pytest.raises(spec.Refused, match=f"report.html {gone}/report.html can't be written, though"):
        reporting.write({"html": str(gone / "report.html"), "json": str(tmp_path / "report.json")}, document())
    assert json.loads((tmp_path / "report.json").read_text()) == document()


# JUnit


def suites(found):
    return junitparser.JUnitXml.fromstring(junit.render(found).encode())


def test_every_pair_convergence_and_item_is_a_case_and_nothing_that_is_not_a_pass_is_green(troubled):
    cases = {(case.classname, case.name): case for suite in suites(troubled) for case in suite}
    assert len(cases) == sum(len(summary.judged(table)) for table in troubled["tables"]) + 2
    for table in troubled["tables"]:
        for pair in table["pairs"]:
            case = cases[table["name"], f"{pair['source']} → {pair['target']}"]
            assert (case.is_passed, case.is_failure, case.is_error) == (
                pair["verdict"] == "pass",
                pair["verdict"] == "fail",
                pair["verdict"] == "unknown",
            )
            assert case.time == (pair["lag"]["p50"] or 0)
    assert cases["baskets", "convergence"].is_failure
    assert cases["payments", 'item {"id": "order-1"} from eu-west-1'].is_failure
    assert cases["payments", 'item {"id": "order-1"} from us-east-1'].is_passed
    # A refusal has no pair that says so, and what nothing had to replicate of would have no case at all.
    assert "independent regions" in cases["invoices", "table"].result[0].message
    assert cases["sessions", "table"].is_passed


def test_the_totals_are_those_of_the_cases(troubled):
    root = ElementTree.fromstring(junit.render(troubled))
    assert root.tag == "testsuites"
    for element in (root, *root):
        counted = {kind: len(element.findall(f".//{kind}")) for kind in ("failure", "error")}
        assert int(element.get("tests")) == len(element.findall(".//testcase"))
        assert int(element.get("failures")) == counted["failure"]
        assert int(element.get("errors")) == counted["error"]
        times = [float(case.get("time")) for case in element.iter("testcase")]
        assert float(element.get("time")) == pytest.approx(sum(times), abs=0.01)
    assert int(root.get("failures")) and int(root.get("errors"))


def test_the_elements_are_those_of_the_schema_that_ci_systems_read(troubled):
    """jenkins-junit.xsd of the xUnit plugin: names, their order, and the attributes they must have."""
    root = ElementTree.fromstring(junit.render(troubled))
    for suite in root:
        tags = [element.tag for element in suite]
        assert re.fullmatch("(properties )?(testcase )+(system-out )?", " ".join([*tags, ""]))
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.get("timestamp"))
        for case in suite.iter("testcase"):
            assert case.get("name") and case.get("classname") == suite.get("name")
            for result in case:
                assert result.tag in ("failure", "error")
                assert result.get("message") and result.get("type") in ("fail", "unknown")


def test_a_failure_has_its_reason_and_the_keys_and_the_suite_what_is_left_behind(troubled):
    text = "\n".join(ElementTree.fromstring(junit.render(troubled).encode()).itertext())
    assert 'missing: put of {"id": "multiregion.dynamodb/verification/us-east-1/1"}' in text
    assert 'altered: update of {"id": "7"}' in text
    assert "left behind in eu-west-1, or not confirmed as removed: " in text
    assert "an item of yours has a reserved key" in text


def test_what_a_terminal_obeys_or_xml_can_not_hold_is_in_no_report_but_exact_in_json(tmp_path):
    found, bad = document(), "bad \x00\x1b[31m\x9b\u202e\ud800\ufffe"
    table = found["tables"][0]
    table |= {
        "name": bad,
        "notes": [bad],
        "items": [{"key": {bad: bad}, "source": "us-east-1", "verdict": "pass", "reason": ""}],
    }
    table["pairs"][0] |= {"verdict": "unknown", "reason": f"{bad}\n{HOSTILE}"}
    paths = {name: str(tmp_path / name) for name in reporting.FORMATS}
    reporting.write(paths, found)
    texts = {name: (tmp_path / name).read_text() for name in paths}
    assert json.loads(texts.pop("json")) == found
    for text in texts.values():
        assert [character for character in text if not (character.isprintable() or character in "\n\t")] == []
        assert "\\x1b[31m\\x9b\\u202e" in text.replace("\\\\", "\\")
    [case, *_others] = next(iter(junitparser.JUnitXml.fromfile(paths["junit"])))
    assert case.result[0].text == f"bad \\x00\\x1b[31m\\x9b\\u202e\\ud800\\ufffe\n{HOSTILE}"


# Prometheus


@pytest.fixture(scope="module")
def scraped(troubled):
    return samples(troubled)


def samples(found):
    """Metric and labels -> value."""
    return {
        (sample.name.removeprefix("dynamodb_replication_"), *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(prometheus.render(found))
        for sample in family.samples
    }


def value(scraped, name, **labels):
    return scraped.get((name, *sorted(labels.items())))


PAIR = {"source": "us-east-1", "target": "eu-west-1"}


def test_lag_is_in_seconds_by_quantile_table_source_and_target():
    found = document(tables=2)
    [pair, _other] = found["tables"][1]["pairs"]
    scraped = samples(found)
    for quantile, figure in (("0.5", "p50"), ("0.95", "p95"), ("0.99", "p99"), ("1", "max")):
        assert value(scraped, "lag_seconds", table="customers", **PAIR, quantile=quantile) == pair["lag"][figure]
    assert value(scraped, "lag_measurements", table="customers", **PAIR) == 15


def test_what_was_not_measured_has_no_sample(scraped):
    assert value(scraped, "lag_seconds", table="customers", **PAIR, quantile="0.5") is None
    assert value(scraped, "lag_measurements", table="customers", **PAIR) == 0
    assert value(scraped, "convergence_verdict", table="stock-levels", verdict="pass") is None
    assert value(scraped, "user_items", table="orders", verdict="pass") is None


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("verdict", {}),
        ("table_verdict", {"table": "orders"}),
        ("pair_verdict", {"table": "orders", **PAIR}),
        ("convergence_verdict", {"table": "baskets"}),
    ],
)
def test_one_of_the_verdicts_is_1(scraped, name, labels):
    verdicts = [value(scraped, name, **labels, verdict=verdict) for verdict in ("pass", "fail", "unknown")]
    assert verdicts == [0, 1, 0]


def test_when_items_cost_and_what_is_left_are_there(troubled, scraped):
    assert value(scraped, "last_run_timestamp_seconds") == 1795600800  # date -u -d 2026-11-25T10:00:00Z +%s
    assert value(scraped, "run_duration_seconds") == 48.2
    assert value(scraped, "items", table="orders", **PAIR) == 5
    assert value(scraped, "arrived_items", table="orders", **PAIR) == 3
    assert value(scraped, "user_items", table="payments", verdict="fail") == 1
    assert value(scraped, "user_items", table="payments", verdict="pass") == 3
    assert value(scraped, "left_behind_items", table="customers", region="eu-west-1") == 3
    assert value(scraped, "left_behind_items", table="customers", region="us-east-1") == 0
    for kind in ("read", "write", "replicated_write"):
        cost = troubled["tables"][0]["cost"][f"{kind}_units"]
        assert value(scraped, "capacity_units", table="orders", kind=kind) == cost


def test_every_metric_has_a_help_text_and_the_type_of_a_gauge(troubled):
    for family in text_string_to_metric_families(prometheus.render(troubled)):
        assert family.type == "gauge" and family.documentation.endswith(".")


# The page


class Page(HTMLParser):
    """What a browser would run, fetch or jump to."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.ids, self.links, self.addresses = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        for name, value in attrs:
            assert not name.startswith("on")
            if name == "id":
                self.ids.append(value)
            if name == "href":
                self.links.append(value)
            if name in ("src", "href", "xlink:href", "data", "action", "poster", "srcset", "style"):
                self.addresses.append(value)


@pytest.fixture(scope="module")
def text(troubled):
    return page.render(troubled)


def test_the_page_runs_and_fetches_nothing(text):
    read = Page(text)
    assert not {"script", "link", "img", "iframe", "object", "embed", "image", "use"} & set(read.tags)
    assert all(address.startswith("#") for address in read.addresses)
    assert "url(" not in text and "@import" not in text and "@font-face" not in text
    assert "default-src 'none'" in text


def test_every_link_has_its_place_and_every_id_is_one(text):
    read = Page(text)
    assert len(set(read.ids)) == len(read.ids)
    assert {link.removeprefix("#") for link in read.links} <= set(read.ids)


def test_what_the_service_and_the_user_wrote_is_text():
    found = document(regions=2)
    table = found["tables"][0]
    table |= {"name": HOSTILE, "notes": [HOSTILE], "verdict": "fail", "msg": HOSTILE}
    for pair in table["pairs"]:
        pair |= {"source": HOSTILE, "verdict": "fail", "reason": HOSTILE}
        pair["missing"] = [{"operation": HOSTILE, "key": {HOSTILE: HOSTILE}}]
    table["regions"][0]["region"] = HOSTILE
    table["user_items"] = [{"key": {"id": HOSTILE}, "source": HOSTILE, "verdict": "unknown", "reason": HOSTILE}]
    text = page.render(found)
    assert "<script" not in text and "7006652" not in text
    assert "script" not in Page(text).tags
    assert text.count("&lt;script&gt;") > 10


def test_the_verdict_is_said_first_and_in_words(text):
    assert "<title>Replication: fail, 2026-11-25</title>" in text
    assert text.index("Of 7 tables, 4 failed, 1 couldn&#39;t be judged, 2 passed.") < text.index("<nav")
    assert "1 by states only, without writing items." in text


def test_problems_come_first_and_tables_with_one_reason_share_it():
    found = document(tables=9)
    for table in found["tables"][4:]:
        table["verdict"] = table["pairs"][0]["verdict"] = "unknown"
        table["pairs"][0]["reason"] = "no answer"
    found["tables"][8]["verdict"] = found["tables"][8]["pairs"][1]["verdict"] = "fail"
    found["tables"][8]["pairs"][1]["reason"] = "missing"
    shown = summary.summary(found)
    assert [table["name"] for table in shown["tables"][:3]] == ["orders-1", "stock-levels", "sessions"]
    assert [(problem["verdict"], len(problem["places"])) for problem in shown["problems"]] == [
        ("fail", 1),
        ("unknown", 5),
    ]


def test_the_worst_of_any_table_is_in_the_cell_of_all():
    found = document(tables=3)
    for seconds, table in zip((1.0, 7.0, 3.0), found["tables"], strict=True):
        table["pairs"][0]["lag"] = measured([seconds])
    found["tables"][2]["pairs"][0]["verdict"] = "unknown"
    [cell, _other] = summary.worst_cells(found["tables"])
    assert (cell["verdict"], cell["seconds"]) == ("unknown", 7.0)


def test_a_distribution_is_a_few_points_that_end_at_the_longest():
    points = summary.distribution([number / 1000 for number in range(10_000)])
    assert len(points) <= summary.POINTS + 1
    assert (points[0]["share"], points[-1]) == (0.0, {"seconds": 9.999, "share": 1.0})
    assert next(point["seconds"] for point in points if point["share"] >= 0.5) == pytest.approx(5, abs=0.05)


def test_a_cell_of_the_heat_map_tells_its_state_without_colour():
    cells = [
        {"source": REGIONS[0], "target": REGIONS[1], "verdict": "pass", "seconds": 0.456},
        {"source": REGIONS[1], "target": REGIONS[0], "verdict": "fail", "seconds": 12.34},
        {"source": REGIONS[0], "target": REGIONS[2], "verdict": "unknown", "seconds": None},
        {"source": REGIONS[2], "target": REGIONS[0], "verdict": "pass", "seconds": None},
    ]
    svg = plots.heat_map(cells, list(REGIONS[:3]))
    for label in (">0.46<", ">fail<", ">12.3<", ">unknown<", ">–<"):
        assert label in svg
    assert svg.count('stroke="var(--fail)"') == 1
    assert re.search('stroke="var\\(--unknown\\)"[^>]*stroke-dasharray="3,3"', svg)
    assert svg.count('fill="var(--lag-') == 1 and 'fill="var(--lag-1)"' in svg


def test_the_watch_shows_what_was_late_and_by_how_much(troubled):
    shown = summary.summary(troubled)
    [first, *others] = shown["watch"]
    assert (first["source"], first["late"], first["longest"]) == ("us-east-1", ["eu-west-1", "ap-southeast-2"], 10.0)
    assert all(not other["late"] for other in others)


@pytest.mark.parametrize("change", ["states", "single", "zero"])
def test_a_page_without_a_single_lag_or_with_none_but_zero_is_a_page(change):
    found = document()
    table = found["tables"][0]
    if change == "single":
        table |= {"pairs": [], "convergence": None}
    for pair in table["pairs"]:
        pair["lag"] = measured([] if change == "states" else [0.0] * 3)
    text = page.render(found)
    assert ("None was measured" in text) == (change == "states")
    assert ("<svg role" in text) == (change != "single")
