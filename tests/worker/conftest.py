from tests.database import _template, clock, data_dir  # noqa: F401 - fixtures
from tests.pipeline.town import town  # noqa: F401 - fixture
