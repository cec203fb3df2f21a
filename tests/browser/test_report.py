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


@pytest.mark.parametrize("name", [*SMALL, "100 tables, 2 regions"])
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
        """() => [...document.querySelectorAll('svg[role=img]')].flatMap(svg => {
            const cells = [...svg.querySelectorAll('.mark-rect.role-mark path')];
            return [...svg.querySelectorAll('text')].filter(text => text.textContent).map(text => {
                const middle = text.getBoundingClientRect();
                const [x, y] = [middle.x + middle.width / 2, middle.y + middle.height / 2];
                const under = cells.find(cell => {
                    const box = cell.getBoundingClientRect();
                    return box.left < x && x < box.right && box.top < y && y < box.bottom;
                });
                const fill = under && getComputedStyle(under).fill;
                const paper = getComputedStyle(document.body).backgroundColor;
                return [text.textContent, getComputedStyle(text).fill, fill && fill != 'none' ? fill : paper];
            });
        })"""
    )
    assert len({under for _word, _ink, under in words}) >= 4  # the paper and several shades
    assert [word for word in words if contrast(word[1], word[2]) < 4.5] == []


def test_each_shade_can_be_told_from_its_neighbours_and_carries_its_ink_in_both_schemes(show):
    for scheme in ("light", "dark"):
        page = show("1 table, 2 regions", scheme=scheme)
        shades = page.evaluate(
            """() => [0, 1, 2, 3, 4, 5, 6].map(step => ['lag', 'on-lag'].map(name => {
                const probe = document.body.appendChild(document.createElement('i'));
                probe.style.color = `var(--${name}-${step})`;
                return getComputedStyle(probe).color;
            }))"""
        )
        assert min(contrast(shade, ink) for shade, ink in shades) >= 4.5
        lightness = [_luminance(shade) for shade, _ink in shades]
        assert lightness == sorted(lightness, reverse=scheme == "light")


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
        'heading "Replication of DynamoDB tables: fail" [level=1]',
        "paragraph: The table failed.",
        'navigation "Contents"',
        'region "What to look at"',
        'img "Heat map of the 95th percentile of lag, each region to each: orders"',
        'img "Share of what was written that had arrived, by lag"',
        'table "Lag from region to region, orders. 95th percentile in seconds."',
        'columnheader "read in us-east-1"',
        'rowheader "us-east-1 → eu-west-1"',
        'cell "3 of 5"',
        'cell "unknown"',
        'heading "orders" [level=3]',
    ):
        assert part in heard


@pytest.mark.parametrize("name", ["1 table, 2 regions, pass", "100 tables, 8 regions"])
def test_tables_that_did_not_pass_are_open_and_of_many_the_others_closed(show, name):
    page = show(name)
    states = page.evaluate(
        """() => [...document.querySelectorAll('details.table')].map(
            details => [details.querySelector('summary .verdict').innerText.split(' ').pop(), details.open])"""
    )
    assert [is_open for _verdict, is_open in states] == [
        verdict != "pass" or len(states) < 4 for verdict, _is_open in states
    ]
    assert [verdict for verdict, _is_open in states] == sorted(
        (verdict for verdict, _is_open in states), key=["fail", "unknown", "pass"].index
    )


def test_a_link_to_a_closed_table_opens_it(show):
    page = show("100 tables, 2 regions")
    table = page.locator("details.table", has=page.get_by_role("heading", name="stock-levels", exact=True))
    place = table.locator("> div").get_attribute("id")
    assert not table.evaluate("details => details.open")
    page.evaluate(f"location.hash = '{place}'")
    assert table.evaluate("details => details.open")
