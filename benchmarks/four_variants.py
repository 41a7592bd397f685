"""How long the four variants of one announcement take, against markdown-it parsing it. Promise: ratio ≤ 25.

    python benchmarks/four_variants.py [ROUNDS]

Both in one process, in turn, warm, in processor time, which a busy machine does not change much; the announcement is read anew each
time, so that nothing is kept from the round before.
"""

import statistics
import sys
import time
from collections.abc import Callable
from functools import partial

from hall import COMMUNIQUE, verdict
from markdown_it import MarkdownIt

from publisher import config
from publisher.adapters import registry
from publisher.pipeline import intake
from publisher.pipeline.render import render

PROMISE = 25


def seconds(act: Callable[[], object]) -> float:
    start = time.process_time()
    act()
    return time.process_time() - start


def main(rounds: int) -> None:
    settings = config.load(environ={})
    channels = registry.configure(settings, secrets=False)
    text, parser = COMMUNIQUE.read_text("utf-8"), MarkdownIt("commonmark").enable("table")
    pairs = []
    for _ in range(rounds):
        announcement = intake.read_file(COMMUNIQUE, settings.town.zone)
        pairs.append((seconds(partial(render, announcement, settings, channels)), seconds(partial(parser.parse, text))))
    ours, theirs = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = ours / theirs
    print(f"four variants {ours * 1000:.1f} ms, markdown-it {theirs * 1000:.2f} ms, {rounds} rounds")
    verdict("four variants", f"{ratio:.1f} × the parsing of the Markdown", f"≤ {PROMISE} ×", kept=ratio <= PROMISE)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50)
