"""The preview as files: the page, the JSON, and every text exactly as it leaves, to be read or copied by hand."""

import json
import secrets
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from publisher.config import Config
from publisher.errors import unwritable
from publisher.pipeline.preview.document import as_json
from publisher.pipeline.preview.page import as_page
from publisher.pipeline.render import Rendering

DOCUMENT = "preview.json"
PAGE = "preview.html"
_SUFFIXES = {"text": "txt", "html": "html", "document": "html"}
"""The contents of a step that are files, the whole page rather than the part of it."""


def write(folder: Path, rendering: Rendering, config: Config, only: Collection[str] = ()) -> None:
    """Write the files whole or not at all, and remove those of an earlier preview that no longer hold. Raises StorageError."""
    document = as_json(rendering, config, only)
    contents = dict(_texts(document))
    try:
        outdated = [folder / name for name in _earlier(folder) if name not in contents]
        contents[DOCUMENT] = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
        contents[PAGE] = as_page(rendering, config, only)
        _replace({folder / name: text for name, text in contents.items()})
        for path in outdated:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise unwritable(error, folder) from error


def _texts(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the name, CHANNEL/STEP.suffix, and the content of every text in the JSON of a preview."""
    for name, channel in document["channels"].items():
        for step in [*channel["steps"], *channel["alternative"]]:
            for key, suffix in _SUFFIXES.items():
                if key in step:
                    yield f"{name}/{step['id']}.{suffix}", step[key]


def _earlier(folder: Path) -> list[str]:
    """Return the names of the texts that an earlier preview wrote into the folder."""
    try:
        names = [name for name, _ in _texts(json.loads((folder / DOCUMENT).read_text("utf-8")))]
    except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError, AttributeError):
        return []
    return [name for name in names if ".." not in Path(name).parts and not Path(name).is_absolute()]


def _replace(contents: Mapping[Path, str]) -> None:
    """Write every file under another name first, so that a full disk leaves what was there."""
    drafts: dict[Path, Path] = {}
    try:
        for path, text in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
            drafts[draft] = path
            draft.write_text(text, "utf-8", newline="")
        for draft, path in drafts.items():
            draft.replace(path)
    finally:
        for draft in drafts:
            draft.unlink(missing_ok=True)
