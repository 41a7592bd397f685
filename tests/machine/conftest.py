from tests.database import template  # noqa: F401 - fixture
