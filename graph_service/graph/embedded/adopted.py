"""A server that somebody else started: what a killed supervisor left behind, taken over while its users go on."""

import subprocess

import psutil


class Adopted:
    """A running process with as much of `Popen` as a supervisor needs; it is nobody's child here.

    Args:
        process: the server's.
    """

    def __init__(self, process: psutil.Process) -> None:
        self._process = process
        self.pid = process.pid

    def poll(self) -> int | None:
        """Whether it has ended: None while it runs."""
        try:
            # One that has ended and that its new parent never reaps is a zombie for ever.
            runs = self._process.is_running() and self._process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return 0
        return None if runs else 0

    def wait(self, timeout: float | None = None) -> int:
        """Waits until it has ended.

        Raises:
            subprocess.TimeoutExpired: it has not.
        """
        try:
            self._process.wait(timeout)
        except psutil.TimeoutExpired:
            if self.poll() is None:
                raise subprocess.TimeoutExpired("neo4j", timeout or 0.0) from None
        return 0

    def terminate(self) -> None:
        """Asks it to stop."""
        if self.poll() is None:
            self._process.terminate()

    def kill(self) -> None:
        """Stops it at once."""
        if self.poll() is None:
            self._process.kill()
