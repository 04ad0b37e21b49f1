"""What all tests stand on."""

import signal

from hypothesis import HealthCheck, settings

# No test is about speed, and other tests may run beside it.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


def pytest_configure() -> None:
    """Be interruptible even where a shell started the tests in the background; so is what they start."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
