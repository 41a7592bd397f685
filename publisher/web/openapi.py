"""What the API is, in OpenAPI 3.1: written by hand, and held against the addresses by a test."""

from collections.abc import Mapping, Sequence
from typing import Any

from publisher import __version__
from publisher.models.states import AnnouncementState, DeliveryState, StepState

Schema = Mapping[str, Any]


def _object(required: Sequence[str] = (), /, **properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": [*(required or properties)]}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _answer(description: str, schema: str | None = None) -> Schema:
    content = {"content": {"application/json": {"schema": _ref(schema)}}} if schema else {}
    return {"description": description, **content}


def _answers(**statuses: Schema) -> Schema:
    """Return the answers of an operation, with those that every one has."""
    told = {
        "401": _answer("No token, or one that does not count (any more).", "Error"),
        "403": _answer("The token is not good for this.", "Error"),
        "429": _answer("Too many calls within a minute; Retry-After says how many seconds to wait.", "Error"),
        "503": _answer("The database or the configuration has to be put right first.", "Error"),
    }
    return dict(sorted({**{name.removeprefix("s"): answer for name, answer in statuses.items()}, **told}.items()))


_TEXT: Schema = {"type": "string"}
_MAYBE: Schema = {"type": ["string", "null"]}
_INSTANT: Schema = {"type": ["string", "null"], "format": "date-time"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_WHEN: Schema = {
    "type": ["string", "null"],
    "description": "ISO 8601, with an offset or in the town's zone; an hour that exists twice must say which.",
}
_YES: Schema = {"type": "boolean", "default": False}


def _states(states: type[AnnouncementState | DeliveryState | StepState]) -> Schema:
    return {"type": "string", "enum": [state.value for state in states]}


SCHEMAS: Mapping[str, Schema] = {
    "Error": _object(code=_TEXT, message=_TEXT),
    "Step": _object(
        ("id", "state", "attempts", "remote_id", "url", "error"),
        id=_TEXT,
        state=_states(StepState),
        attempts=_COUNT,
        remote_id=_MAYBE,
        url=_MAYBE,
        error=_MAYBE,
        counts={"type": "object", "additionalProperties": _COUNT},
        recipients=_list(_object(address=_TEXT, name=_TEXT, state=_TEXT, error=_MAYBE)),
    ),
    "Delivery": _object(
        id=_TEXT,
        channel=_TEXT,
        purpose=_TEXT,
        state=_states(DeliveryState),
        reason=_MAYBE,
        due_at=_INSTANT,
        not_after=_INSTANT,
        steps=_list(_ref("Step")),
    ),
    "Announcement": _object(
        ("id", "title", "state", "deliveries"),
        format={"const": "publisher.status/1"},
        id=_TEXT,
        title=_TEXT,
        state=_states(AnnouncementState),
        sent_back=_object(reason=_TEXT, by=_MAYBE, at=_INSTANT),
        deliveries=_list(_ref("Delivery")),
    ),
    "Announcements": _object(
        format={"const": "publisher.announcements/1"}, page=_COUNT, pages=_COUNT, count=_COUNT, announcements=_list(_ref("Announcement"))
    ),
    "Handed": _object(
        ("document",),
        document={"type": "string", "description": "Markdown or plain text, as a file would hold it."},
        at=_WHEN,
        not_after=_WHEN,
        embargo_until=_WHEN,
        channels=_list(_TEXT),
        again=_YES,
        without_link=_YES,
        as_written=_YES,
    ),
    "Queued": _object(
        format={"const": "publisher.queue/1"},
        id=_TEXT,
        sealed={"type": "boolean"},
        deliveries=_list(_object(id=_TEXT, channel=_TEXT, due_at=_INSTANT)),
        problems=_list(_object(severity=_TEXT, code=_TEXT, message=_TEXT, channel=_MAYBE)),
    ),
}

_KEY: Schema = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "maxLength": 200},
    "description": "The same key with the same body gets the same answer, and queues nothing again; with another body, 409.",
}

PATHS: Mapping[str, Schema] = {
    "/api/v1/announcements": {
        "get": {
            "summary": "The announcements, the newest first.",
            "security": [{"token": ["read"]}],
            "parameters": [
                {"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 1, "default": 1}},
                {"name": "q", "in": "query", "schema": _TEXT, "description": "Words of the title."},
            ],
            "responses": _answers(s200=_answer("One page.", "Announcements"), s400=_answer("No number of a page.", "Error")),
        },
        "post": {
            "summary": "Queue a document. It leaves once people have agreed to it, which no token can.",
            "security": [{"token": ["queue"]}],
            "parameters": [_KEY],
            "requestBody": {
                "required": True,
                "content": {
                    "application/json": {"schema": _ref("Handed")},
                    "text/markdown": {"schema": _TEXT},
                    "text/plain": {"schema": _TEXT},
                },
            },
            "responses": _answers(
                s201=_answer("Queued, or was so under this key before (Idempotency-Replayed).", "Queued"),
                s400=_answer("What was sent is not what is asked for.", "Error"),
                s409=_answer("The text is planned or published already, or the key stood for something else.", "Error"),
                s413=_answer("More than a document may hold.", "Error"),
                s415=_answer("Neither JSON nor text.", "Error"),
                s422=_answer("The document cannot leave like this; the message says why.", "Error"),
            ),
        },
    },
    "/api/v1/announcements/{name}": {
        "get": {
            "summary": "Where one stands, by its id or that of one of its deliveries.",
            "security": [{"token": ["read"]}],
            "parameters": [{"name": "name", "in": "path", "required": True, "schema": _TEXT}],
            "responses": _answers(
                s200=_answer("It, with its deliveries and steps.", "Announcement"), s404=_answer("There is none.", "Error")
            ),
        },
    },
    "/api/v1/openapi.json": {
        "get": {
            "summary": "This description.",
            "security": [{"token": ["read"]}],
            "responses": _answers(s200=_answer("OpenAPI 3.1.")),
        },
    },
}

DOCUMENT: Mapping[str, Any] = {
    "openapi": "3.1.0",
    "info": {
        "title": "Publisher",
        "version": __version__,
        "description": "What stands where, and documents handed in. Nothing here agrees, holds, resumes or settles.",
    },
    "paths": PATHS,
    "components": {
        "schemas": SCHEMAS,
        "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "publisher token create"}},
    },
}
