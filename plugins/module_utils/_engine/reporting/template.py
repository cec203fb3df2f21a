# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page's template and style: Python, because a module's payload carries no other files of its module_utils."""

from __future__ import annotations

STYLE = """
:root {
  color-scheme: light dark;
  --paper: #ffffff; --ink: #1a1d21; --muted: #57606a; --line: #d5dae0; --band: #f5f7f9; --accent: #1f5fa8;
  --fail: #b3261e; --unknown: #7a4d00; --pass: #1b6b3a;
  --lag-0: #eff3ff; --lag-1: #c6dbef; --lag-2: #9ecae1; --lag-3: #6baed6; --lag-4: #4a98c9; --lag-5: #2171b5;
  --lag-6: #084594;
  --on-lag-0: #1a1d21; --on-lag-1: #1a1d21; --on-lag-2: #1a1d21; --on-lag-3: #1a1d21; --on-lag-4: #0b0d0f;
  --on-lag-5: #ffffff; --on-lag-6: #ffffff;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #14171a; --ink: #e6e9ec; --muted: #a3adb7; --line: #363d44; --band: #1c2125; --accent: #7ab3ee;
    --fail: #ff8a80; --unknown: #f0b849; --pass: #7fd19b;
    --lag-0: #16283c; --lag-1: #1b3a5c; --lag-2: #22517f; --lag-3: #2f6ca6; --lag-4: #5a93c9; --lag-5: #93bbe0;
    --lag-6: #cfe2f5;
    --on-lag-0: #e6e9ec; --on-lag-1: #e6e9ec; --on-lag-2: #ffffff; --on-lag-3: #ffffff; --on-lag-4: #0b0d0f;
    --on-lag-5: #0b0d0f; --on-lag-6: #0b0d0f;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif;
  overflow-wrap: anywhere;
}
header, main, footer, nav { max-width: 76rem; margin: 0 auto; padding: 0 12px; }
@media (min-width: 700px) { header, main, footer, nav { padding: 0 32px; } }
h1, h2, h3, h4 { line-height: 1.25; margin: 0; }
h1 { font-size: 1.6rem; padding-top: 1.5rem; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .75rem; padding-top: .75rem; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; } section > h3 { margin-top: 1.5rem; }
h4 { font-size: .95rem; margin: 1rem 0 .25rem; }
p { margin: .35rem 0; max-width: 46rem; }
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.muted, figcaption, caption { color: var(--muted); }
.place { display: inline-block; }
.headline { font-size: 1.1rem; }
.verdict { font-weight: 600; white-space: nowrap; }
.fail { color: var(--fail); } .unknown { color: var(--unknown); } .pass { color: var(--pass); }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; padding: 0; margin: 1rem 0 0; }
dl.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .75rem 1.5rem; }
dl.facts { margin: 1.25rem 0 0; }
dl.facts dd { font-size: 1.15rem; font-variant-numeric: tabular-nums; }
dt { color: var(--muted); font-size: .85rem; } dd { margin: 0; }
dd small { display: block; font-size: .8rem; color: var(--muted); }
ol.problems { list-style: none; padding: 0; margin: 0; }
ol.problems > li { border-left: 3px solid; padding: .1rem 0 .1rem .9rem; margin: 0 0 1.25rem; }
ol.problems > li > * { color: var(--ink); } ol.problems .verdict { color: inherit; }
ol.problems ul, .keys { margin: .25rem 0; padding-left: 1.1rem; }
ol.problems > li.fail { border-color: var(--fail); } ol.problems > li.unknown { border-color: var(--unknown); }
ol.problems > li.unknown { border-left-style: dashed; }
p.reason { white-space: pre-line; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding: .25rem 0; max-width: min(46rem, 100vw - 24px); }
th, td { padding: .3rem .75rem .3rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
thead th { color: var(--muted); font-weight: 500; vertical-align: bottom; white-space: nowrap; }
tbody th { font-weight: 500; min-width: 7rem; }
td { white-space: nowrap; } td.text { white-space: normal; min-width: 14rem; }
td.number, th.number { text-align: right; }
figure { margin: .5rem 0 0; } figcaption { font-size: .9rem; max-width: 46rem; margin-bottom: .5rem; }
svg { display: block; overflow: visible; }
.figures { display: flex; flex-wrap: wrap; gap: 2rem 3rem; } .figures > * { min-width: 0; max-width: 100%; }
.figures > figure { flex: 0 1 24rem; }
.figures.many > figure { flex: 0 1 20rem; }
ul.legend { display: flex; flex-wrap: wrap; gap: .25rem .9rem; list-style: none; padding: 0; margin: .5rem 0 1rem; }
ul.legend { font-size: .85rem; }
.legend svg { display: inline-block; vertical-align: -3px; margin-right: .35rem; }
summary { cursor: pointer; padding: .3rem 0; } summary h3 { display: inline; }
.more > summary { color: var(--accent); font-size: .9rem; }
details.table { border-bottom: 1px solid var(--line); }
details.table[open] { padding-bottom: 1.25rem; }
details.table > div { padding-left: 1.1rem; }
footer { padding-bottom: 3rem; } footer dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; }
footer dt { font-size: .9rem; } footer dd { font-size: .9rem; }
@media print {
  @page { margin: 14mm; }
  body { font-size: 10pt; } nav { display: none; }
  a { color: inherit; text-decoration: none; }
  details::details-content { content-visibility: visible; display: block; height: auto; }
  header, main, footer { padding: 0; max-width: none; }
  .scroll { overflow: visible; }
  table { font-size: 8pt; } th, td { padding-right: .5rem; } td.text, tbody th { min-width: 0; }
  svg { max-width: 100%; height: auto; }
  figure, tr, ol.problems > li, h2, h3, h4, summary { break-inside: avoid; }
  h2, h3, h4, summary, caption, figcaption, thead { break-after: avoid; }
  th, thead th, td { white-space: normal; }
}
"""

PAGE = """\
{% macro badge(verdict) %}
<span class="verdict {{ verdict }}"><span aria-hidden="true">{{
  {"pass": "✓", "fail": "✕", "unknown": "?"}[verdict] }}</span> {{ verdict }}</span>
{%- endmacro %}
{% macro box(name) %}
<div class="scroll" tabindex="0" role="group" aria-label="{{ name }}">{{ caller() }}</div>
{% endmacro %}
{% macro lag(figures) %}
{% for name in ("p50", "p95", "p99", "max") %}
<td class="number">{{ figures[name]|seconds }}</td>
{% endfor %}
{% endmacro %}
{% macro lag_heads() %}
<th scope="col" class="number">p50, s</th><th scope="col" class="number">p95, s</th>
<th scope="col" class="number">p99, s</th><th scope="col" class="number">max, s</th>
{% endmacro %}
{% macro matrix(cells, regions, name) %}
{% call box(name) %}
<table><caption>{{ name }}. 95th percentile in seconds.</caption>
<thead><tr><th scope="col">written in</th>
{% for target in regions %}<th scope="col" class="number">read in {{ target }}</th>{% endfor %}</tr></thead>
<tbody>
{% for source in regions %}
<tr><th scope="row">{{ source }}</th>
{% for target in regions %}
{% set found = cells|selectattr("source", "equalto", source)|selectattr("target", "equalto", target)|first|default %}
<td class="number">
{%- if source == target %}<span class="muted">itself</span>
{%- elif not found %}<span class="muted">not asked</span>
{%- else %}{{ found.seconds|seconds }}{% if found.verdict != "pass" %} {{ badge(found.verdict) }}{% endif %}
{%- endif %}</td>
{% endfor %}</tr>
{% endfor %}
</tbody></table>
{% endcall %}
{% endmacro %}
{% macro convergences(tables, name) %}
{% call box(name) %}
<table><caption>{{ name }}. Lag counts until all regions agree.</caption>
<thead><tr><th scope="col">table</th><th scope="col">verdict</th><th scope="col" class="number">items the same</th>
{{ lag_heads() }}<th scope="col">reason</th></tr></thead>
<tbody>
{% for table in tables %}
<tr><th scope="row">{{ table.name }}</th><td>{{ badge(table.convergence.verdict) }}</td>
<td class="number">{{ table.convergence.converged }} of {{ table.convergence.item_count }}</td>
{{ lag(table.convergence.lag) }}<td class="text">{{ table.convergence.reason }}</td></tr>
{% endfor %}
</tbody></table>
{% endcall %}
{% endmacro %}
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="multiregion.dynamodb">
<title>Replication: {{ verdict }}, {{ run.started[:10] }}</title>
<style>{{ style }}</style>
</head>
<body>
<header>
<h1>Replication of DynamoDB tables: {{ badge(verdict) }}</h1>
<p class="headline">{{ headline }}</p>
<p class="muted">Verified <time datetime="{{ run.started }}">{{
run.started|replace("T", " ")|replace("Z", " UTC") }}</time>
in {{ run.seconds|seconds }} s.</p>
<dl class="facts">
<div><dt>Tables, regions</dt><dd>{{ tables|length }}, {{ regions|length }}</dd></div>
<div><dt>Lag, median</dt><dd>{% if samples %}{{ quantiles.p50|seconds }} s<small>95 % within
{{ quantiles.p95|seconds }} s</small>{% else %}not measured{% endif %}</dd></div>
{% if slowest %}
<div><dt>Slowest pair, p95</dt><dd>{{ slowest[0].p95|seconds }} s<small>{{ slowest[0].source }} →
{{ slowest[0].target }}</small></dd></div>
{% endif %}
<div><dt>Arrived</dt><dd>{{ "{:,}".format(written.arrived) }} of {{ "{:,}".format(written.expected) }}<small>{{
written.item_count|count("item") }} written</small></dd></div>
<div><dt>Capacity units</dt><dd>{{ (cost.read_units + cost.write_units + cost.replicated_write_units)|units }}<small>{{
cost.read_units|units }} read, {{ cost.write_units|units }} write, {{ cost.replicated_write_units|units }} replicated
write</small></dd></div>
</dl>
</header>
<nav aria-label="Contents"><ul>
{% if problems %}<li><a href="#problems">What to look at</a></li>{% endif %}
{% if cells %}<li><a href="#lag">Lag</a></li>{% endif %}
{% if watch %}<li><a href="#watch">Watch</a></li>{% endif %}
{% if convergence %}<li><a href="#convergence">Convergence</a></li>{% endif %}
{% if user_items %}<li><a href="#items">Your items</a></li>{% endif %}
<li><a href="#cost">Written and read</a></li>
{% if remarked %}<li><a href="#remarks">Notes</a></li>{% endif %}
<li><a href="#tables">Tables</a></li>
<li><a href="#run">Settings and versions</a></li>
</ul></nav>
<main>
{% if problems %}
<section aria-labelledby="problems">
<h2 id="problems">What to look at</h2>
<ol class="problems">
{% for problem in problems %}
<li class="{{ problem.verdict }}">
<p class="reason">{{ badge(problem.verdict) }} {{ problem.reason }}.</p>
{% if problem.places|length > 5 %}
<details class="more"><summary>in {{ problem.places|length }} tables</summary>
{% endif %}
<ul>
{% for place in problem.places %}
<li><a href="#{{ place.id }}">{{ place.table }}</a>{% if place.where %}:
{% for where in place.where %}<span class="place">{{ where }}</span>{{ "" if loop.last else ", " }}{% endfor %}
{% endif %}
{% if place.lost %}
<details class="more"><summary>{{ place.lost|length|count("item") }}</summary>
<ul class="keys">{% for lost in place.lost %}<li>{{ lost }}</li>{% endfor %}</ul></details>
{% endif %}
</li>
{% endfor %}
</ul>
{% if problem.places|length > 5 %}</details>{% endif %}
</li>
{% endfor %}
</ol>
</section>
{% endif %}
{% if cells %}
<section aria-labelledby="lag">
<h2 id="lag">Lag between regions</h2>
<p>From the acknowledgement of a write to the end of the first read that shows it
{%- if resolution %}; the true lag is at most {{ resolution|seconds }} s shorter{% endif %}.
{%- if not samples %} None was measured.{% endif %}</p>
<figure>
<figcaption>95th percentile of lag in seconds{% if tables|length > 1 %}, of the slowest table for each pair, and the
worst verdict of any{% endif %}.</figcaption>
<ul class="legend" aria-label="Colours of the heat map">
{% for label in steps %}
<li><svg width="14" height="14" aria-hidden="true"><rect width="14" height="14" stroke="var(--line)"
 fill="var(--lag-{{ loop.index0 }})"/></svg>{{ label }}{% if loop.last %} s{% endif %}</li>
{% endfor %}
<li><span class="fail">fail</span>: framed</li><li><span class="unknown">unknown</span>: dashed frame</li>
<li>–: not measured</li>
</ul>
{% set whole = "all tables" if tables|length > 1 else tables[0].name %}
{% call box("Heat map of lag, " ~ whole) %}{{ heat_map(cells, regions, whole) }}{% endcall %}
</figure>
<details class="more"><summary>As a table</summary>
{{ matrix(cells, regions, "Lag from region to region, " ~ whole) }}</details>
{% if samples %}
<h3 id="distribution">Distribution</h3>
<div class="figures">
<figure>
<figcaption>All {{ "{:,}".format(samples) }} measurements: the share that had arrived within so many seconds.
{%- if run.settings.max_lag is not none %} The dashed line is max_lag, {{ run.settings.max_lag }} s.{% endif %}
</figcaption>
{{ plots.distribution }}
</figure>
<figure>
{% set known = pairs|selectattr("measured")|list|length %}
<figcaption>
{%- if known > slowest|length %}The {{ slowest|length }} slowest of {{ known }} pairs{% else %}Each pair{% endif %}:
median (circle), 95th percentile (square), longest (bar).</figcaption>
{% call box("Plot of pairs by lag") %}{{ plots.slowest }}{% endcall %}
</figure>
</div>
<details class="more"><summary>As a table</summary>
{% call box("Lag by pair") %}
<table><caption>Lag of all tables together by pair of regions, slowest first.</caption>
<thead><tr><th scope="col">written in → read in</th><th scope="col" class="number">measured</th>
{{ lag_heads() }}</tr></thead>
<tbody>
<tr><th scope="row">all pairs</th><td class="number">{{ samples }}</td>{{ lag(quantiles) }}</tr>
{% for pair in pairs %}
<tr><th scope="row">{{ pair.source }} → {{ pair.target }}</th><td class="number">{{ pair.measured }}</td>
{{ lag(pair) }}</tr>
{% endfor %}
</tbody></table>
{% endcall %}
</details>
{% endif %}
</section>
{% endif %}
{% if watch %}
<section aria-labelledby="watch">
<h2 id="watch">Lag while it was watched</h2>
<p>Heartbeats, by the region that wrote them{% if tables|length > 1 %}: the longest lag of any table{% endif %}. What
hadn't arrived yet counts with its age so far, and has a triangle; thin lines are pairs that always arrived.</p>
<div class="figures many">
{% for watched in watch %}
<figure>
<figcaption><strong>{{ watched.source }}</strong>:
{% if not watched.late %}everything arrived in time
{%- elif watched.late|length == watched.targets|length and watched.late|length > 1 %}not always in time anywhere
{%- else %}not always in time in {{ watched.late|join(", ") }}
{%- endif %}; longest {{ watched.longest|seconds }} s</figcaption>
{{ plots.timelines[loop.index0] }}
</figure>
{% endfor %}
</div>
<details class="more"><summary>As tables</summary>
{% for watched in watch %}
{% call box("Heartbeats of " ~ watched.source) %}
<table><caption>Lag in seconds of heartbeats written in {{ watched.source }}; + hadn't arrived yet.</caption>
<thead><tr><th scope="col">after, s</th>
{% for target in watched.targets %}<th scope="col" class="number">{{ target }}</th>{% endfor %}</tr></thead>
<tbody>
{% for elapsed, row in watched.rows.items() %}
<tr><th scope="row">{{ "%.1f"|format(elapsed) }}</th>
{% for target in watched.targets %}
{% set point = row[target]|default %}
<td class="number">{% if point %}{{ point.lag|seconds }}{{ "" if point.arrived else " +" }}{% else %}–{% endif %}</td>
{% endfor %}</tr>
{% endfor %}
</tbody></table>
{% endcall %}
{% endfor %}
</details>
</section>
{% endif %}
{% if convergence %}
<section aria-labelledby="convergence">
<h2 id="convergence">The same item written in every region at once</h2>
<p>It has to end the same everywhere: the last writer wins.</p>
{% set passed = convergence|selectattr("convergence.verdict", "equalto", "pass")|list %}
{% set others = convergence|rejectattr("convergence.verdict", "equalto", "pass")|list %}
{% if not many %}{{ convergences(others + passed, "Convergence by table") }}
{% else %}
{% if others %}{{ convergences(others, "Tables that didn't pass") }}{% endif %}
<details class="more"><summary>{{ passed|length|count("table") }} that passed</summary>
{{ convergences(passed, "Tables that passed") }}</details>
{% endif %}
</section>
{% endif %}
{% if user_items %}
<section aria-labelledby="items">
<h2 id="items">Your own items</h2>
{% call box("Your own items") %}
<table><caption>Whether each came unchanged from where it was written to every other region.</caption>
<thead><tr><th scope="col">key</th><th scope="col">table</th><th scope="col">written in</th><th scope="col">verdict</th>
<th scope="col">reason</th></tr></thead>
<tbody>
{% for item in user_items %}
<tr><th scope="row">{{ item.key|key }}</th><td>{{ item.table }}</td><td>{{ item.source }}</td>
<td>{{ badge(item.verdict) }}</td><td class="text">{{ item.reason }}</td></tr>
{% endfor %}
</tbody></table>
{% endcall %}
</section>
{% endif %}
<section aria-labelledby="cost">
<h2 id="cost">What was written and read</h2>
{% if written.tables %}
<p>{{ written.item_count|count("item") }} in {{ written.tables|count("table") }}, each put, updated and deleted in
its own region and looked for in every other: {{ "{:,}".format(written.arrived) }} of
{{ "{:,}".format(written.expected) }} arrived by all three operations.</p>
{% else %}
<p>No items were written.</p>
{% endif %}
{% if many %}<details class="more"><summary>Capacity units of {{ tables|length }} tables</summary>{% endif %}
{% call box("Cost by table") %}
<table><caption>Capacity units, all regions of a table together.</caption>
<thead><tr><th scope="col">table</th><th scope="col" class="number">read</th><th scope="col" class="number">write</th>
<th scope="col" class="number">replicated write</th></tr></thead>
<tbody>
{% for table in tables %}
<tr><th scope="row">{{ table.name }}</th><td class="number">{{ table.cost.read_units|units }}</td>
<td class="number">{{ table.cost.write_units|units }}</td>
<td class="number">{{ table.cost.replicated_write_units|units }}</td></tr>
{% endfor %}
</tbody>
<tfoot><tr><th scope="row">together</th><td class="number">{{ cost.read_units|units }}</td>
<td class="number">{{ cost.write_units|units }}</td><td class="number">{{
cost.replicated_write_units|units }}</td></tr></tfoot>
</table>
{% endcall %}
{% if many %}</details>{% endif %}
</section>
{% if remarked %}
<section aria-labelledby="remarks">
<h2 id="remarks">Left behind, and notes</h2>
<ul>
{% for table in remarked %}
{% for left in table.left_behind %}
<li><a href="#{{ table.id }}">{{ table.name }}</a>: left behind in {{ left.region }}, or not confirmed as removed:
{{ left.item_keys|length|count("item") }} ({{ left.reason }}). The next verification removes them.
<details class="more"><summary>keys</summary>
<ul class="keys">{% for item_key in left.item_keys %}<li>{{ item_key|key }}</li>{% endfor %}</ul></details></li>
{% endfor %}
{% for note in table.notes %}
<li><a href="#{{ table.id }}">{{ table.name }}</a>: {{ note }}.</li>
{% endfor %}
{% endfor %}
</ul>
</section>
{% endif %}
<section aria-labelledby="tables">
<h2 id="tables">Tables</h2>
{% for table in tables %}
<details class="table"{% if not many or table.verdict != "pass" %} open{% endif %}>
<summary><h3>{{ table.name }}</h3> {{ badge(table.verdict) }}
<span class="muted">{{ table.regions|length|count("region") }}{% if table.p95 is not none %}, p95 at most
{{ table.p95|seconds }} s{% endif %}</span></summary>
<div id="{{ table.id }}">
<p class="muted">
{%- if table.verification == "states" %}Only states were read, no item was written.{{ " " }}
{%- elif table.verification == "check_mode" %}Only states were read, because of check mode.{{ " " }}
{%- endif %}
{% if table.consistency %}{{ table.consistency|capitalize }} consistency. {% endif %}
{% for region in table.regions %}{{ region.region }}{% if region.status != "ACTIVE" %} {{ region.status }}{% endif %}
{% if region.problem is defined %} ({{ region.problem }}){% endif %}{{ "" if loop.last else ", " }}
{%- endfor %}
{% if table.regions|rejectattr("status", "equalto", "ACTIVE")|list %}{{ "." }}{% else %}: ACTIVE.{% endif %}</p>
{% if not table.pairs or table.verdict != "pass" %}<p class="reason">{{ table.msg }}</p>{% endif %}
{% if table.pairs %}
{% if tables|length > 1 and table.p95 is not none %}
<figure><figcaption>95th percentile of lag in seconds.</figcaption>
{% call box("Heat map of lag, " ~ table.name) %}
{{ heat_map(table.cells, table.regions|map(attribute="region")|list, table.name) }}
{% endcall %}
</figure>
{% endif %}
<details class="more"{% if table.p95 is none %} open{% endif %}>
<summary>{{ table.pairs|length|count("pair") }} as a table</summary>
{% call box("Pairs of regions, " ~ table.name) %}
<table><caption>Pairs of regions of {{ table.name }}.</caption>
<thead><tr><th scope="col">written in → read in</th><th scope="col">verdict</th>
<th scope="col" class="number">arrived</th><th scope="col" class="number">measured</th>{{ lag_heads() }}</tr></thead>
<tbody>
{% for pair in table.pairs %}
<tr><th scope="row">{{ pair.source }} → {{ pair.target }}</th><td>{{ badge(pair.verdict) }}</td>
<td class="number">{{ pair.arrived }} of {{ pair.item_count }}</td><td class="number">{{ pair.lag.measured }}</td>
{{ lag(pair.lag) }}</tr>
{% endfor %}
</tbody></table>
{% endcall %}
</details>
{% endif %}
</div>
</details>
{% endfor %}
</section>
</main>
<footer aria-labelledby="run">
<h2 id="run">Settings and versions</h2>
<dl>
<dt>run</dt><dd>{{ run.id }}</dd>
{% for name, value in run.settings.items() %}<dt>{{ name }}</dt><dd>{{ value|setting }}</dd>{% endfor %}
{% for name, version in run.versions.items() %}<dt>{{ name }}</dt><dd>{{ version }}</dd>{% endfor %}
</dl>
</footer>
</body>
</html>
"""
