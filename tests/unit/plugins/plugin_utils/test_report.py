# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A verification as files. The page is looked at by a browser in tests/browser."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import junitparser
import pytest
import yaml
from ansible_collections.multiregion.dynamodb.plugins.filter import report as report_filter
from ansible_collections.multiregion.dynamodb.plugins.filter import report_problems
from ansible_collections.multiregion.dynamodb.plugins.plugin_utils import _plots, _report
from prometheus_client.parser import text_string_to_metric_families

from .replication_document import REGIONS, document, measured

FORMATS = ("html", "json", "junit", "prometheus", "summary")
HOSTILE = '<script>alert(1)</script></style> & "quotes" \\ \'}}{{ 1234 * 5678 }}'
UNPRINTABLE = "bad \x00\x1b[31m\x9b\u202e\ud800\ufffe"
[rendered] = report_filter.FilterModule().filters().values()
[problems_of] = report_problems.FilterModule().filters().values()


@pytest.fixture(scope="module")
def troubled():
    return document(tables=7, regions=3, trouble="every", rounds=8)


# The files


def test_what_can_not_be_written_is_said_all_of_it_at_once(tmp_path):
    shared = str(tmp_path / "same")
    requested = {"html": shared, "json": f"{tmp_path}/./same", "junit": "/nowhere/report.xml", "summary": None}
    assert problems_of(requested) == [
        f"verify_report.html and verify_report.json are the same file, {shared}: give each its own.",
        "verify_report.junit is /nowhere/report.xml, but that directory doesn't exist: make it, or choose another.",
    ]
    assert problems_of({name: str(tmp_path / name) for name in FORMATS}) == []
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_another_user_is_not_replaced(tmp_path, monkeypatch):
    path = tmp_path / "report"
    path.write_text("theirs")
    assert problems_of({"json": str(path)}) == []
    monkeypatch.setattr("os.geteuid", lambda: path.stat().st_uid + 1)
    [problem] = problems_of({"json": str(path)})
    assert problem.endswith("is another user's: choose another.")


def test_a_library_that_is_missing_is_named_by_its_package(tmp_path, monkeypatch):
    monkeypatch.setattr(_plots, "vl_convert", None)
    [problem] = problems_of({"html": str(tmp_path / "report"), "json": str(tmp_path / "json")})
    assert "verify_report.html needs vl-convert-python on the controller: pip install vl-convert-python" in problem


def test_what_a_terminal_obeys_or_xml_can_not_hold_is_in_no_report_but_exact_in_json():
    found = document()
    table = found["tables"][0]
    key = {UNPRINTABLE: UNPRINTABLE}
    table |= {"name": UNPRINTABLE, "notes": [UNPRINTABLE]}
    table |= {"user_items": [{"key": key, "source": "us-east-1", "verdict": "pass", "reason": ""}]}
    table["pairs"][0] |= {"verdict": "unknown", "reason": f"{UNPRINTABLE}\n{HOSTILE}"}
    found["summary"] = [UNPRINTABLE]
    texts = {name: rendered(found, name, "production") for name in FORMATS}
    assert json.loads(texts.pop("json")) == {"host": "production", **found}
    for text in texts.values():
        assert [character for character in text if not (character.isprintable() or character in "\n\t")] == []
        assert "\\x1b[31m\\x9b\\u202e" in text.replace("\\\\", "\\")
    [case, *_others] = next(iter(junitparser.JUnitXml.fromstring(texts["junit"].encode())))
    assert case.result[0].text == f"bad \\x00\\x1b[31m\\x9b\\u202e\\ud800\\ufffe\n{HOSTILE}"


def test_a_summary_has_five_lines_at_most_the_first_and_the_totals(troubled):
    first, *lines = rendered(troubled, "summary", "production").splitlines()
    assert first == "production (123456789012): replication fail, 2026-11-25T10:00:00Z"
    left_out = f"And {len(troubled['summary']) - 3} more lines: see the report, or the result's summary."
    assert lines == [*troubled["summary"][:2], left_out, troubled["summary"][-1]]
    passed = document()
    assert rendered(passed, "summary", "production").splitlines()[1:] == passed["summary"]


# JUnit


def suites(found):
    return junitparser.JUnitXml.fromstring(rendered(found, "junit", "production").encode())


def test_every_pair_convergence_and_item_is_a_case_and_nothing_that_is_not_a_pass_is_green(troubled):
    cases = {(case.classname, case.name): case for suite in suites(troubled) for case in suite}
    parts = [(*table["pairs"], *table["user_items"], table["convergence"]) for table in troubled["tables"]]
    assert len(cases) == sum(part is not None for of_table in parts for part in of_table) + 2
    for table in troubled["tables"]:
        for pair in table["pairs"]:
            case = cases[table["name"], f"{pair['source']} → {pair['target']}"]
            assert (case.is_passed, case.is_failure, case.is_error) == (
                pair["verdict"] == "pass",
                pair["verdict"] == "fail",
                pair["verdict"] == "unknown",
            )
            waited = max((one["waited"] for one in pair["missing"]), default=0)
            assert case.time == (waited or pair["lag"]["p50"] or 0)
    assert cases["baskets", "convergence"].is_failure
    assert cases["payments", 'item {"id": "order-1"} from eu-west-1'].is_failure
    assert cases["payments", 'item {"id": "order-1"} from us-east-1'].is_passed
    # A refusal has no pair that says so, and a table with one region would have no case at all.
    assert "independent regions" in cases["invoices", "table"].result[0].message
    assert cases["sessions", "table"].is_skipped


def test_what_stands_against_a_table_whose_parts_all_pass_is_a_case_and_a_problem():
    found = document(regions=2)
    found["tables"][0] |= {"verdict": "unknown", "reason": "has replicas that aren't listed"}
    [*parts, whole] = [case for suite in suites(found) for case in suite]
    assert (whole.name, whole.is_error, whole.result[0].message) == ("table", True, "has replicas that aren't listed")
    assert all(part.is_passed for part in parts)
    [problem] = _report.view(found["tables"])["problems"]
    assert (problem["verdict"], problem["where"], problem["tables"]) == ("unknown", "the whole table", ["orders"])


def test_tables_with_the_same_trouble_share_a_reason_however_long_they_were_waited_for():
    found = document(tables=60, regions=2, trouble="paused")
    for number, table in enumerate(found["tables"]):
        [paused, *_others] = [pair for pair in table["pairs"] if pair["verdict"] == "fail"]
        name = f"arn:aws:dynamodb:eu-west-1:1:table/{table['name']}"
        paused["reason"] = f"nothing arrives (5 of 5 puts missing after {24 + number / 10} s): look at {name} today"
    [problem] = _report.view(found["tables"])["problems"]
    [(_verdict, reason, names)] = problem["reasons"]
    assert reason == "nothing arrives (5 of 5 puts missing): look at arn:aws:dynamodb:eu-west-1:1:table/* today"
    assert len(names) == 60


def test_the_totals_are_those_of_the_cases(troubled):
    root = ElementTree.fromstring(rendered(troubled, "junit", "production"))
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
    root = ElementTree.fromstring(rendered(troubled, "junit", "production"))
    for suite in root:
        tags = [element.tag for element in suite]
        assert re.fullmatch("(properties )?(testcase )+(system-out )?", " ".join([*tags, ""]))
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.get("timestamp"))
        for case in suite.iter("testcase"):
            assert case.get("name") and case.get("classname") == suite.get("name")
            for result in case:
                assert result.get("message")
                assert (result.tag, result.get("type")) in (
                    ("failure", "fail"),
                    ("error", "unknown"),
                    ("skipped", None),
                )


def test_a_failure_has_its_reason_and_the_keys_and_the_suite_what_is_left_behind(troubled):
    text = "\n".join(ElementTree.fromstring(rendered(troubled, "junit", "production").encode()).itertext())
    assert 'put missing for 30.1 s: {"id": "multiregion.dynamodb/verification/us-east-1/1"}' in text
    assert 'update altered: {"id": "7"}' in text
    assert "left behind in eu-west-1, or not confirmed as removed: " in text
    assert "an item of yours has a reserved key" in text


# Prometheus

HOST = 'production "a\\b"\nc'


@pytest.fixture(scope="module")
def scraped(troubled):
    return samples(troubled)


def samples(found):
    """Metric and labels -> value."""
    return {
        (sample.name.removeprefix("dynamodb_replication_"), *_without_host(sample.labels)): sample.value
        for family in text_string_to_metric_families(rendered(found, "prometheus", HOST))
        for sample in family.samples
    }


def _without_host(labels):
    assert labels.pop("inventory_host") == HOST
    return sorted(labels.items())


def value(scraped, name, **labels):
    return scraped.get((name, *sorted(labels.items())))


PAIR = {"source": "us-east-1", "target": "eu-west-1"}


def test_lag_is_in_seconds_by_quantile_table_source_and_target():
    found = document(tables=2)
    [pair, _other] = found["tables"][1]["pairs"]
    scraped = samples(found)
    for quantile, figure in (("0.5", "p50"), ("0.95", "p95"), ("0.99", "p99"), ("1", "max")):
        assert value(scraped, "lag_seconds", table="customers", **PAIR, quantile=quantile) == pair["lag"][figure]
    assert value(scraped, "lag_resolution_seconds", table="customers", **PAIR) == pair["lag"]["resolution"]
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
    assert value(scraped, "changes", table="orders", **PAIR) == 15
    assert value(scraped, "arrived_changes", table="orders", **PAIR) == 9
    assert value(scraped, "missing_seconds", table="orders", **PAIR) == 30.1
    assert value(scraped, "missing_seconds", table="customers", **PAIR) is None
    assert value(scraped, "user_items", table="payments", verdict="fail") == 1
    assert value(scraped, "user_items", table="payments", verdict="pass") == 3
    assert value(scraped, "left_behind_items", table="customers", region="eu-west-1") == 3
    assert value(scraped, "left_behind_items", table="customers", region="us-east-1") == 0
    for kind in ("read", "write", "replicated_write"):
        cost = troubled["tables"][0]["cost"][f"{kind}_units"]
        assert value(scraped, "capacity_units", table="orders", kind=kind) == cost


def test_every_metric_has_a_help_text_and_what_has_quantiles_is_a_summary(troubled):
    for family in text_string_to_metric_families(rendered(troubled, "prometheus", HOST)):
        quantiles = any("quantile" in sample.labels for sample in family.samples)
        assert family.type == ("summary" if quantiles else "gauge")
        assert family.documentation.endswith(".")


def test_the_alert_rules_name_metrics_and_labels_that_are_there(troubled):
    families = {
        family.name: {label for sample in family.samples for label in sample.labels}
        for family in text_string_to_metric_families(rendered(troubled, "prometheus", HOST))
    }
    [group] = yaml.safe_load((Path(__file__).parents[4] / "docs/alerts.yml").read_text())["groups"]
    for rule in group["rules"]:
        for name, labels in re.findall(r"(dynamodb_replication_\w+)(?:{(\w+)=)?", rule["expr"]):
            assert labels in {"", *families[name]}
        assert rule["labels"]["severity"] in ("page", "ticket")
        used = set(re.findall(r"\$labels\.(\w+)", str(rule["annotations"])))
        assert used <= {"inventory_host", "source", "target", "table"}


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


def rendered_page(found):
    return rendered(found, "html", "production")


@pytest.fixture(scope="module")
def text(troubled):
    return rendered_page(troubled)


def test_the_page_runs_and_fetches_nothing(text):
    read = Page(text)
    assert not {"script", "link", "img", "iframe", "object", "embed", "image", "use"} & set(read.tags)
    assert all(address.startswith("#") for address in read.addresses)
    assert "url(" not in text and "@import" not in text and "@font-face" not in text
    assert "default-src 'none'" in text


@pytest.mark.parametrize("tables", [1, 7, 30])
def test_every_link_has_its_place_and_every_id_is_one(tables):
    read = Page(rendered_page(document(tables=tables, regions=2, trouble="every")))
    assert len(set(read.ids)) == len(read.ids)
    assert {link.removeprefix("#") for link in read.links} <= set(read.ids)


def test_what_the_service_and_the_user_wrote_is_text():
    found = document(regions=2)
    table = found["tables"][0]
    table |= {"name": HOSTILE, "notes": [HOSTILE], "verdict": "fail", "reason": HOSTILE}
    for pair in table["pairs"]:
        pair |= {"source": HOSTILE, "verdict": "fail", "reason": HOSTILE}
        pair["missing"] = [{"operation": HOSTILE, "key": {HOSTILE: HOSTILE}, "waited": 1.0}]
    table["regions"][0]["region"] = HOSTILE
    table["user_items"] = [{"key": {"id": HOSTILE}, "source": HOSTILE, "verdict": "unknown", "reason": HOSTILE}]
    table["watch"] = [{"elapsed": 0.0, "pairs": [{"source": HOSTILE, "target": HOSTILE, "lag": 1.0, "arrived": True}]}]
    found["summary"] = [HOSTILE]
    text = rendered(found, "html", HOSTILE)
    assert "<script" not in text and "7006652" not in text
    assert "script" not in Page(text).tags
    assert text.count("</style>") == 1
    assert text.count("&lt;script&gt;") > 10


def test_the_page_says_first_what_the_terminal_says_and_whose_it_is(text, troubled):
    header = text[text.index("<header>") : text.index("</header>")]
    assert "Replication of production" in header and "Account 123456789012." in header
    for line in troubled["summary"][:2]:
        assert line.partition("'")[0] in header
    assert "<title>✕ production: replication fail, 2026-11-25</title>" in text


def test_directions_that_failed_come_first_with_all_their_tables():
    found = document(tables=9, regions=3)
    for table in found["tables"][4:]:
        table["verdict"] = table["pairs"][0]["verdict"] = "unknown"
        table["pairs"][0]["reason"] = "no answer"
    found["tables"][8]["verdict"] = found["tables"][8]["pairs"][1]["verdict"] = "fail"
    found["tables"][8]["pairs"][1]["reason"] = "missing"
    shown = _report.view(found["tables"])
    assert [table["name"] for table in shown["tables"][:3]] == ["orders-1", "stock-levels", "sessions"]
    assert [(one["verdict"], one["where"], len(one["tables"])) for one in shown["problems"]] == [
        ("fail", "us-east-1 → ap-southeast-2", 1),
        ("unknown", "us-east-1 → eu-west-1", 5),
    ]
    assert [one["verdict"] for one in shown["directions"]] == ["fail", "unknown", *["pass"] * 4]


def test_all_directions_of_a_region_that_is_down_are_one_problem():
    [problem] = _report.view(document(tables=3, regions=4, trouble="denied")["tables"])["problems"]
    assert (problem["where"], len(problem["tables"])) == ("6 directions to and from eu-west-1", 3)


def test_a_paused_direction_of_many_tables_is_one_problem_with_what_is_missing_and_how_long():
    [problem] = _report.view(document(tables=60, regions=2, trouble="paused")["tables"])["problems"]
    assert (len(problem["tables"]), problem["missing"], problem["expected"]) == (60, 300, 900)
    assert (problem["missing_for"], problem["untold"]) == (24.1, 600)


def test_a_distribution_ends_at_the_share_that_arrived():
    lags = [[0, number / 1000] for number in range(1, 3301)]
    points = _report.distribution(lags, 3600)
    assert len(points) <= _report.POINTS + 1
    assert points[0]["share"] == 0.0
    assert points[-1] == {"seconds": 3.3, "share": pytest.approx(3300 / 3600)}
    assert _report.distribution(lags, 3300)[-1]["share"] == 1.0
    assert _report.distribution([], 15) == []


def test_a_quantile_that_only_missing_changes_would_fill_is_none():
    found = _report.figures([[0.1, 0.2]] * 90 + [[0.3, 0.5]] * 4, 100)
    assert (found["p50"], found["p95"], found["p99"], found["max"]) == (0.2, None, None, 0.5)
    assert (found["arrived"], found["expected"]) == (94, 100)
    assert found["resolution"] == pytest.approx(0.2)
    assert _report.figures([[0.3, 0.5]], 0)["p99"] == 0.5


def test_tile_matrix_and_chart_show_the_same_figure():
    found = document(tables=5, regions=2)
    shown = _report.view(found["tables"])
    slowest = shown["directions"][0]
    pooled = [lag for table in found["tables"] for lag in table["pairs"][0]["lags"]]
    of_first = next(one for one in shown["directions"] if one["source"] == REGIONS[0])
    assert of_first["p95"] == _report.figures(pooled, 75)["p95"]
    text = rendered_page(found)
    assert f"{slowest['p95']:.2f} s" in text[text.index("Worst direction") :][:120]
    assert f">{slowest['p95']:.2f}</td>" in text[text.index('<h2 id="lag">') :]
    assert f"p95 {shown['changes']['p95']:.3g} s" in text


def test_in_a_strongly_consistent_group_nothing_counts_as_not_seen_for_want_of_a_lag():
    found = document(tables=1, regions=2)
    found["tables"][0]["consistency"] = "strong"
    for pair in found["tables"][0]["pairs"]:
        pair |= measured([])
    assert _report.view(found["tables"])["changes"]["expected"] == 0
    assert "not measured" in rendered_page(found)


def test_what_is_missing_in_a_strongly_consistent_group_is_counted_against_what_was_written():
    found = document(regions=2, trouble="paused")
    found["tables"][0]["consistency"] = "strong"
    [problem] = _report.view(found["tables"])["problems"]
    assert (problem["missing"], problem["expected"]) == (5, 15)


def test_a_lag_of_the_users_item_hides_no_change_that_is_missing():
    found = document(regions=2)
    pair = found["tables"][0]["pairs"][0]
    pair |= {"verdict": "fail", "reason": "1 of 5 puts missing", "arrived": 14}  # with 14 lags and that of the item
    assert '<td class="fail">✕ fail<small>15 of 16 arrived</small></td>' in rendered_page(found)


def test_directions_that_took_no_time_are_no_slower_than_others():
    found = document(regions=2)
    found["tables"][0]["pairs"][0] |= measured([0.0] * 15)
    assert [one["p95"] for one in _report.view(found["tables"])["directions"]][1] == 0.0


def test_a_cell_tells_its_state_without_colour_and_a_fail_is_never_empty():
    text = rendered_page(document(tables=1, regions=3, trouble="every"))
    assert re.search(r'<td class="fail">✕ fail<small>9 of 15 arrived</small>', text)
    assert re.search(r'<td class="unknown">\? unknown<small>0 of 15 arrived</small>', text)


@pytest.mark.parametrize("tables", [3, 10, 11])
def test_of_many_tables_that_failed_the_first_ten_are_in_sight(tables):
    text = rendered_page(document(tables=tables, regions=2, trouble="paused"))
    section = text[text.index('id="troubled"') : text.index('id="tables"')]
    before, _more, after = section.partition("<summary>1 more</summary>")
    assert before.count('<details class="table"') == min(tables, 10)
    assert after.count('<details class="table"') == max(tables - 10, 0)
    assert before.count(" open>") == (tables if tables <= 3 else 0)


# The watch


def test_the_watch_shows_what_was_late_and_by_how_much(troubled):
    shown = _report.view(troubled["tables"])
    [first, *others] = shown["watch"]
    assert (first["source"], first["late"], first["longest"]) == ("us-east-1", ["eu-west-1", "ap-southeast-2"], 10.0)
    assert all(not other["late"] for other in others)


def test_the_longest_lag_of_a_watch_is_the_same_on_the_page_as_in_the_terminal(troubled):
    """A heartbeat's own lag is measured to the end of a look, a round's to its begin."""
    pair = next(table for table in troubled["tables"] if table["watch"])["pairs"][0]
    pair["watch"] = {"peak": 11.5}
    shown = _report.view(troubled["tables"])
    assert (shown["drill"]["lag"], shown["drill"]["source"], shown["drill"]["target"]) == (
        11.5,
        pair["source"],
        pair["target"],
    )
    [watch] = [one for one in shown["watch"] if one["source"] == pair["source"]]
    assert watch["longest"] == 11.5


def watched(*lags):
    points = [
        {"elapsed": float(number), "source": "a", "target": "b", "lag": lag, "arrived": True}
        for number, lag in enumerate(lags)
    ]
    return [{"source": "a", "points": points}]


USUAL = [{"source": "a", "target": "b", "max": 1.0}]


@pytest.mark.parametrize(
    ("lags", "peak", "behind", "recovery"),
    [
        ((0.5, 2.4, 0.6), 2.4, False, 1.0),
        ((0.5, 12.0, 6.0, 0.7, 0.5), 12.0, True, 2.0),
        ((0.5, 12.0, 0.6, 4.0, 0.5), 12.0, True, 3.0),  # back to normal for a moment isn't recovered
        ((0.5, 4.0, 9.0), 9.0, True, None),
        ((0.5, 4.0, None), 4.0, True, None),
    ],
)
def test_a_drill_has_its_peak_and_its_recovery(lags, peak, behind, recovery):
    drill = _report.drill(watched(*lags), USUAL, interval=1.0)
    assert (drill["lag"], drill["behind"], drill["recovery"]) == (peak, behind, recovery)


def test_without_a_watch_or_a_lag_there_is_no_drill():
    assert _report.drill([], USUAL, interval=1.0) is None
    assert _report.drill(watched(None), USUAL, interval=1.0) is None


@pytest.mark.parametrize("format", FORMATS)
def test_where_every_table_is_to_be_absent_there_is_a_report(format):
    found = document()
    assert rendered(found | {"tables": []}, format, "production")


@pytest.mark.parametrize("change", ["states", "single", "zero"])
def test_a_page_without_a_single_lag_or_with_none_but_zero_is_a_page(change):
    found = document()
    table = found["tables"][0]
    if change == "single":
        table |= {"pairs": [], "convergence": None}
    for pair in table["pairs"]:
        pair |= measured([] if change == "states" else [0.0] * 3)
        pair["expected"] = 0
    text = rendered_page(found)
    assert ("not measured" in text) == (change != "zero")
    assert ("<svg role" in text) == (change == "zero")
