"""What a page says of an error names no command and no id: people at a page have neither."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import publisher
from publisher.web.saying import HERE

PIPELINE = Path(publisher.__file__).parent / "pipeline"
FOR_A_PROMPT = re.compile(r"“publisher |--[a-z]|%\(id\)s|%\(step\)s")

ELSEWHERE = {
    "channel-not-used": "the pages ask for the channels that an announcement has",
    "copied": "the service says so at its start, before there are pages",
    "restored": "the same",
    "no-account-for-system-user": "at a page somebody is signed in",
    "no-config": "without config.toml there are no channels to connect",
    "no-editor": "at a page somebody is signed in",
    "not-our-address": "of a mailing it names the recipient, whom the page lets one choose",
    "slot-unfilled": "kept with the attempt, and told by its reason",
}
"""Codes whose sentence no page shows, and why."""


def told() -> Iterator[tuple[str, str]]:
    """The code and the sentence of each refusal of the pipeline."""
    for path in PIPELINE.rglob("*.py"):
        for function in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(function, ast.FunctionDef):
                yield from refusals(function)


def refusals(function: ast.FunctionDef) -> Iterator[tuple[str, str]]:
    nodes = [*ast.walk(function)]
    named = [(node.targets[0].id, node.value) for node in nodes if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)]
    for call in nodes:
        if (
            isinstance(call, ast.Call)
            and getattr(call.func, "id", "") in {"Refused", "UsageError"}
            and isinstance(call.args[0], ast.Constant)
        ):
            given = call.args[1]
            values = [value for name, value in named if name == given.id] if isinstance(given, ast.Name) else [given]
            yield from ((call.args[0].value, sentence) for value in values for sentence in sentences(value))


def sentences(value: ast.expr) -> Iterator[str]:
    for node in ast.walk(value):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "N_":
            yield ast.literal_eval(node.args[0])


def test_a_refusal_that_names_a_command_or_an_id_is_said_otherwise_on_the_pages() -> None:
    for_a_prompt = {code for code, sentence in told() if FOR_A_PROMPT.search(sentence)}
    assert len(for_a_prompt) > 30
    assert for_a_prompt - {*HERE} - {*ELSEWHERE} == set()
    assert {*ELSEWHERE} - for_a_prompt == set()


def test_what_the_pages_say_instead_names_none() -> None:
    assert {code for code, sentence in HERE.items() if FOR_A_PROMPT.search(sentence)} == {"env-unwritable"}
