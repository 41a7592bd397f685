"""Threads: cutting one text into the fewest, evenest posts that each make sense."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unit:
    """One sentence, heading or list item of a thread, typeset.

    `joint` is what stands between it and the unit before when both share a post. `cost` is the price of leaving it
    out (the lowest go first); infinite: it must stay. `heading` is glued to what follows.
    """

    text: str
    joint: str = " "
    cost: float = math.inf
    heading: bool = False
