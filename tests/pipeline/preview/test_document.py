import json

from publisher import i18n
from publisher.pipeline.preview import as_json
from tests.pipeline.preview import made


def test_the_whole_document(config):
    steps = {variant.channel.name: variant.payload.steps for variant in made.VARIANTS}
    document = as_json(made.rendering(), config)
    assert document == {
        "format": "publisher.preview/1",
        "announcement": {
            "type": "communique",
            "title": "La fête de l'eau",
            "place": "Valmont",
            "date": "2026-12-01",
            "standfirst": None,
            "summary": "Elle a lieu samedi 12 décembre 2026.",
            "body_markdown": "Elle a lieu **samedi 12 décembre 2026**.\n\nVenez.",
            "contact": {"name": "Ada Lenoir", "role": "attachée de presse", "phone": "01 99 00 00 01", "email": None},
            "links": [{"url": "https://valmont.example/fete", "text": "Le programme"}],
            "media": [{"file": "affiche.png", "alt": "Une fontaine", "caption": None, "credit": None}],
            "embargo_until": "2026-12-02T18:00:00+01:00",
            "language": "fr",
            "set_aside": ["Réf. 12 <b>"],
        },
        "problems": [
            {"severity": "notice", "code": "no-image", "message": "There is no image.", "channel": None, "step": None},
            {"severity": "warning", "code": "date-past", "message": "That day is over.", "channel": "thread", "step": None},
            {"severity": "error", "code": "too-long", "message": "The post counts 31 characters.", "channel": "thread", "step": "post-2"},
        ],
        "channels": {
            "site": {
                "kind": "fake",
                "digest": made.SITE.digest,
                "left_out": [],
                "added": [],
                "moved": [],
                "not_carried": [],
                "steps": [{"id": "page", "effect": "page", **steps["site"][0].content, "after": None}],
                "alternative": [],
                "cost_usd": None,
            },
            "wall": {
                "kind": "fake",
                "digest": made.WALL.digest,
                "left_out": ["Venez.", "Et <i>ceci</i>."],
                "added": ["Suite :"],
                "moved": ["paragraph 2 before 1", "the end"],
                "not_carried": [],
                "steps": [
                    {"id": "post", "effect": "post", **steps["wall"][0].content, "count": 58, "limit": 1000, "after": None},
                    {"id": "publish", "effect": "publish", "after": "post"},
                ],
                "alternative": [],
                "cost_usd": None,
            },
            "thread": {
                "kind": "fake",
                "digest": made.THREAD.digest,
                "left_out": [],
                "added": [],
                "moved": [],
                "not_carried": [],
                "steps": [
                    {"id": "post-1", "effect": "post", **steps["thread"][0].content, "count": 20, "limit": 30, "after": None},
                    {"id": "post-2", "effect": "post", **steps["thread"][1].content, "count": 41, "limit": 30, "after": "post-1"},
                ],
                "alternative": [
                    {"id": "single", "effect": "post", **made.THREAD.alternative[0].content, "count": 22, "limit": 30, "after": None},
                ],
                "cost_usd": "0.030",
            },
            "mail": {
                "kind": "fake",
                "digest": made.MAIL.digest,
                "left_out": [],
                "added": [],
                "moved": [],
                "not_carried": [],
                "steps": [{"id": "message", "effect": "message", **steps["mail"][0].content, "after": None, "recipients": 3}],
                "alternative": [],
                "cost_usd": None,
            },
        },
    }


def test_it_is_json(config):
    document = as_json(made.rendering(), config)
    assert json.loads(json.dumps(document)) == document


def test_messages_are_in_the_language_of_the_reader(config):
    i18n.activate("fr")
    stopped = made.NOTICE._replace(sentence="all right")
    assert as_json(made.rendering(problems=[stopped]), config)["problems"][0]["message"] == "en ordre"


def test_instants_are_in_the_towns_zone(tmp_path):
    document = as_json(made.rendering(), made.config(tmp_path, zone="Indian/Reunion"))
    assert document["announcement"]["embargo_until"] == "2026-12-02T21:00:00+04:00"


def test_what_is_missing_is_null(config):
    bare = made.Announcement("Titre", "Texte.")
    announcement = as_json(made.rendering(announcement=bare), config)["announcement"]
    assert announcement == {
        "type": "communique",
        "title": "Titre",
        "place": None,
        "date": None,
        "standfirst": None,
        "summary": "Texte.",
        "body_markdown": "Texte.",
        "contact": None,
        "links": [],
        "media": [],
        "embargo_until": None,
        "language": "fr",
        "set_aside": [],
    }


def test_only_the_named_channels_and_their_problems(config):
    document = as_json(made.rendering(), config, ["wall"])
    assert (list(document["channels"]), [problem["code"] for problem in document["problems"]]) == (["wall"], ["no-image"])


def test_a_list_that_does_not_exist_yet_counts_nobody(config):
    mail = made.Reaching("E-mail")
    mail.people = None
    document = as_json(made.rendering(made.variant("mail", mail, made.MAIL)), config)
    assert document["channels"]["mail"]["steps"][0]["recipients"] is None


def test_a_list_that_cannot_be_read_is_a_problem(config):
    document = as_json(made.rendering(made.variant("mail", made.Unreachable("E-mail"), made.MAIL), problems=[]), config)
    problem = {
        "severity": "error",
        "code": "recipients-header",
        "message": "list.csv: the first line must be “email,name”.",
        "channel": "mail",
    }
    assert document["problems"] == [problem | {"step": None}]


def test_a_key_of_the_content_does_not_hide_a_key_of_the_step(config):
    payload = made.Payload((made.Step("real", "post", {"id": "false", "after": "false"}),))
    document = as_json(made.rendering(made.variant("wall", made.Fake(), payload)), config)
    assert document["channels"]["wall"]["steps"] == [{"id": "real", "effect": "post", "after": None}]
