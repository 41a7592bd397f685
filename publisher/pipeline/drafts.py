"""Drafts: kept while people write, shown as each channel would publish them, queued when they are ready; nothing is overwritten unseen."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from publisher import storage
from publisher.adapters.base import Form
from publisher.announcement import Announcement
from publisher.errors import IntakeError, Refused, RenderError, UsageError
from publisher.i18n import N_
from publisher.models import Actor, Draft, Person, Version, audit
from publisher.pipeline import intake, keeping, planning, queue, standing, written
from publisher.pipeline.desk import Desk
from publisher.pipeline.plan import Request, Source
from publisher.pipeline.queue import Queued
from publisher.pipeline.render import Rendering, render
from publisher.pipeline.schedule import found
from publisher.pipeline.written import Fields
from publisher.text.instants import parse_when

TAKEN_UP = "announcement.taken-up"
"""The act of the audit by which somebody began to correct what was sent back."""


class Outdated(Refused):
    """A colleague saved the draft since it was read; `draft` is as it stands now."""

    def __init__(self, draft: Draft) -> None:
        """Name the colleague."""
        sentence = N_("%(name)s has changed this draft since you opened it: nothing was overwritten.")
        super().__init__("draft-changed", sentence, name=draft.editor.name)
        self.draft = draft


class Become(Refused):
    """The draft has become an announcement; `announcement` is its id, `fields` what it was made of."""

    def __init__(self, draft: Draft) -> None:
        """Say that there is nothing left to write in it."""
        super().__init__("draft-queued", N_("This draft has become an announcement: begin another one."))
        self.announcement, self.fields = str(draft.announcement_id), draft.fields


def unfinished() -> list[Draft]:
    """Return the drafts that nobody was asked to agree to yet, the one changed last on top."""
    return list(Draft.objects.filter(announcement=None).exclude(fields={}).select_related("editor").order_by("-changed_at", "pk"))


def left_by(person: Person) -> list[Draft]:
    """Return the drafts that this person was the last to write on, the one changed last on top."""
    return [draft for draft in unfinished() if draft.editor_id == person.pk]


def one(name: str) -> Draft:
    """Return a draft. Raises Refused."""
    draft = Draft.objects.select_related("editor").filter(pk=name).first()
    if draft is None:
        raise Refused("unknown-id", N_("There is no draft “%(id)s”: it was thrown away, perhaps."), id=name)
    return draft


def begin(desk: Desk, actor: Actor, fields: Fields | None = None) -> Draft:
    """Return a new draft; an empty one that this person left is taken up again."""
    editor, now = _editor(actor), desk.now()
    with storage.explained(desk.config), transaction.atomic():
        if not fields and (left := Draft.objects.filter(announcement=None, editor=editor, fields={}).first()):
            return left
        return Draft.objects.create(fields=dict(fields or {}), editor=editor, created_at=now, changed_at=now)


def save(desk: Desk, actor: Actor, name: str, version: int, given: Mapping[str, str]) -> Draft:
    """Keep what somebody wrote upon the version that they read; what is the same is not written. Raises Refused, Become, Outdated."""
    fields = written.cleaned(given, desk.channels)
    with storage.explained(desk.config), transaction.atomic():
        draft = one(name)
        if draft.announcement_id:
            raise Become(draft)
        if draft.fields == fields:
            return draft
        if draft.version != version:
            raise Outdated(draft)
        draft.fields, draft.version, draft.editor, draft.changed_at = fields, version + 1, _editor(actor), desk.now()
        draft.save()
    return draft


def discard(desk: Desk, actor: Actor, name: str) -> None:
    """Throw a draft away. Raises Refused, Become."""
    with storage.explained(desk.config), transaction.atomic():
        draft = one(name)
        if draft.announcement_id:
            raise Become(draft)
        audit.record(actor, "draft.discarded", draft.id, desk.now(), {"title": written.title(draft.fields)})
        draft.delete()


def again(desk: Desk, actor: Actor, announcement: str) -> Draft:
    """Begin a draft with the text of an announcement's last version; sent back, it then waits for its author no more. Raises Refused."""
    version = Version.objects.filter(announcement=found(announcement)).latest("number")
    before = Draft.objects.filter(announcement=announcement).order_by("-changed_at").first()
    fields = before.fields if before and version.number == 1 else written.of(keeping.announcement(version.content))
    with storage.explained(desk.config), transaction.atomic():
        if any(map(standing.is_sent_back, version.announcement.deliveries.select_related("manifest").defer("payload"))):
            audit.record(actor, TAKEN_UP, announcement, desk.now())
        return begin(desk, actor, fields)


def reading(desk: Desk, fields: Fields) -> Announcement:
    """Return the draft as intake understands it. Raises IntakeError."""
    zone = desk.config.town.zone
    return intake.read(written.document(fields, desk.channels), Source(None, b"").name, zone, desk.now().astimezone(zone).date())


def rendering(desk: Desk, fields: Fields) -> Rendering:
    """Return what each channel would publish of it. Raises IntakeError, RenderError."""
    made = render(reading(desk, fields), desk.config, desk.channels)
    return made._replace(problems=(*made.problems, *planning.dated_otherwise(desk, made.announcement, _due(desk, fields))))


def _due(desk: Desk, fields: Fields) -> datetime | None:
    """Return when it is to leave, as far as that can be read already."""
    try:
        return parse_when(fields["at"], desk.config.town.zone) if "at" in fields else None
    except UsageError:
        return None


def derived(desk: Desk, fields: Fields, channel: str) -> str:
    """Return the words that a channel takes from the common text, as a start for its own; none as long as there is nothing to read."""
    common = {name: value for name, value in fields.items() if name != written.of_channel(channel, "own")}
    try:
        made = rendering(desk, common)
    except (IntakeError, RenderError):
        return ""
    variant = next((one for one in made.variants if one.channel.name == channel), None)
    if variant is None or variant.channel.adapter.traits.form is Form.DOCUMENT:
        return made.announcement.body_markdown
    return "\n\n".join(str(step.content["text"]) for step in variant.payload.steps if "text" in step.content)


def queue_up(desk: Desk, actor: Actor, name: str, version: int, request: Request) -> Queued:
    """Freeze the draft as it stands and ask for its visa: once, whoever asks at the same time.

    Raises Refused, Become, Outdated, UsageError, IntakeError, RenderError, ConfigError.
    """
    draft = one(name)
    _refuse_passed(draft, version)
    source = Source(None, written.document(draft.fields, desk.channels))
    plan = planning.plan(desk, source, reading(desk, draft.fields), request)
    with storage.explained(desk.config), transaction.atomic():
        if not Draft.objects.filter(pk=name, version=version, announcement=None).update(version=version + 1):
            _refuse_passed(one(name), version)
        queued = queue.queue(desk, actor, plan, again=request.again)
        Draft.objects.filter(pk=name).update(announcement=queued.id)
    return queued


def _refuse_passed(draft: Draft, version: int) -> None:
    """Refuse a draft that is no longer as it was read. Raises Become, Outdated."""
    if draft.announcement_id:
        raise Become(draft)
    if draft.version != version:
        raise Outdated(draft)


def _editor(actor: Actor) -> Person:
    if actor.person is None:
        raise Refused("no-editor", N_("An announcement needs an author: name an account with --as."))
    return actor.person
