from tests.database import _template, clock, data_dir  # noqa: F401 - fixtures
