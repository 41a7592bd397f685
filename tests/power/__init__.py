"""Power failures, replayed."""

import tests.database  # noqa: F401 - Django is set up before anything here imports a model
