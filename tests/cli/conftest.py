from tests.database import _template, data_dir  # noqa: F401 - fixtures
from tests.office import office  # noqa: F401 - fixture
