"""What the editor shows: the fields in their groups, what each channel has for itself, and each channel as its readers will see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

from django.urls import reverse
from django.utils.safestring import mark_safe

from publisher.announcement import TYPES, Announcement
from publisher.errors import IntakeError, RenderError
from publisher.i18n import N_, _
from publisher.models import Draft
from publisher.pipeline import changes, drafts, preview, written
from publisher.pipeline.preview import words
from publisher.pipeline.preview.view import StepView
from publisher.pipeline.render import Rendering
from publisher.web import desk
from publisher.web.saying import said
from publisher.web.words import day


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to write: its name, what it is called, what kind of field it is, and a word of help."""

    name: str
    label: str
    kind: str = "text"
    help: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that belong together; those that are seldom needed are folded away as long as they are empty."""

    title: str
    fields: Sequence[Field]
    is_folded: bool = True


TEXT = Group(
    N_("Text"),
    (
        Field("title", N_("Title")),
        Field("standfirst", N_("Standfirst"), "lines", N_("Two or three sentences that say it all.")),
        Field("body", N_("Text"), "body", N_("A whole press release may be pasted here: title, place, date and contact are found in it.")),
    ),
    is_folded=False,
)
WHEN = Group(
    N_("When"),
    (
        Field("at", N_("To be published on"), "datetime-local", N_("Left empty: as soon as it is approved.")),
        Field("not_after", N_("Not after"), "datetime-local", N_("Later than this it no longer leaves.")),
        Field("embargo_until", N_("Under embargo until"), "datetime-local", N_("Before this nothing is public.")),
    ),
    is_folded=False,
)
GROUPS = (
    TEXT,
    WHEN,
    Group(
        N_("Press contact"),
        (
            Field("contact.name", N_("Name")),
            Field("contact.role", N_("Role")),
            Field("contact.phone", N_("Telephone"), "tel"),
            Field("contact.email", N_("E-mail"), "email"),
        ),
    ),
    Group(
        N_("Place, date and links"),
        (
            Field("type", N_("Kind"), "type"),
            Field("place", N_("Place")),
            Field("date", N_("Date"), "date"),
            Field("hashtags", N_("Hashtags"), help=N_("Parted by spaces.")),
            Field(
                "links",
                N_("Links"),
                "lines",
                N_("One on each line: the words, a bar, the address. Agenda | https://www.example.org/agenda"),
            ),
            Field("subject", N_("Subject of the e-mail"), help=N_("Left empty: the title.")),
            Field("summary", N_("Summary for search engines and shared links")),
        ),
    ),
)


def groups(fields: Mapping[str, str], *, but: Group | None = None) -> list[dict[str, Any]]:
    """Return the groups with what was written in their fields, all but one."""
    return [
        {
            "title": _(group.title),
            "is_open": not group.is_folded or any(one.name in fields for one in group.fields),
            "is_folded": group.is_folded,
            "fields": [
                {
                    "name": one.name,
                    "label": _(one.label),
                    "kind": one.kind,
                    "help": _(one.help) if one.help else "",
                    "value": fields.get(one.name, ""),
                }
                for one in group.fields
            ],
        }
        for group in GROUPS
        if group is not but
    ]


def types() -> list[tuple[str, str]]:
    """Return the kinds of announcement with what they are called."""
    return [(name, _(words.TYPES[name])) for name in TYPES]


def channels(fields: Mapping[str, str]) -> list[dict[str, str]]:
    """Return what each channel that is switched on has for itself, as the form shows it."""
    return [
        {
            "name": name,
            "label": _(channel.adapter.traits.label),
            **{part: fields.get(written.of_channel(name, part), "") for part in written.OWN},
        }
        for name, channel in desk.current().channels.items()
        if channel.settings.enabled
    ]


def live(draft: Draft, known: Mapping[str, str]) -> dict[str, Any]:
    """Return what follows the typing: the previews of which the browser does not know the mark yet, and the remarks."""
    seen = _seen(draft)
    shown = [_preview(draft, name, html) for name, html in seen.sections.items()]
    changed = [one for one in shown if known.get(f"seen.{one['name']}") != one["mark"]]
    remarks = mark_safe(seen.remarks)  # noqa: S308 - made by the preview's own templates, too
    return {
        "draft": draft,
        "title": written.title(draft.fields),
        "previews": changed,
        "remarks": remarks,
        "unseen": seen.sentence,
        "understood": seen.understood,
    }


def _preview(draft: Draft, channel: str, html: str) -> dict[str, Any]:
    """Return what is to be seen of a channel, with what its own text changes of the common one, and a mark that tells it from others."""
    differs = bool(html and draft.fields.get(written.of_channel(channel, "own")))
    common = drafts.derived(desk.current(), draft.fields, channel) if differs else ""
    compared = changes.words(common, draft.fields.get(written.of_channel(channel, "text"), "")) if differs else []
    mark = _mark(f"{html}{common}")
    shown = mark_safe(html)  # noqa: S308 - made by the preview's own templates, which escape
    return {"name": channel, "mark": mark, "html": shown, "differs": differs, "words": compared}


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is to be seen of a draft: each channel as markup by its name, or why there is nothing yet; and what was found in its text."""

    sections: Mapping[str, str] = field(default_factory=dict)
    remarks: str = ""
    sentence: str = ""
    understood: Sequence[tuple[str, str]] = ()


def _understood(fields: Mapping[str, str], announcement: Announcement) -> list[tuple[str, str]]:
    """Return what was found in the text for fields that are empty: what they are called, and what stands there."""
    found = written.of(announcement)
    labels = {one.name: one.label for group in GROUPS for one in group.fields if one.name in UNDERSTOOD}
    shown = [(name, found[name]) for name in UNDERSTOOD if name in found and name not in fields]
    return [(_(labels[name]), day(date.fromisoformat(value)) if name == "date" else value) for name, value in shown]


UNDERSTOOD = ("title", "standfirst", "place", "date", *(f"contact.{part}" for part in written.CONTACT), "hashtags", "links")
"""Fields for which intake looks in the text."""


def _seen(draft: Draft) -> _Seen:
    here = desk.current()
    try:
        made = drafts.rendering(here, draft.fields)
    except (IntakeError, RenderError) as error:
        return _Seen(sentence=said(error))
    remarks, shown = preview.as_parts(made, here.config, _Frames(draft.id, made).address)
    sections = {name: shown.get(name, "") for name, channel in here.channels.items() if channel.settings.enabled}
    return _Seen(sections, remarks, understood=_understood(draft.fields, made.announcement))


@dataclass(frozen=True, slots=True)
class _Frames:
    """Where the markup of each step is served; the address names its content, so that a frame is filled anew only when that changes."""

    draft: str
    rendering: Rendering

    def address(self, channel: str, step: StepView) -> str:
        """Return the address."""
        content = preview.markup(self.rendering, channel, step.id) or ""
        return f"{reverse('draft_leaf', args=[self.draft, channel, step.id])}?{_mark(content)}"


def _mark(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]
