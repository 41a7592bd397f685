"""The town's colour, made legible on the paper it is shown on."""

from collections.abc import Sequence

LEGIBLE = 4.5  # WCAG 2.1, 1.4.3: contrast of text
WHITE = "#ffffff"
_ENDS = ((0, 0, 0), (255, 255, 255))
_STEPS = 100


def is_legible(colour: str, paper: str) -> bool:
    """Return whether words of this colour ("#rrggbb") can be read on the paper."""
    return _contrast(_channels(colour), _channels(paper)) >= LEGIBLE


def legible(colour: str, paper: str, contrast: float = LEGIBLE) -> str:
    """Return the colour ("#rrggbb"), darkened on a light paper or lightened on a dark one as little as the contrast needs."""
    base, ground = _channels(colour), _channels(paper)
    goal = max(_ENDS, key=lambda end: _contrast(end, ground))
    mixtures = (tuple(round(one + (other - one) * step / _STEPS) for one, other in zip(base, goal, strict=True)) for step in range(_STEPS))
    mixed = next((mixture for mixture in mixtures if _contrast(mixture, ground) >= contrast), goal)
    return "#" + "".join(f"{value:02x}" for value in mixed)


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour.removeprefix("#")))


def _luminance(channels: Sequence[int]) -> float:
    """Return the relative luminance as WCAG defines it, from 0 (black) to 1 (white)."""
    low, power = 0.04045, 2.4
    red, green, blue = (share / 12.92 if share <= low else ((share + 0.055) / 1.055) ** power for share in (one / 255 for one in channels))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: Sequence[int], other: Sequence[int]) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)
