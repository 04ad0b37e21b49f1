"""What all tests stand on."""

import signal


def pytest_configure() -> None:
    """Be interruptible even where a shell started the tests in the background; so is what they start."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
