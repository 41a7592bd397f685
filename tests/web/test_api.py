"""The API: who gets in and who does not, what is shown, what is queued, and that repeating does nothing twice."""

import json
import logging
import threading

import pytest
from django.test import Client
from django.urls import get_resolver

from publisher.errors import StorageError
from publisher.models import Announcement, Audit, Person, Scope, Submission, Token
from publisher.models.states import DeliveryState
from publisher.pipeline import approve, people, status, tokens
from publisher.web import bearer, desk, openapi
from tests.office import COMMUNIQUE

LIST = "/api/v1/announcements"
CANARY = "Le maire annonce un grand projet secret"


class Program:
    """A program with a token."""

    def __init__(self, secret: str) -> None:
        self.secret, self._client = secret, Client(SERVER_NAME="localhost", enforce_csrf_checks=True)

    def get(self, path: str, **told):
        return self._client.get(path, told, headers={"Authorization": f"Bearer {self.secret}"})

    def post(self, body, kind: str = "application/json", key: str | None = None, path: str = LIST):
        headers = {"Authorization": f"Bearer {self.secret}", **({"Idempotency-Key": key} if key is not None else {})}
        body = body if isinstance(body, str | bytes) else json.dumps(body)
        return self._client.generic("POST", path, body, kind, headers=headers)


@pytest.fixture
def program(town):
    def made(*scopes: Scope, person: str = "camille", name: str = "website") -> Program:
        wanted = scopes or (Scope.READ, Scope.QUEUE)
        return Program(tokens.create(town.desk, town.who("lou"), name, person, wanted)[1])

    return made


def code(answer) -> tuple[int, str]:
    told = answer.json()
    assert set(told) == {"code", "message"}
    assert told["message"].endswith((".", "”."))
    return answer.status_code, told["code"]


# ---------------------------------------------------------------- who gets in


def test_a_secret_that_does_not_count_lets_nobody_in(town, program) -> None:
    town.planned(CANARY)
    good = program(Scope.READ)
    assert good.get(LIST).status_code == 200
    for secret in ("", "pub_wrong", good.secret[:-1], good.secret.upper(), Token.objects.get().sha256, "\udcff"):
        answer = Program(secret.encode("utf-8", "surrogateescape").decode("latin-1")).get(LIST)
        assert (code(answer), answer.headers["WWW-Authenticate"]) == ((401, "token"), 'Bearer realm="publisher"')
    for header in (good.secret, f"Basic {good.secret}", f"Token {good.secret}"):
        assert Client(SERVER_NAME="localhost").get(LIST, headers={"Authorization": header}).status_code == 401
    assert Client(SERVER_NAME="localhost").get(LIST, {"token": good.secret, "access_token": good.secret}).status_code == 401


def test_a_session_counts_for_nothing_there_and_a_token_nowhere_else(town, program, browser) -> None:
    town.planned(CANARY)
    assert code(browser("dominique").get(LIST)) == (401, "token")
    one = program()
    for path in ("/", "/annonces/", "/journal/", "/tout-arreter/"):
        assert one.get(path).status_code == 302
        assert one.post({}, path=path).status_code in {302, 403}
    mixed = browser("dominique").get(LIST, headers={"Authorization": f"Bearer {one.secret}"})
    assert mixed.status_code == 200


def test_revoked_or_of_a_closed_account_it_counts_no_more(town, program) -> None:
    first, second = program(name="first"), program(name="second")
    tokens.revoke(town.desk, town.who("lou"), "first")
    assert code(first.get(LIST)) == (401, "token")
    Person.objects.filter(name="camille").update(is_active=False)  # by whatever way
    assert code(second.get(LIST)) == (401, "token")
    Person.objects.filter(name="camille").update(is_active=True)
    assert second.get(LIST).status_code == 200
    people.disable(town.desk, town.who("lou"), "camille")
    people.enable(town.desk, town.who("lou"), "camille")
    assert code(second.get(LIST)) == (401, "token")


@pytest.mark.parametrize(("scope", "reads", "queues"), [(Scope.READ, 200, 403), (Scope.QUEUE, 403, 201), (Scope.CALENDAR, 403, 403)])
def test_a_token_goes_as_far_as_its_scope(town, program, scope, reads, queues) -> None:
    one = program(scope)
    assert one.get(LIST).status_code == reads
    assert one.post({"document": COMMUNIQUE}).status_code == queues


def test_no_address_agrees_holds_resumes_or_settles(town, program) -> None:
    name, one = town.queue(CANARY), program()
    delivery = town.delivery().pk
    for path in (f"{LIST}/{name}", f"{LIST}/{delivery}", f"{LIST}/{name}/approve", f"/api/v1/deliveries/{delivery}", "/api/v1/approve"):
        for act in ("approve", "hold", "resume", "cancel", "published", "again", "drop"):
            assert one.post({"act": act, "code": "123456"}, path=path).status_code in {404, 405}
    assert town.announcement_state(name) == "awaiting_approval"
    assert {scope.value for scope in Scope} == {"read", "queue", "calendar"}


def test_so_many_calls_in_a_minute_and_no_more(town, program, monkeypatch) -> None:
    monkeypatch.setattr(bearer, "PER_MINUTE", 3)
    one, other = program(), program(name="other")
    assert [one.get(LIST).status_code for _ in range(4)] == [200, 200, 200, 429]
    answer = one.get(LIST)
    assert (code(answer)[1], answer.headers["Retry-After"]) == ("too-many-calls", "60")
    assert other.get(LIST).status_code == 200
    town.clock.move(60)
    assert one.get(LIST).status_code == 200


def test_a_use_is_noted_once_a_minute_and_only_what_writes_is_in_the_audit(town, program) -> None:
    one = program()
    before, began = Audit.objects.count(), town.clock.now()
    one.get(LIST)
    town.clock.move(30)
    one.get(LIST)
    assert (Token.objects.get().used_at, Audit.objects.count()) == (began, before)
    town.clock.move(31)
    assert one.post({"document": COMMUNIQUE}).status_code == 201
    assert Token.objects.get().used_at == town.clock.now()
    act = Audit.objects.latest("sequence")
    assert (act.action, act.person.name, act.system_user) == ("announcement.queued", "camille", "token:website")


def test_the_secret_is_written_down_nowhere(town, program, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    one = program()
    one.get(LIST)
    one.post("no json")
    assert one.secret not in caplog.text + str(list(Audit.objects.values())) + str(list(Token.objects.values()))


# ---------------------------------------------------------------- reading


def test_the_list_is_what_status_shows_page_by_page(town, program, monkeypatch) -> None:
    monkeypatch.setattr("publisher.web.views.api.PAGE", 2)
    names = []
    for number in range(3):
        names.append(town.queue(f"Annonce {number}", memory=town.part("memory", f"Texte {number}.")))
        town.clock.move(1)
    one = program(Scope.READ)
    first, second, third = (one.get(LIST, page=page).json() for page in (1, 2, 3))
    assert [row["id"] for row in first["announcements"] + second["announcements"]] == names[::-1]
    assert (first["format"], first["page"], first["pages"], first["count"]) == ("publisher.announcements/1", 1, 2, 3)
    assert third["announcements"] == []
    assert first["announcements"] == status.some(town.desk, names[:0:-1])
    assert [row["id"] for row in one.get(LIST, q="Annonce 1").json()["announcements"]] == [names[1]]
    for wrong in ("0", "-1", "x", "²", "1" * 30, "1.5"):
        assert code(one.get(LIST, page=wrong)) == (400, "bad-page")


def test_one_is_the_document_of_status_by_either_id(town, program) -> None:
    name, one = town.planned(CANARY), program(Scope.READ)
    answer = one.get(f"{LIST}/{name}")
    assert answer.json() == json.loads(json.dumps(status.one(town.desk, name)))
    assert answer.headers["Cache-Control"] == "no-store"
    assert one.get(f"{LIST}/{town.delivery().pk}").json() == answer.json()
    assert code(one.get(f"{LIST}/a-unknown")) == (404, "unknown-id")


@pytest.mark.parametrize("path", ["/api/", "/api/v1/", "/api/v2/announcements", "/api/v1/announcements/a/b", "/api/v1/tokens"])
def test_elsewhere_there_is_nothing_as_a_program_reads_it(town, program, path) -> None:
    assert code(program().get(path)) == (404, "absent")
    assert code(Client(SERVER_NAME="localhost").get(path)) == (401, "token")


def test_a_database_that_fails_is_said(town, program, monkeypatch) -> None:
    def broken(*_: object) -> None:
        raise StorageError("disk-full", "The disk is full.")

    one = program()
    monkeypatch.setattr(tokens, "presented", broken)
    assert code(one.get(LIST)) == (503, "disk-full")


# ---------------------------------------------------------------- handing in


@pytest.mark.parametrize("kind", ["text/markdown", "text/plain; charset=utf-8"])
def test_a_text_is_queued_as_it_is_and_awaits_its_visa(town, program, kind) -> None:
    answer = program().post(COMMUNIQUE, kind)
    told = answer.json()
    assert (answer.status_code, told["format"], told["sealed"]) == (201, "publisher.queue/1", False)
    assert answer.headers["Location"] == f"{LIST}/{told['id']}"
    assert town.announcement_state(told["id"]) == "awaiting_approval"
    assert Announcement.objects.get().versions.get().editor.name == "camille"
    approve.approve(town.desk, town.who("dominique"), told["id"])


def test_json_brings_times_and_channels(town, program) -> None:
    one = program()
    told = {"document": COMMUNIQUE, "at": "2026-11-25T09:30", "not_after": "2026-11-25T10:00:00+01:00", "channels": ["memory"]}
    queued = one.post(told).json()
    (row,) = town.deliveries(queued["id"])
    assert (row.due_at.isoformat(), row.not_after.isoformat()) == ("2026-11-25T08:30:00+00:00", "2026-11-25T09:00:00+00:00")
    assert code(one.post(told)) == (409, "already-queued")
    assert one.post({**told, "again": True}).status_code == 201


@pytest.mark.parametrize(
    ("body", "kind", "expected"),
    [
        ("{", "application/json", (400, "bad-json")),
        ("[]", "application/json", (400, "bad-json")),
        ("[" * 100_000, "application/json", (400, "bad-json")),
        (b'{"document": "\xff"}', "application/json", (400, "bad-json")),
        ('{"document": "\\ud800"}', "application/json", (400, "bad-json")),
        ("{}", "application/json", (400, "document-missing")),
        ({"document": 7}, "application/json", (400, "document-missing")),
        ({"document": COMMUNIQUE, "approve": True}, "application/json", (400, "unknown-field")),
        ({"document": COMMUNIQUE, "again": "yes"}, "application/json", (400, "wrong-type")),
        ({"document": COMMUNIQUE, "at": 7}, "application/json", (400, "wrong-type")),
        ({"document": COMMUNIQUE, "channels": "memory"}, "application/json", (400, "wrong-type")),
        ({"document": COMMUNIQUE, "channels": ["absent"]}, "application/json", (422, "unknown-channel")),
        ({"document": COMMUNIQUE, "at": "2026-03-29T02:30"}, "application/json", (422, "time-nonexistent")),
        ({"document": COMMUNIQUE, "at": "2026-10-25T02:30"}, "application/json", (422, "time-ambiguous")),
        ({"document": COMMUNIQUE, "at": "2020-01-01T10:00"}, "application/json", (422, "time-past")),
        ({"document": ""}, "application/json", (422, "empty")),
        ("a\x00b", "text/markdown", (422, "binary")),
        (COMMUNIQUE, "text/html", (415, "media-type")),
        (COMMUNIQUE, "multipart/form-data; boundary=x", (415, "media-type")),
        (COMMUNIQUE, "", (415, "media-type")),
        ("x" * 3_000_000, "text/markdown", (413, "too-large")),
        (COMMUNIQUE.replace("samedi 28", "lundi 28"), "text/markdown", (422, "date-doubtful")),
    ],
)
def test_what_cannot_be_queued_is_said_and_queues_nothing(town, program, body, kind, expected) -> None:
    assert code(program().post(body, kind)) == expected
    assert not Announcement.objects.exists()


def test_the_same_key_and_body_get_the_same_answer_and_another_body_none(town, program) -> None:
    one = program()
    first, again = (one.post({"document": COMMUNIQUE}, key="k-1") for _ in range(2))
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert (first.headers.get("Idempotency-Replayed"), again.headers["Idempotency-Replayed"]) == (None, "true")
    assert again.headers["Location"] == first.headers["Location"]
    assert Announcement.objects.count() == 1
    assert code(one.post({"document": COMMUNIQUE, "again": True}, key="k-1")) == (409, "key-reused")
    assert code(one.post(COMMUNIQUE, "text/markdown", key="k-1")) == (409, "key-reused")
    assert Announcement.objects.count() == 1
    other = program(name="other")
    assert code(other.post({"document": COMMUNIQUE}, key="k-1")) == (409, "already-queued")  # a key is that of a token


def test_what_was_refused_may_be_set_right_under_the_same_key(town, program) -> None:
    one = program()
    assert code(one.post({"document": ""}, key="k")) == (422, "empty")
    assert not Submission.objects.exists()
    assert one.post({"document": COMMUNIQUE}, key="k").status_code == 201


@pytest.mark.parametrize("key", ["x" * 201, "é", "a\tb"])
def test_a_key_that_is_none(town, program, key) -> None:
    assert code(program().post({"document": COMMUNIQUE}, key=key)) == (400, "bad-key")


def test_two_calls_at_once_with_one_key_queue_once(town, program) -> None:
    from django.db import connection

    one, got = program(), []

    def call() -> None:
        try:
            got.append(one.post({"document": COMMUNIQUE}, key="k").json()["id"])
        finally:
            connection.close()

    threads = [threading.Thread(target=call) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(got), len(set(got)), Announcement.objects.count()) == (3, 1, 1)


def test_where_nobody_agrees_a_token_does_not_publish(town, program) -> None:
    one = program()
    town.required = 0
    desk.open_for(town.desk)
    assert code(one.post({"document": COMMUNIQUE})) == (403, "nobody-agrees")
    assert not Announcement.objects.exists()


def test_who_has_become_an_approver_does_not_half_agree_by_a_token(town, program) -> None:
    one = program()
    Person.objects.filter(name="camille").update(role="approver")
    assert code(one.post({"document": COMMUNIQUE})) == (403, "token-role")


# ---------------------------------------------------------------- its description


def addresses() -> dict[str, set[str]]:
    """What the API really has: its addresses with their methods."""
    patterns = [pattern for pattern in get_resolver().url_patterns if str(pattern.pattern).startswith("api/v1/")]
    return {f"/{pattern.pattern}".replace("<str:", "{").replace(">", "}"): set(pattern.callback.scopes) - {"HEAD"} for pattern in patterns}


def test_the_description_has_each_address_with_its_methods_and_scopes(town, program) -> None:
    told = program().get("/api/v1/openapi.json").json()
    assert told == json.loads(json.dumps(openapi.DOCUMENT))
    assert {path: {method.upper() for method in methods} for path, methods in told["paths"].items()} == addresses()
    scopes = {
        (path, method.upper()): operation["security"][0]["token"][0]
        for path, methods in told["paths"].items()
        for method, operation in methods.items()
    }
    for pattern in get_resolver().url_patterns:
        path = f"/{pattern.pattern}".replace("<str:", "{").replace(">", "}")
        for method in set(told["paths"].get(path, {})):
            assert pattern.callback.scopes[method.upper()] == scopes[path, method.upper()]


def test_every_reference_of_the_description_leads_somewhere_and_nothing_is_described_in_vain() -> None:
    text = json.dumps(openapi.DOCUMENT)
    named = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert named == set(openapi.SCHEMAS)


def check(value, schema) -> None:
    """Hold a document against its schema, as far as the description says anything."""
    if "$ref" in schema:
        schema = openapi.SCHEMAS[schema["$ref"].rpartition("/")[2]]
    kinds = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "null": type(None)}
    allowed = schema.get("type", [])
    allowed = [allowed] if isinstance(allowed, str) else allowed
    assert not allowed or isinstance(value, tuple(kinds[kind] for kind in allowed)), (value, schema)
    assert value in schema.get("enum", [value])
    assert value == schema.get("const", value)
    if isinstance(value, dict) and "properties" in schema:
        assert set(schema["required"]) <= set(value) <= set(schema["properties"]), (value, schema)
        for name, part in value.items():
            check(part, schema["properties"][name])
    for part in value if isinstance(value, list) else ():
        check(part, schema["items"])


def test_what_is_answered_is_what_is_described(town, program) -> None:
    one = program()
    queued = one.post({"document": COMMUNIQUE})
    check(queued.json(), openapi.SCHEMAS["Queued"])
    town.reject(queued.json()["id"])
    town.planned(CANARY)
    town.clock.move(minutes=1)
    town.work()
    assert town.deliveries(town.announcements()[-1])[0].state in {DeliveryState.DELIVERED, DeliveryState.PLANNED}
    check(one.get(LIST).json(), openapi.SCHEMAS["Announcements"])
    check(one.get(f"{LIST}/{queued.json()['id']}").json(), openapi.SCHEMAS["Announcement"])
    check(one.get(f"{LIST}/x").json(), openapi.SCHEMAS["Error"])
