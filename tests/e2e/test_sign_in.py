"""The owner's first minute: the demo in one tap, a password, and what a wrong one says."""

import re
from collections.abc import Iterator

import pytest

from tests.e2e.conftest import NewOwner
from tests.e2e.driver import DESKTOP, PHONE, Owner, Size
from tests.programs import Stage, stage

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("sign-in"), "--no-limits", "--no-calls") as built:
        yield built


@pytest.fixture
def owner(here: Stage, new_owner: NewOwner, size: Size) -> Iterator[Owner]:
    """At the sign-in screen, and signed out again afterwards."""
    somebody = new_owner(size)
    somebody.open(here.app.url)
    somebody.sees_id("sign_in.demo")
    yield somebody
    sign_out(somebody)


def sign_out(owner: Owner) -> None:
    if owner.by_id("nav.more").count():
        owner.tap(owner.by_id("nav.more"))
        owner.tap(owner.scroll_to(owner.by_id("more.sign_out")))
        owner.tap(owner.sees_id("leaving.sign_out"))
        owner.sees_id("sign_in.demo")


def type_and_send(owner: Owner, email: str, password: str) -> None:
    owner.type_into("E-mail", email)
    owner.type_into("Password", password)
    owner.tap(owner.by_id("sign_in.submit"))


def test_the_demo_is_one_tap_away_and_fills_the_screen(owner: Owner) -> None:
    owner.keep("sign-in")
    owner.tap(owner.by_id("sign_in.demo"))
    owner.sees_id("nav.today")
    owner.sees("Bella Salon")
    owner.sees(re.compile("Updated|updated"), timeout_s=60)
    owner.scroll_to(owner.by_id("figure.answered"))


def test_a_password_signs_in_and_a_wrong_one_is_a_sentence(owner: Owner, here: Stage) -> None:
    email, password = here.demo_password()
    type_and_send(owner, email, "not the password")
    owner.sees("That e-mail and password do not match.")
    owner.keep("wrong-password")
    type_and_send(owner, email, password)
    owner.sees_id("nav.today")


def test_signing_out_is_for_every_window(here: Stage, new_owner: NewOwner) -> None:
    """A phone's and a computer's that show the same device."""
    owner, second = new_owner(PHONE), new_owner(DESKTOP)
    owner.open(here.app.url)
    owner.tap(owner.sees_id("sign_in.demo"))
    owner.sees_id("nav.today")
    second.open(here.app.url)
    second.sees_id("nav.today")
    sign_out(second)
    owner.sees_id("sign_in.demo")
