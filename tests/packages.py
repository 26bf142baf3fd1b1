"""Packages of the distribution that the tests want, where this user may install them."""

import os
import shutil
import subprocess

TIMEOUT_S = 600


def install(*names: str) -> bool:
    """Whether they are installed now; False where there is no apt or the user is not root."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if not root or not shutil.which("apt-get"):
        return False
    quiet = ["apt-get", "-qq", "-y", "-o", "Dpkg::Use-Pty=0"]
    return runs([*quiet, "update"]) and runs([*quiet, "install", "--no-install-recommends", *names])


def runs(command: list[str]) -> bool:
    """Whether the command ended well in time."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(command, env=environment, timeout=TIMEOUT_S, stdout=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
