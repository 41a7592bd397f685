"""Understands the text of a communiqué: each step takes out the blocks it knows, and the rest is the body."""

from datetime import date
from zoneinfo import ZoneInfo

from publisher.pipeline.intake import (
    body,
    contact_blocks,
    datelines,
    embargoes,
    head,
    images,
    link_lines,
    mail,
    marks,
    notes,
    references,
    source,
    tables,
    typed_html,
)
from publisher.pipeline.intake.draft import Draft


def understand(text: str, zone: ZoneInfo, *, given_title: str | None = None, today: date | None = None) -> Draft:
    """Return what the text says, field by field; `given_title` is that of the front matter, which wins."""
    draft = Draft()
    text = mail.without_mail(typed_html.without_tags(marks.without_comments(text, draft), draft), draft)
    text = datelines.set_apart(tables.from_tabs(notes.in_words(references.resolve(text, draft), draft)))
    blocks = images.take(source.cut(text), draft)
    blocks = embargoes.take(blocks, draft, zone, today)
    blocks = contact_blocks.take(blocks, draft)
    blocks = link_lines.take(blocks, draft)
    blocks = marks.take(blocks, draft)
    blocks = head.take(blocks, draft, given_title=given_title, today=today)
    draft.body = body.compose(head.take_foot(blocks, draft, today))
    return draft
