"""Pages that hold markup of an announcement: alone in a frame of ours, where nothing runs and nothing is fetched."""

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.views.decorators.clickjacking import xframe_options_sameorigin

from publisher.web.gate import View

POLICY = {"default-src": [NONE], "frame-ancestors": [SELF], "img-src": ["data:"], "sandbox": True, "style-src": [SELF, UNSAFE_INLINE]}
"""Mails bring their styles within their markup; without scripts, and alone in the frame, those do no harm."""


def framed(view: View) -> View:
    """Let the view answer into a frame of our own pages, and nowhere else."""
    answer: View = csp(POLICY)(xframe_options_sameorigin(view))
    return answer
