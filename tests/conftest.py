"""What all tests share."""

import gc

import pytest


def pytest_configure() -> None:
    """Next to nothing that is made while thousands of tests are gathered is let go again."""
    gc.disable()


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What is there now stays, so that it need not be looked through in every test."""
    gc.freeze()
    gc.enable()
