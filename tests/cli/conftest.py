from tests.database import data_dir, template  # noqa: F401 - fixtures
from tests.office import office  # noqa: F401 - fixture
