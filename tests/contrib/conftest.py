from tests.database import clock, data_dir, template  # noqa: F401 - fixtures
