"""What each channel will show, before anything is real: as JSON for programs, as one page for people. Pure; nothing leaves."""

from publisher.pipeline.preview.document import as_json
from publisher.pipeline.preview.page import as_page, as_parts, colours, logo, markup, styles

__all__ = ["as_json", "as_page", "as_parts", "colours", "logo", "markup", "styles"]
