"""What a heading must not be."""

#: Headings and legends that are cut off, or stand in their panel's padding.
CUT = """() => [...document.querySelectorAll("main h2, main h2 > span, .legend")]
  .filter((element) => element.offsetParent && !element.closest(".settings, .lab"))
  .filter((element) => element.scrollWidth > element.clientWidth + 1 || element.getBoundingClientRect().right
    > element.closest(".panel").getBoundingClientRect().right - 6)
  .map((element) => element.textContent)"""
