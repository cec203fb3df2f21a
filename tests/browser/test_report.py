# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report as people see and hear it: phone, desktop, dark, print, screen reader."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from documents import DOCUMENTS

PHONE, DESKTOP, PAPER = 360, 1280, 688  # PAPER: what A4 has between the margins, at 96 dpi
SMALL = [name for name in DOCUMENTS if name.startswith("1 ")]

every_report = pytest.mark.parametrize("name", DOCUMENTS)
schemes = pytest.mark.parametrize("scheme", ["light", "dark"])


def open_all(page):
    page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")


def wider_than_the_page(page):
    """What sticks out to the right and isn't in a box that scrolls."""
    return page.evaluate(
        """() => [...document.querySelectorAll('body *')].filter(element =>
            element.checkVisibility() && !element.parentElement.closest('.scroll, svg')
            && element.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5
        ).map(element => element.outerHTML.slice(0, 120))"""
    )


def contrast(one, other):
    """WCAG 2.2, "contrast ratio", of two colours as the browser computes them."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color):
    channels = [int(channel) / 255 for channel in re.findall(r"\d+", color)[:3]]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@every_report
def test_a_phone_never_scrolls_the_page_sideways(show, name):
    page = show(name, PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE
    assert wider_than_the_page(page) == []


@pytest.mark.parametrize("name", SMALL)
def test_nor_does_it_with_everything_open(show, name):
    page = show(name, PHONE)
    open_all(page)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE
    assert wider_than_the_page(page) == []


def test_a_phone_shows_the_whole_matrix_of_four_regions_and_keeps_the_sources_of_eight_in_sight(show):
    box = show("60 tables, 4 regions, paused", PHONE).locator(".figures .scroll").first
    assert box.evaluate("box => box.scrollWidth <= box.clientWidth")
    box = show("1 table, 8 regions", PHONE).locator(".figures .scroll").first
    box.evaluate("box => box.scrollLeft = box.scrollWidth")
    source, last = (
        box.locator(place).bounding_box() for place in ("tbody th >> nth=1", "tbody tr:first-child td >> nth=-1")
    )
    assert source["x"] >= 0
    assert last["x"] + last["width"] <= PHONE


@pytest.mark.parametrize("name", [*SMALL, "60 tables, 4 regions, paused"])
def test_axe_finds_nothing_to_complain_about(show, name):
    """A hundred tables in eight regions are made of the same parts, and would take axe minutes."""
    page = show(name)
    if "1 table, 2 regions" in name:
        open_all(page)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        # Nothing but colours depends on the scheme.
        results = Axe().run(page, options={"runOnly": ["color-contrast"]} if scheme == "dark" else None)
        assert results.violations_count == 0, results.generate_report()


@schemes
@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_the_words_of_every_plot_can_be_read(show, scheme, width):
    """axe looks at no contrast within an image."""
    page = show("1 table, 8 regions", width, scheme)
    words = page.evaluate(
        """() => [...document.querySelectorAll('svg[role=img] text')].filter(text => text.textContent).map(text => [
            text.textContent, getComputedStyle(text).fill, getComputedStyle(document.body).backgroundColor,
            text.getBoundingClientRect().height])"""
    )
    assert len(words) > 20
    assert [word for word in words if contrast(word[1], word[2]) < 4.5] == []
    assert [word for word in words if word[3] < 11] == []


def test_shades_are_in_order_and_a_fail_is_the_only_loud_one_and_all_carry_their_ink(show):
    for scheme in ("light", "dark"):
        page = show("1 table, 2 regions", scheme=scheme)
        *shades, fail, unknown = page.evaluate(
            """() => [...[0, 1, 2, 3, 4, 5, 6].map(step => `shade-${step}`), 'fail', 'unknown'].map(
                name => {
                    const legend = getComputedStyle(document.querySelector(`.legend b.${name}`));
                    return [legend.backgroundColor, legend.color];
                })"""
        )
        assert min(contrast(*colors) for colors in (*shades, fail, unknown)) >= 4.5
        lightness = [_luminance(shade) for shade, _ink in shades]
        assert lightness == sorted(lightness, reverse=scheme == "light")
        red, green, blue = (int(channel) for channel in re.findall(r"\d+", fail[0])[:3])
        assert red > green + 100 and red > blue + 100


def test_a_failing_cell_is_filled_with_the_colour_of_the_legend(show):
    page = show("60 tables, 4 regions, paused")
    cell, legend = (
        page.locator(selector).first.evaluate("element => getComputedStyle(element).backgroundColor")
        for selector in ("table.matrix td.fail", ".legend b.fail")
    )
    assert cell == legend


@pytest.mark.parametrize("name", ["60 tables, 4 regions, drill", "60 tables, 4 regions, paused"])
def test_the_verdict_its_reason_and_the_matrix_are_on_the_first_screens(show, name):
    page = show(name)
    tops = [page.locator(place).first.bounding_box()["y"] for place in ("h1", ".summary", "dl.facts", "table.matrix")]
    assert tops == sorted(tops)
    assert page.locator("dl.facts").bounding_box()["width"] > 1150


def test_a_long_name_and_a_long_reason_push_nothing_away(show):
    page = show("1 table, 2 regions")
    page.evaluate(
        """() => {
            for (const place of document.querySelectorAll('h3, tbody th, .text, .reason, .summary li, li a, strong'))
                place.textContent = 'n'.repeat(255);
        }"""
    )
    open_all(page)
    assert page.evaluate("document.documentElement.scrollWidth") == DESKTOP
    assert wider_than_the_page(page) == []


@every_report
def test_print_shows_what_was_closed_in_the_colours_of_paper(show, name):
    page = show(name, PAPER, "dark", "print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    hidden = page.evaluate(
        """() => [...document.querySelectorAll('details > *')].filter(element =>
            !element.checkVisibility({contentVisibilityAuto: true}) || !element.getBoundingClientRect().height
        ).map(element => element.outerHTML.slice(0, 120))"""
    )
    assert hidden == []


@pytest.mark.parametrize("name", SMALL)
def test_print_cuts_no_plot_and_no_table(show, name):
    page = show(name, PAPER, media="print")
    cut = page.evaluate(
        """() => [...document.querySelectorAll('svg, td, th, text')].filter(
            element => element.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5
        ).map(element => element.outerHTML.slice(0, 120))"""
    )
    assert cut == []


def test_a_screen_reader_hears_the_verdict_the_tables_and_every_cell(show):
    page = show("1 table, 2 regions")
    open_all(page)
    heard = page.locator("body").aria_snapshot()
    for part in (
        'heading "Replication of production: fail" [level=1]',
        "Account 123456789012.",
        'region "What to look at"',
        'group "Lag, orders"',
        'img "Share of what was written that had arrived, by lag"',
        'columnheader "→ us-east-1"',
        'rowheader "us-east-1 →"',
        'cell "✕ fail 9 of 15 arrived"',
        'cell "? unknown 0 of 15 arrived"',
        'heading "orders" [level=3]',
    ):
        assert part in heard


def test_a_link_to_a_closed_table_opens_it(show):
    page = show("60 tables, 4 regions, paused")
    table = page.locator("details.table").nth(40)
    place = table.get_attribute("id")
    assert not table.evaluate("details => details.checkVisibility()")
    page.evaluate(f"location.hash = '{place}'")
    assert table.evaluate("details => details.checkVisibility()")
