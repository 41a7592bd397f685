"""What the tests of the sending halves share: an adapter in front of its simulated platform."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import pytest

from publisher.errors import SendError
from publisher.testing import Failure
from publisher.testing.faults import Fault
from publisher.testing.simulated import OwnPort, Simulated


def now() -> datetime:
    return datetime.now(UTC)


def failure(action: Callable[[], object]) -> SendError:
    with pytest.raises(SendError) as caught:
        action()
    return caught.value


def failing(server: OwnPort, platform: Simulated, faults: Mapping[Failure, Fault | str], **changes: str) -> Callable[[Failure], None]:
    """Return what `Stage.fail` is: the platform commits its fault for the failure, or nobody answers any more."""

    def fail(failure: Failure) -> None:
        if failure is Failure.UNREACHABLE:
            server.stop()
        else:
            platform.faults.inject(faults[failure], **changes)

    return fail
