"""Two clocks: the true one, which platforms have, and the machine's, which somebody may set wrong."""

from datetime import datetime, timedelta

from tests.database import StillClock


class TwoClocks(StillClock):
    """`skew` is how far the machine's clock is from the true one."""

    skew = timedelta(0)

    def true(self) -> datetime:
        return self.wall - self.skew

    def leap(self, by: timedelta) -> None:
        super().leap(by)
        self.skew += by

    def mend(self) -> None:
        """Set the machine's clock right; time servers hold it from now on."""
        self.wall -= self.skew
        self.skew = timedelta(0)
        self.ntp = True
