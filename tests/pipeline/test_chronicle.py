"""The journal has words for every act that the audit keeps."""

import re
from pathlib import Path

import publisher
from publisher.models.states import DeliveryState
from publisher.pipeline import chronicle

ACT = re.compile(r'audit\.record\(\s*[^,]+,\s*"([a-z]+\.[a-z-]+)"')
NAMED = re.compile(r'^[A-Z_]+ = "((?:account|announcement|channel|person|token)\.[a-z-]+)"', re.MULTILINE)


def test_every_act_that_is_kept_has_words() -> None:
    sources = [path.read_text("utf-8") for path in Path(publisher.__file__).parent.rglob("*.py")]
    acts = {act for source in sources for pattern in (ACT, NAMED) for act in pattern.findall(source)}
    assert len(acts) > 30
    of_deliveries = {f"delivery.{state}" for state in DeliveryState}
    wordless = {act for act in acts - of_deliveries if act not in chronicle.ACTS and not act.startswith(chronicle.TECHNICAL)}
    assert not wordless
