"""Where the files live that are shipped beside the code: inside the package in a wheel, beside it in a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).parent


def example_config() -> Path:
    """Return the path of config.example.toml."""
    return _first(_PACKAGE / "config.example.toml", _PACKAGE.parent / "config.example.toml")


def example_env() -> Path:
    """Return the path of env.example: the name of every secret."""
    return _first(_PACKAGE / "env.example", _PACKAGE.parent / "env.example")


def example_announcement() -> Path:
    """Return the path of the invented communiqué that the demonstration publishes."""
    return _PACKAGE / "example.md"


def templates() -> Path:
    """Return the folder of the channel templates."""
    return _first(_PACKAGE / "channel_templates", _PACKAGE.parent / "templates")


def _first(inside: Path, beside: Path) -> Path:
    return inside if inside.exists() else beside
