"""JSON columns without the CHECK (JSON_VALID(…)) that Django adds: SQLite calls it unsafe under `trusted_schema = OFF` (seen with 3.40)."""

from django.db.backends.sqlite3 import base


class DatabaseWrapper(base.DatabaseWrapper):
    """The connection."""

    data_type_check_constraints = {  # noqa: RUF012 - as in the class above
        kind: check for kind, check in base.DatabaseWrapper.data_type_check_constraints.items() if kind != "JSONField"
    }
