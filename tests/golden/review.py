"""Rewrites the expected results of every communiqué, to be read before they are committed (`make golden`)."""

from publisher import i18n
from tests.golden.results import FOLDER, KINDS, results


def main() -> None:
    """Replace the expected files by what the communiqués become now, and say which changed."""
    i18n.activate("en")
    for kind in KINDS:
        folder = FOLDER / kind
        before = {path: path.read_text("utf-8") for path in folder.glob("expected.*")}
        after = {folder / name: text for name, text in results(kind).items()}
        for path in before.keys() - after.keys():
            path.unlink()
        for path, text in after.items():
            path.write_text(text, "utf-8")
        changed = sorted(path.name for path in before.keys() | after.keys() if before.get(path) != after.get(path))
        print(f"{kind}: {', '.join(changed) or 'unchanged'}")  # noqa: T201 - a script that tells what it did


if __name__ == "__main__":
    main()
