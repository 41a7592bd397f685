import pytest

from tests.pipeline.preview import made


@pytest.fixture
def config(tmp_path):
    return made.config(tmp_path)
