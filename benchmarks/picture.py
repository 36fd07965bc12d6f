"""A picture of measured numbers: panels of curves on logarithmic axes, as SVG, without any library."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

PANEL, HEIGHT, GAP = 300, 300, 32
LEFT, TOP, BOTTOM, RIGHT = 92, 88, 62, 24
INK, FAINT, GRID = "#1c2430", "#5a6472", "#e3e7ec"


@dataclass(frozen=True)
class Curve:
    """One contender's look; a dash and a mark of its own say it without colour."""

    name: str
    colour: str
    dash: str = ""
    width: float = 2
    #: Of the mark: sides of a polygon, 0 for a disc.
    sides: int = 0


@dataclass(frozen=True)
class Panel:
    """What grows, its values, and for each curve's name the microseconds."""

    title: str
    axis: str
    x: Sequence[float]
    y: dict[str, Sequence[float]]


def place(value: float, low: float, high: float, length: float) -> float:
    """On a logarithmic axis of this length."""
    return length * math.log(value / low) / math.log(high / low)


def text(x: float, y: float, words: str, size: int = 13, anchor: str = "middle", more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" {more}>{escape(words)}</text>'


def mark(curve: Curve, x: float, y: float) -> str:
    if not curve.sides:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{curve.colour}"/>'
    turns = [
        2 * math.pi * corner / curve.sides - math.pi / (4 if curve.sides == 4 else 2) for corner in range(curve.sides)
    ]
    points = " ".join(f"{x + 5 * math.cos(turn):.1f},{y + 5 * math.sin(turn):.1f}" for turn in turns)
    return f'<polygon points="{points}" fill="{curve.colour}"/>'


def line(curve: Curve, points: Sequence[tuple[float, float]]) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    drawn = f'<polyline points="{path}" fill="none" stroke="{curve.colour}" stroke-width="{curve.width}"'
    return drawn + (f' stroke-dasharray="{curve.dash}"/>' if curve.dash else "/>")


def duration(microseconds: float) -> str:
    return f"{microseconds / 1000:g} ms" if microseconds >= 1000 else f"{microseconds:g} µs"


def legend(curves: Sequence[Curve]) -> list[str]:
    parts, x = [], LEFT
    for curve in curves:
        parts += [line(curve, [(x, 50), (x + 34, 50)]), mark(curve, x + 17, 50)]
        parts.append(text(x + 42, 54.5, curve.name, 13, "start"))
        x += 42 + 7.2 * len(curve.name) + 34
    return parts


def panel_parts(panel: Panel, curves: Sequence[Curve], low: float, high: float, first: bool) -> list[str]:
    """One panel, its upper left corner at the origin."""
    parts = [text(PANEL / 2, -12, panel.title, 14, more='font-weight="600"')]
    for decade in range(round(math.log10(low)), round(math.log10(high)) + 1):
        y = HEIGHT - place(10**decade, low, high, HEIGHT)
        parts.append(f'<path d="M0 {y:.1f}H{PANEL}" stroke="{GRID}"/>')
        if first:
            parts.append(text(-10, y + 4.5, duration(10**decade), 13, "end", f'fill="{FAINT}"'))
    inner, margin = PANEL - 28, 14
    across = [margin + place(x, panel.x[0], panel.x[-1], inner) for x in panel.x]
    for x, value in zip(across, panel.x, strict=True):
        parts.append(f'<path d="M{x:.1f} {HEIGHT}v5" stroke="{FAINT}"/>')
        parts.append(text(x, HEIGHT + 20, f"{value:g}", 12, more=f'fill="{FAINT}"'))
    parts.append(f'<path d="M0 {HEIGHT}H{PANEL}" stroke="{FAINT}"/>')
    parts.append(text(PANEL / 2, HEIGHT + 44, panel.axis, 13))
    for curve in curves:
        up = [HEIGHT - place(y, low, high, HEIGHT) for y in panel.y[curve.name]]
        points = list(zip(across, up, strict=True))
        parts += [line(curve, points), *(mark(curve, x, y) for x, y in points)]
    return parts


def picture(title: str, panels: Sequence[Panel], curves: Sequence[Curve]) -> str:
    """The panels side by side, with one time axis in whole decades for all of them."""
    values = [value for panel in panels for series in panel.y.values() for value in series]
    low, high = 10.0 ** math.floor(math.log10(min(values))), 10.0 ** math.ceil(math.log10(max(values)))
    width = LEFT + len(panels) * PANEL + (len(panels) - 1) * GAP + RIGHT
    height = TOP + HEIGHT + BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" font-family="system-ui, sans-serif" fill="{INK}">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        text(0, 0, "time of one step", 13, more=f'transform="translate(18 {TOP + 8 + HEIGHT / 2:.0f}) rotate(-90)"'),
        text(LEFT, 26, title, 16, "start", 'font-weight="600"'),
        *legend(curves),
    ]
    for index, panel in enumerate(panels):
        parts.append(f'<g transform="translate({LEFT + index * (PANEL + GAP)} {TOP + 8})">')
        parts += [*panel_parts(panel, curves, low, high, index == 0), "</g>"]
    return "\n".join([*parts, "</svg>", ""])
