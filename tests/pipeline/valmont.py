"""The invented town of the rendering tests: its configuration, its channels, and what they show."""

import tempfile
from datetime import date
from pathlib import Path

from publisher import config as configuration
from publisher.adapters import registry
from publisher.announcement import Announcement
from publisher.pipeline.render import Rendering, render

TOWN = """
[town]
name = "Ville de Valmont"
site_url = "https://www.valmont.example"
"""
CHANNELS = {
    "website": '[channels.website]\nadapter = "static-site"\n',
    "facebook": '[channels.facebook]\nadapter = "facebook"\n',
    "x": '[channels.x]\nadapter = "x"\n',
    "email": '[channels.email]\nadapter = "email"\naccount = "presse@valmont.example"\nhost = "localhost"\n',
}

DAY = date(2026, 9, 24)
NEWS = "Du 27 septembre au 4 octobre 2026, une délégation de quatre élus visitera Reykjavik."


def announcement(body: str = NEWS, **changes) -> Announcement:
    return Announcement("Une délégation d'élus en Islande", body, place="Valmont", date=DAY)._replace(**changes)


def rendered(source: Announcement, *names: str, town: str = TOWN, **keys: str) -> Rendering:
    """Render for the named channels (all by default), with more keys in the table of some: x='max_posts = 2'."""
    tables = [f"{CHANNELS[name]}{keys.get(name, '')}\n" for name in names or CHANNELS]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "config.toml"
        file.write_text(town + "".join(tables))
        config = configuration.load(file, {})
    return render(source, config, registry.configure(config, secrets=False))


def payload(rendering: Rendering, name: str):
    return next(variant.payload for variant in rendering.variants if variant.channel.name == name)


def content(rendering: Rendering, name: str) -> dict:
    return dict(payload(rendering, name).steps[0].content)


def texts(rendering: Rendering, name: str = "x") -> list[str]:
    return [step.content["text"] for step in payload(rendering, name).steps]


def codes(rendering: Rendering) -> list[tuple[str, str | None]]:
    return [(problem.code, problem.channel) for problem in rendering.problems]
