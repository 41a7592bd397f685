"""The templates of the press office: looked up file by file, sandboxed, each mistake one sentence with its file and line."""

import pytest
from markupsafe import Markup

from publisher import shipped
from publisher.errors import RenderError
from publisher.pipeline.templating import render

VALUES = {"written": "", "type": "communique", "title": "Fête & <b>", "link_line": "", "town": {"name": "Valmont"}, "tags": ["a"]}


@pytest.fixture
def own(tmp_path):
    def write(**files: str):
        for name, text in files.items():
            file = tmp_path / name.replace("__", "/").replace("_", ".")
            file.parent.mkdir(exist_ok=True)
            file.write_text(text)
        return tmp_path

    return write


def test_the_shipped_template_stands_where_the_town_has_none(own):
    assert render("x", "post.txt.j2", own(), VALUES) == render("x", "post.txt.j2", None, VALUES) == "Fête & <b>"


@pytest.mark.parametrize("name", ["post_txt_j2", "x__post_txt_j2"])
def test_the_towns_template_goes_first(own, name):
    assert render("x", "post.txt.j2", own(**{name: "\n  Chez nous : {{ title }}\n\n"}), VALUES) == "Chez nous : Fête & <b>"


def test_a_template_for_the_type_goes_before_the_common_one(own):
    folder = own(post_txt_j2="commun", post_alerte_txt_j2="ALERTE {{ title }}")
    assert [render("x", "post.txt.j2", folder, VALUES | {"type": kind}) for kind in ("communique", "alerte")] == [
        "commun",
        "ALERTE Fête & <b>",
    ]


def test_html_is_escaped_and_marked_as_such(own):
    made = render("x", "post.html.j2", own(post_html_j2="<p>{{ title }}</p>"), VALUES)
    assert made == Markup("<p>Fête &amp; &lt;b&gt;</p>")
    assert isinstance(made, Markup)


def test_no_break_spaces_at_the_ends_stay(own):
    assert render("x", "post.txt.j2", own(post_txt_j2="\u00a0a\u202f\n"), VALUES) == "\u00a0a\u202f"


def mistake(folder, file: str = "post.txt.j2") -> RenderError:
    with pytest.raises(RenderError) as caught:
        render("x", file, folder, VALUES)
    return caught.value


@pytest.mark.parametrize(
    ("template", "code", "line", "words"),
    [
        ("a\n{{ titel }}", "template-undefined", 2, "there is no “titel” for templates"),
        ("{{ town.secret }}", "template-undefined", 1, "there is no “secret” for templates"),
        ("a\n\n{% if %}", "template-syntax", 3, "the template cannot be understood; correct this line (technical detail: Expected"),
        ("{{ ''.__class__.__mro__ }}", "template-forbidden", 1, "a template may not do this; remove it (technical detail: "),
        ("{{ title.__init__.__globals__ }}", "template-forbidden", 1, "a template may not do this; remove it (technical detail: "),
        ("{{ tags.append('b') }}", "template-forbidden", 1, "a template may not do this; remove it (technical detail: "),
        (
            "a\n{{ 1 // 0 }}",
            "template-fails",
            2,
            "the template fails; correct this line (technical detail: integer division or modulo by zero).",
        ),
        (
            "{% include 'x/other.txt.j2' %}",
            "template-fails",
            1,
            "the template fails; correct this line (technical detail: x/other.txt.j2).",
        ),
        ("{{ range(1000000) }}", "template-fails", 1, "the template fails"),
    ],
)
def test_a_mistake_names_file_and_line(own, template, code, line, words):
    error = mistake(own(post_txt_j2=template))
    assert (error.code, error.params["line"], words in str(error)) == (code, line, True)
    assert str(error.params["file"]).endswith("post.txt.j2")


def test_a_mistake_in_an_included_file_names_that_file(own):
    error = mistake(own(post_txt_j2="{% include 'x/inner.txt.j2' %}", inner_txt_j2="\n{{ titel }}"))
    assert (error.params["line"], str(error.params["file"]).endswith("inner.txt.j2")) == (2, True)


def test_a_missing_template_and_a_missing_folder_are_one_sentence(own, tmp_path):
    assert (mistake(None, "none.txt.j2").code, mistake(tmp_path / "none").code) == ("template-missing", "no-templates")


def test_another_encoding_is_one_sentence(own):
    folder = own()
    (folder / "post.txt.j2").write_bytes("été".encode("cp1252"))
    assert mistake(folder).code == "template-encoding"


def test_a_template_saved_again_is_read_again(own):
    folder = own(post_txt_j2="avant")
    assert render("x", "post.txt.j2", folder, VALUES) == "avant"
    (folder / "post.txt.j2").write_text("après, plus long")
    assert render("x", "post.txt.j2", folder, VALUES) == "après, plus long"


def test_every_shipped_template_is_understood():
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    files = sorted(shipped.templates().rglob("*.j2"))
    for file in files:
        ImmutableSandboxedEnvironment().parse(file.read_text())
    assert len(files) > 9
