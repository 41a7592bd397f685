import io
import re

import pytest
from rich.cells import cell_len
from rich.console import Console

from publisher.adapters.base import CORRECT, WITHDRAW, Payload, Step
from publisher.cli import preview_text
from tests.pipeline.preview import made


@pytest.fixture
def config(tmp_path):
    return made.config(tmp_path)


@pytest.fixture
def drawn(monkeypatch, config):
    """Draw at a width, as in a terminal or not; return what was printed."""

    def draw(*variants, width=80, terminal=False, only=(), **changes):
        output = io.StringIO()
        console = Console(file=output, width=width, force_terminal=terminal, highlight=False, color_system="standard" if terminal else None)
        monkeypatch.setattr(preview_text, "Console", lambda **_: console)
        preview_text.draw(made.rendering(*variants, **changes), config, only)
        return output.getvalue()

    return draw


def inside(panel):
    """The words inside a panel, without its frame."""
    return [line[2:-2].rstrip(" ") for line in panel.split("\n") if line.startswith("│")]


def test_the_whole_preview(drawn):
    assert re.sub("sha256:[0-9a-f]{64}", f"sha256:{'0' * 64}", drawn(width=78)) == (
        """\
This announcement cannot be queued: 1 error.
Press release · Valmont · 1\u00a0December\u00a02026
La fête de l’eau
Under embargo until Wednesday 02 December 2026, 18:00 (Europe/Paris).
Notice\u00a0– There is no image.
Found in the document, and used nowhere
– Réf. 12 <b>

╭─ Website · 1 page ─────────────────────────────────────────────────────────╮
│ Address:  …/2026-12-01-fete-eau/                                           │
│                                                                            │
│ Elle a lieu samedi.                                                        │
│                                                                            │
│ Nothing is left out, added or moved.                                       │
│ Can be corrected in place after publication.                               │
│ Digest of this text                                                        │
│ sha256:0000000000000000000000000000000000000000000000000000000000000000    │
╰────────────────────────────────────────────────────────────────────────────╯

╭─ Wall · 1 post ────────────────────────────────────────────────────────────╮
│ post · 58 of 1,000 characters                                              │
│ La fête de l’eau                                                           │
│                                                                            │
│ Elle a lieu                                                                │
│ ┄┄ folded from here on ┄┄                                                  │
│ samedi.                                                                    │
│                                                                            │
│ Suite : ‹address of the page›                                              │
│                                                                            │
│ Then it is made public: until this step nobody sees it.                    │
│                                                                            │
│ Left out (2)                                                               │
│ – Venez.                                                                   │
│ – Et <i>ceci</i>.                                                          │
│ Added                                                                      │
│ – Suite :                                                                  │
│ Moved                                                                      │
│ – Paragraph 2 comes before paragraph 1.                                    │
│ – the end                                                                  │
│ Cannot be changed any more after publication.                              │
│ Digest of this text                                                        │
│ sha256:0000000000000000000000000000000000000000000000000000000000000000    │
╰────────────────────────────────────────────────────────────────────────────╯

╭─ Thread · 2 posts ─────────────────────────────────────────────────────────╮
│ Warning\u00a0– That day is over.                                                │
│ post\u00a01 · 20 of 30 characters                                               │
│ La fête de l’eau 1/2                                                       │
│                                                                            │
│ post\u00a02 · 41 of 30 characters                                               │
│ Elle a lieu samedi ou dimanche. 2/2                                        │
│ ‹address of the page›                                                      │
│ Error\u00a0– The post counts 31 characters.                                     │
│                                                                            │
│ Instead, should the platform refuse what stands above                      │
│ single post · 22 of 30 characters                                          │
│ La fête de l’eau                                                           │
│ ‹address of the page›                                                      │
│                                                                            │
│ Nothing is left out, added or moved.                                       │
│ Cannot be changed any more after publication. Estimated cost: 0.03 US      │
│ dollars.                                                                   │
│ Digest of this text                                                        │
│ sha256:0000000000000000000000000000000000000000000000000000000000000000    │
╰────────────────────────────────────────────────────────────────────────────╯

╭─ E-mail · 1 e-mail, 3 recipients ──────────────────────────────────────────╮
│ Subject             [CP] Valmont – La fête de l’eau (31 characters)        │
│ Shown in the inbox  Elle a lieu samedi.                                    │
│ From                "Ville de Valmont" <presse@valmont.example>            │
│ Answers go to       presse@valmont.example                                 │
│ Recipients          3 recipients                                           │
│                                                                            │
│ Elle a lieu samedi.                                                        │
│                                                                            │
│ En ligne : ‹address of the page›                                           │
│                                                                            │
│ ‹address to leave the list›                                                │
│                                                                            │
│ Nothing is left out, added or moved.                                       │
│ Cannot be changed any more after publication.                              │
│ Digest of this text                                                        │
│ sha256:0000000000000000000000000000000000000000000000000000000000000000    │
╰────────────────────────────────────────────────────────────────────────────╯
Not used for this announcement: off.
"""
    )


def test_only_errors_keep_it_from_being_queued(drawn):
    assert "cannot be queued" not in drawn(problems=[made.NOTICE, made.WARNING])


def test_only_the_named_channels(drawn):
    assert [line.split(" ")[1] for line in drawn(only=["mail", "wall"]).split("\n") if line.startswith("╭")] == ["Wall", "E-mail"]


@pytest.mark.parametrize("width", [20, 40, 79, 100, 250])
def test_nothing_is_wider_than_the_terminal_nor_tiring(drawn, width):
    assert max(cell_len(line) for line in drawn(width=width).split("\n")) <= min(width, 100)


def test_no_colour_outside_a_terminal(drawn):
    assert ("\x1b" in drawn(), "\x1b" in drawn(terminal=True)) == (False, True)


def test_a_document_cannot_command_the_terminal(drawn):
    payload = made.Payload((made.Step("post", "post", {"text": "a\x1b[2Jb\rc\x9bd"}),))
    assert inside(drawn(made.variant("wall", made.Fake(), payload), problems=[]))[0] == "a\ufffd[2Jb\ufffdc\ufffdd"


def test_rich_mark_up_is_text(drawn):
    payload = made.Payload((made.Step("post", "post", {"text": "[bold]a[/bold] :smile:"}),))
    assert inside(drawn(made.variant("wall", made.Fake(), payload), problems=[]))[0] == "[bold]a[/bold] :smile:"


def test_an_unknown_effect_is_drawn_from_its_content(drawn):
    panel = drawn(made.variant("wall", made.Fake(), made.OTHER), problems=[])
    assert inside(panel)[:3] == ["toot · toot", "status  La fête <b>", "when    {'hour': 9}"]


def test_the_facts_of_a_mail_stand_below_their_names_where_there_is_no_room_beside_them(drawn):
    assert inside(drawn(made.VARIANTS[3], width=50, problems=[]))[:4] == [
        "Subject",
        "[CP] Valmont – La fête de l’eau (31",
        "characters)",
        "Shown in the inbox",
    ]


def test_what_is_wrong_with_a_mail_stands_above_its_text(drawn):
    wrong = made.Problem(made.Severity.ERROR, "too-long", "Shorten the subject.", channel="mail", step="message")
    told = inside(drawn(made.VARIANTS[3], problems=[wrong]))
    assert told.index("Error\u00a0– Shorten the subject.") == told.index("") - 1


def test_only_the_name_of_a_problem_is_coloured(drawn):
    told = drawn(made.VARIANTS[1], terminal=True, problems=[made.NOTICE])
    assert "\x1b[1;36mNotice\x1b[0m\u00a0– There is no image." in told


def test_a_correction_is_its_new_text_and_a_withdrawal_says_what_goes(drawn):
    corrected = made.variant("wall", made.Fake("Wall"), Payload((Step("correct", CORRECT, {"text": "Le bon texte.", "post": "1_2"}),)))
    assert inside(drawn(corrected))[0] == "Le bon texte."
    gone = Step("withdraw-post-1", WITHDRAW, {"step": "post-1", "remote_id": "12", "url": "https://wall.example/12"})
    panel = drawn(made.variant("wall", made.Fake("Wall"), Payload((gone,))))
    assert "╭─ Wall · 1 withdrawal ─" in panel
    assert [line for line in inside(panel) if "Digest" not in line and "sha256" not in line] == [
        "withdrawal of post\u00a01 · https://wall.example/12",
        "",
    ]
