# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One browser for all tests, and the reports that it shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import chromium
import pytest
from ansible_collections.multiregion.dynamodb.plugins.filter.report import report as rendered
from documents import DOCUMENTS
from playwright.sync_api import Browser, Page, sync_playwright

from tests.unit.plugins.plugin_utils.replication_document import document

# Without a sandbox it runs as root too; the others keep it from calling home.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = chromium.find()
    if not executable:
        pytest.fail(chromium.MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The file of one of DOCUMENTS, made once."""
    directory = tmp_path_factory.mktemp("reports")

    def made(name: str) -> Path:
        path = directory / f"{name}.html"
        if not path.exists():
            path.write_text(rendered(document(**DOCUMENTS[name]), "html", "production"))
        return path

    return made


@pytest.fixture
def show(browser: Browser, report: Callable[[str], Path]) -> Iterator[Callable[..., Page]]:
    """Opens a report; whatever it asks the network for, runs or is denied fails the test."""
    contexts, wrong = [], []

    def shown(name: str, width: int = 1280, scheme: str = "light", media: str = "screen") -> Page:
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        address = report(name).as_uri()
        page.on("request", lambda request: request.url == address or wrong.append(request.url))
        page.on("console", lambda message: wrong.append(message.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.emulate_media(media=media)
        page.goto(address)
        return page

    yield shown
    for context in contexts:
        context.close()
    assert wrong == []
