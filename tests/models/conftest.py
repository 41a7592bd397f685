from tests.database import clock, data_dir, template  # noqa: F401 - fixtures
from tests.pipeline.town import town  # noqa: F401 - fixture
