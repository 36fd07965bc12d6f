"""That axe finds what is planted: in either theme, at any size."""

from typing import Any

import pytest
from axe import SIZES, faults_at_every_size

PLANT = """(css) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets.push(sheet);
  const text = document.createElement("p");
  text.id = "planted";
  text.textContent = "Hardly to be read";
  document.querySelector("main").append(text);
}"""
FAINT = "color: #888 !important; background: #777 !important;"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_fault_of_one_theme_is_found_at_every_size(server: Any, visits: Any, theme: str) -> None:
    page = visits.open(server.url + "join", server.url, reduced_motion="reduce")
    assert faults_at_every_size(page) == []
    page.evaluate(PLANT, f"html[data-theme={theme}] #planted {{ {FAINT} }}")
    found = faults_at_every_size(page)
    assert {fault[:3] for fault in found} == {(size, theme, "color-contrast") for size in SIZES}


def test_a_fault_of_one_size_is_found_in_both_themes(server: Any, visits: Any) -> None:
    page = visits.open(server.url + "join", server.url, reduced_motion="reduce")
    page.evaluate(PLANT, f"@media (max-width: 500px) {{ #planted {{ {FAINT} }} }}")
    wanted = {((390, 844), theme, "color-contrast") for theme in ("light", "dark")}
    assert {fault[:3] for fault in faults_at_every_size(page)} == wanted


def test_what_has_no_name_is_found(server: Any, visits: Any) -> None:
    page = visits.open(server.url + "join", server.url, reduced_motion="reduce")
    page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    assert {fault[:3] for fault in faults_at_every_size(page)} == {(size, "light", "button-name") for size in SIZES}
