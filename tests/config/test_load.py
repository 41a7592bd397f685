from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from publisher.config import SECTIONS, Config, Secret, Where, load
from publisher.errors import ConfigError

MINIMAL = '[town]\nname = "Ville de Valmont"\n'


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(text: str | bytes, path: str = "config.toml") -> Path:
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def refusal(path: Path | None = None, **environ: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load(path, environ)
    return str(caught.value)


def names(config: Config) -> tuple[str, str]:
    return str(config.path), config.town.name


class TestWhichFile:
    def test_the_named_one_comes_first(self):
        write('town.name = "here"')
        other = write('town.name = "named"', "other/config.toml")
        assert names(load(other, {"PUBLISHER_CONFIG": "missing.toml"})) == ("other/config.toml", "named")

    def test_then_that_of_the_current_folder(self):
        write('town.name = "here"')
        assert names(load(environ={"PUBLISHER_CONFIG": "missing.toml"})) == ("config.toml", "here")

    def test_then_that_of_the_environment(self):
        write('town.name = "variable"', "other/config.toml")
        assert names(load(environ={"PUBLISHER_CONFIG": "other/config.toml"})) == ("other/config.toml", "variable")

    def test_then_the_shipped_example(self, folder):
        config = load(environ={"PUBLISHER_CONFIG": ""})
        assert (config.path, config.folder, config.storage.data_dir) == (None, folder, folder / "data")

    def test_a_missing_one_is_named(self):
        expected = "There is no file missing.toml; `publisher init` writes a config.toml, --config names another one."
        assert refusal(Path("missing.toml")) == expected
        assert refusal(PUBLISHER_CONFIG="missing.toml") == expected

    def test_the_environment_of_the_process_is_the_default_one(self, monkeypatch):
        monkeypatch.setenv("PUBLISHER_TOWN_NAME", "Ville de Valmont")
        assert load().town.name == "Ville de Valmont"


class TestFile:
    def test_paths_start_from_its_folder(self, folder):
        write(b"", "etc/logo.png")
        write(MINIMAL + 'logo = "logo.png"\n[storage]\ndata_dir = "../data"', "etc/config.toml")
        config = load(Path("etc/config.toml"), {})
        assert (config.folder, config.town.logo, config.storage.data_dir) == (
            folder / "etc",
            folder / "etc/logo.png",
            folder / "etc/../data",
        )

    def test_a_byte_order_mark_and_windows_line_ends_are_accepted(self):
        write(b"\xef\xbb\xbf" + MINIMAL.replace("\n", "\r\n").encode())
        assert load(environ={}).town.name == "Ville de Valmont"

    @pytest.mark.parametrize("content", [b'[town]\nname = "\xe9"', None])
    def test_that_is_no_text_is_refused(self, content):
        if content:
            write(content)
        else:
            Path("config.toml").mkdir()
        assert refusal() == "config.toml cannot be read: check that it is a text file in UTF-8 and that you may read it."

    @pytest.mark.parametrize(
        ("text", "line"),
        [
            ('[town]\nname = "a"\nzone = Europe/Paris\n', 3),
            ("[town", 1),
            ('[town]\nname = "a', 2),
            ("[town]\n[town]\n", 2),
            ("a = " + "[" * 10_000, 1),
        ],
    )
    def test_with_a_mistake_of_form_names_the_line(self, text, line):
        write(text)
        assert refusal() == f"config.toml, line {line} cannot be understood: write “key = value”, and put texts between quotation marks."

    @pytest.mark.parametrize(
        ("text", "sentence"),
        [
            ("[twon]", "config.toml: there is no section [twon]; did you mean [town]?"),
            (
                "[zzz]",
                "config.toml: there is no section [zzz]; the sections are " + ", ".join([*SECTIONS, "channels", "webhooks"]) + ".",
            ),
            ('town = "a"', "config.toml: “town” is a section; write [town] on its own line, and its keys below."),
            ('channels = "a"', "config.toml: “channels” is a section; write [channels] on its own line, and its keys below."),
            (
                'channels.x = "a"',
                "config.toml: “channels.x” is a section; write [channels.x] on its own line, and its keys below.",
            ),
            (
                '[channels."le site"]',
                "config.toml, [channels.le site]: a channel's name is made of letters, digits, _ and -, and starts with a letter.",
            ),
            (
                "[channels.mayor-x]\n[channels.Mayor_X]",
                "config.toml: the names of the channels “mayor-x” and “Mayor_X” are too alike; change one of them.",
            ),
            ("[storage]", "config.toml, section [town]: “name” is missing; add a line “name = …”."),
            (MINIMAL + "contact = 3", "config.toml, [town] contact: a section of its own is needed, with one “name = text” per line."),
            (
                MINIMAL + 'colour = "blue"',
                "config.toml, [town] colour: a colour is written “#” and six hexadecimal digits, such as #1f4e79.",
            ),
            (
                MINIMAL + 'language = "French"',
                "config.toml, [town] language: there is no language “French”; write its code in small letters, such as fr.",
            ),
            (
                MINIMAL + '[storage]\ndatabase = "mysql://"',
                "config.toml, [storage] database: write sqlite, or an address that starts with postgresql://.",
            ),
            (MINIMAL + "[approval]\nrequired = 3", "config.toml, [approval] required: the number must lie between 0 and 2."),
            (
                MINIMAL + '[web]\ntrusted_proxies = ["proxy"]',
                "config.toml, [web] trusted_proxies: write IP addresses or networks, such as 10.0.0.0/8.",
            ),
        ],
    )
    def test_with_a_mistake_of_content_is_refused_in_one_sentence(self, text, sentence):
        write(text)
        assert refusal() == sentence

    def test_channel_tables_stay_raw_and_in_order(self):
        write(MINIMAL + '[channels.x]\nadapter = "x"\nmax_posts = "?"\n[channels.a]\n')
        channels = load(environ={}).channels
        assert (list(channels), dict(channels["x"])) == (["x", "a"], {"adapter": "x", "max_posts": "?"})

    def test_channels_know_their_place(self, folder):
        write(MINIMAL)
        assert load(environ={}).where("x") == Where("config.toml", "channels.x", folder)

    def test_nothing_of_it_can_be_changed(self):
        config = load(environ={})
        with pytest.raises(AttributeError):
            config.town = None
        with pytest.raises(TypeError):
            config.channels["x"]["account"] = "other"


class TestEnvironment:
    def test_wins_over_the_file_which_wins_over_the_defaults(self):
        write(MINIMAL + 'zone = "Indian/Reunion"\n[web]\nport = 81\nhost = "::1"\n')
        write("PUBLISHER_WEB_PORT=82\nPUBLISHER_APPROVAL_REQUIRED=2\n", ".env")
        config = load(environ={"PUBLISHER_WEB_PORT": "83"})
        assert (config.town.zone, config.web.host, config.web.port) == (ZoneInfo("Indian/Reunion"), "::1", 83)
        assert (config.approval.required, config.approval.command_line) == (2, True)

    def test_reaches_sub_sections(self):
        write(MINIMAL + '[town.contact]\nname = "Camille"\nrole = "Presse"\n')
        contact = load(environ={"PUBLISHER_TOWN_CONTACT_NAME": "Sacha", "PUBLISHER_TOWN_CONTACT_PHONE": "01 99 00 00 01"}).town.contact
        assert (contact.name, contact.role, contact.phone, contact.email) == ("Sacha", "Presse", "01 99 00 00 01", None)

    def test_of_a_misshapen_sub_section_leaves_the_files_mistake_to_be_told(self):
        write(MINIMAL + "contact = 3")
        assert refusal(PUBLISHER_TOWN_CONTACT_NAME="Sacha").startswith("config.toml, [town] contact: ")

    def test_reaches_channels_by_their_longest_name(self):
        write(MINIMAL + "[channels.x]\n[channels.x-mayor]\n")
        channels = load(environ={"PUBLISHER_CHANNELS_X_MAYOR_ACCOUNT": "a", "PUBLISHER_CHANNELS_X_ACCOUNT": "b"}).channels
        assert (dict(channels["x"]), dict(channels["x-mayor"])) == ({"account": "b"}, {"account": "a"})

    @pytest.mark.parametrize(
        ("variable", "sentence"),
        [
            ("PUBLISHER_TOWN_NMAE", "PUBLISHER_TOWN_NMAE: there is no such key; did you mean “name”?"),
            ("PUBLISHER_TOWN_CONTACT_FAX", "PUBLISHER_TOWN_CONTACT_FAX: there is no such key; the section knows name, role, phone, email."),
            ("PUBLISHER_APPROVAL_COMMAND_LINE", "PUBLISHER_APPROVAL_COMMAND_LINE: write true or false."),
            (
                "PUBLISHER_CHANNELS_Y_ENABLED",
                (
                    "PUBLISHER_CHANNELS_Y_ENABLED names no channel of the configuration; "
                    "the channels are: website, facebook, x, email, application."
                ),
            ),
        ],
    )
    def test_mistakes_name_the_variable(self, variable, sentence):
        assert refusal(**{variable: "maybe"}) == sentence

    def test_other_variables_are_not_ours(self):
        assert load(environ={"PUBLISHER_SERVICE_HOST": "10.0.0.1", "TOWN_NAME": "a"}).town == load(environ={}).town


class TestSecrets:
    def test_come_from_dotenv_beside_the_file(self):
        write(MINIMAL, "etc/config.toml")
        write("X_API_KEY=canary\n", "etc/.env")
        write("X_API_KEY=other\n", ".env")
        config = load(Path("etc/config.toml"), {})
        assert (config.secrets.find("X_API_KEY"), "canary" in repr(config)) == (Secret("canary"), False)

    def test_leave_the_environment_untouched(self):
        write(MINIMAL)
        write("X_API_KEY=canary\n", ".env")
        environ: dict[str, str] = {}
        load(environ=environ)
        assert environ == {}

    def test_are_not_looked_for_without_a_file(self):
        write("X_API_KEY=canary\n", ".env")
        assert load(environ={}).secrets.find("X_API_KEY") is None
