"""Signing in and out: passwords, PKCE, rotating refresh tokens, sessions, limits."""

import base64
import hashlib
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from backend_stub.store import Store
from backend_stub.wire import ProblemDocument
from tests.backend_stub import example_rows as eg
from tests.backend_stub.conftest import DEVICE, PASSWORD, Hosted, Start, client_of

VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
REDIRECT = "http://127.0.0.1:53211/callback"
ASKED = {
    "response_type": "code",
    "client_id": "owner-app",
    "redirect_uri": REDIRECT,
    "state": "st&te",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}
SIGN_UP = {
    "email": "New@Owner.example",
    "password": "a long password",
    "name": "Nora New",
    "business_name": "Nora's Garage",
    "business_type": "garage",
    "time_zone": "Europe/Berlin",
    "device": DEVICE,
}


async def refresh(hosted: Hosted, token: str) -> httpx.Response:
    return await hosted.http.post("/v1/auth/token", data={"grant_type": "refresh_token", "refresh_token": token})


async def me(hosted: Hosted, tokens: dict[str, Any]) -> httpx.Response:
    return await hosted.http.get("/v1/me", headers={"Authorization": f"Bearer {tokens['access_token']}"})


async def test_sign_in_answers_who_and_where(hosted: Hosted) -> None:
    tokens = await hosted.sign_in("manager")
    assert tokens["user"]["role"] == "manager"
    assert tokens["account"]["account_id"] == hosted.business.account_id
    assert (await me(hosted, tokens)).json() == {"user": tokens["user"], "account": tokens["account"]}


async def test_wrong_password_and_unknown_address_get_the_same_answer(hosted: Hosted) -> None:
    wrong = {"password": "not this one", "device": DEVICE}
    known = await hosted.http.post("/v1/auth/sign-in", json={"email": hosted.business.emails["owner"], **wrong})
    unknown = await hosted.http.post("/v1/auth/sign-in", json={"email": "nobody@nowhere.example", **wrong})
    assert (known.status_code, known.json()["code"]) == (401, "wrong_credentials")
    assert known.json() == unknown.json()


async def test_an_unknown_address_costs_a_password_check_too(hosted: Hosted) -> None:
    passwords = hosted.app.state.services.passwords
    assert passwords.verify_now(None, "nobody has this password") is False
    assert passwords.verify_now(passwords.hash_now("x"), "x") is True


async def test_the_sixth_attempt_on_one_address_has_to_wait(hosted: Hosted) -> None:
    body = {"email": hosted.business.emails["owner"], "password": "wrong", "device": DEVICE}
    for _ in range(5):
        assert (await hosted.http.post("/v1/auth/sign-in", json=body)).status_code == 401
    answer = await hosted.http.post("/v1/auth/sign-in", json=body | {"password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
    assert answer.headers["retry-after"] == str(answer.json()["retry_after_s"]) == "900"
    assert answer.json()["detail"] == "That was too often. Please try again in 15 minutes."
    assert (await hosted.sign_in("manager"))["user"]["role"] == "manager"
    hosted.clock.jump(901)
    assert (await hosted.sign_in("owner"))["user"]["role"] == "owner"


async def test_signing_in_often_with_the_right_password_is_no_attack(hosted: Hosted) -> None:
    for _ in range(8):
        await hosted.sign_in()


async def test_a_session_may_ask_so_often_a_minute(hosted: Hosted) -> None:
    async with await hosted.client() as http:
        statuses = [(await http.get("/v1/me")).status_code for _ in range(1201)]
        assert statuses == [200] * 1200 + [429]
        async with await hosted.client() as other:
            assert (await other.get("/v1/me")).status_code == 200
        hosted.clock.jump(60)
        assert (await http.get("/v1/me")).status_code == 200


async def test_health_has_its_own_limit(hosted: Hosted) -> None:
    statuses = [(await hosted.http.get("/v1/health")).status_code for _ in range(101)]
    assert statuses[-2:] == [200, 429]


async def test_sign_up_opens_a_business_of_its_own(hosted: Hosted) -> None:
    answer = await hosted.http.post("/v1/auth/sign-up", json=SIGN_UP)
    assert answer.status_code == 201
    async with client_of(hosted.app, answer.json()["access_token"]) as http:
        page = (await http.get("/v1/sync/changes")).json()
    assert {kind: len(rows) for kind, rows in page["changes"].items()} == {
        "business": 1,
        "staff": 1,
        "employees": 3,
        "assumptions": 1,
    }
    again = await hosted.http.post("/v1/auth/sign-up", json=SIGN_UP | {"email": "new@owner.EXAMPLE"})
    assert (again.status_code, again.json()["code"]) == (409, "email_taken")
    count = hosted.store.peek(lambda connection: connection.execute("SELECT count(*) FROM account").fetchone()[0])
    assert count == 2


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("body.password", {"password": "short"}),
        ("body.time_zone", {"time_zone": "Mars/Olympus"}),
        ("body.device.platform", {"device": {"name": "x", "platform": "toaster"}}),
        ("body.email", {"email": "no at sign"}),
        ("body.name", {"name": "\x00"}),
    ],
)
async def test_sign_up_says_what_is_wrong(hosted: Hosted, path: str, change: dict[str, Any]) -> None:
    answer = await hosted.http.post("/v1/auth/sign-up", json=SIGN_UP | change)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["path"] == path
    assert "short" not in answer.text


async def test_no_demo_account_no_demo(store: Store, start: Start) -> None:
    hosted = await start()
    store.write_now(lambda tx: tx.connection.execute("UPDATE account SET demo = 0"))
    assert (await hosted.http.get("/v1/health")).json()["demo"] is False
    answer = await hosted.http.post("/v1/auth/demo", json={"device": DEVICE})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_an_access_token_lives_fifteen_minutes(hosted: Hosted) -> None:
    tokens = await hosted.sign_in()
    hosted.clock.jump(899)
    assert (await me(hosted, tokens)).status_code == 200
    hosted.clock.jump(1)
    answer = await me(hosted, tokens)
    assert (answer.status_code, answer.json()["code"]) == (401, "token_expired")
    fresh = (await refresh(hosted, tokens["refresh_token"])).json()
    assert (await me(hosted, fresh)).status_code == 200
    assert fresh["session_id"] == tokens["session_id"]


async def test_a_used_refresh_token_revokes_the_whole_family(hosted: Hosted) -> None:
    first = await hosted.sign_in()
    second = (await refresh(hosted, first["refresh_token"])).json()
    third = (await refresh(hosted, second["refresh_token"])).json()
    assert (await me(hosted, third)).status_code == 200
    stolen = await refresh(hosted, first["refresh_token"])
    assert stolen.status_code == 400
    assert (stolen.json()["error"], stolen.json()["code"]) == ("invalid_grant", "session_revoked")
    assert (await me(hosted, third)).json()["code"] == "session_revoked"
    assert (await refresh(hosted, third["refresh_token"])).json()["code"] == "session_revoked"


async def test_a_lost_reply_signs_nobody_out(hosted: Hosted) -> None:
    first = await hosted.sign_in()
    second = (await refresh(hosted, first["refresh_token"])).json()
    hosted.clock.jump(9)
    again = await refresh(hosted, first["refresh_token"])
    assert again.json() == second
    assert (await refresh(hosted, second["refresh_token"])).status_code == 200


async def test_the_grace_ends_after_ten_seconds_and_with_the_successor_s_use(hosted: Hosted) -> None:
    late = await hosted.sign_in()
    await refresh(hosted, late["refresh_token"])
    hosted.clock.jump(11)
    assert (await refresh(hosted, late["refresh_token"])).json()["code"] == "session_revoked"
    early = await hosted.sign_in()
    second = (await refresh(hosted, early["refresh_token"])).json()
    await refresh(hosted, second["refresh_token"])
    assert (await refresh(hosted, early["refresh_token"])).json()["code"] == "session_revoked"


async def test_an_unknown_and_an_old_refresh_token(hosted: Hosted) -> None:
    unknown = await refresh(hosted, "rt_nobody")
    assert (unknown.status_code, unknown.json()["error"]) == (400, "invalid_grant")
    assert "code" not in unknown.json()
    tokens = await hosted.sign_in()
    hosted.clock.jump(61 * 86_400)
    assert (await refresh(hosted, tokens["refresh_token"])).json()["error"] == "invalid_grant"


async def authorize(hosted: Hosted, **changes: str) -> httpx.Response:
    decided = ASKED | {"email": hosted.business.emails["owner"], "password": PASSWORD, "decision": "allow"}
    return await hosted.http.post("/v1/auth/authorize", data=decided | changes)


def answer_of(response: httpx.Response) -> dict[str, str]:
    assert response.status_code == 303, response.text
    return {key: values[0] for key, values in parse_qs(urlsplit(response.headers["location"]).query).items()}


async def exchange(hosted: Hosted, code: str, **changes: str) -> httpx.Response:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "code_verifier": VERIFIER,
        "redirect_uri": REDIRECT,
        "client_id": "owner-app",
        "device_name": "Ana's laptop",
        "device_platform": "linux",
    }
    return await hosted.http.post("/v1/auth/token", data=form | changes)


async def test_pkce_signs_in(hosted: Hosted) -> None:
    page = await hosted.http.get("/v1/auth/authorize", params=ASKED)
    assert page.status_code == 200
    answer = answer_of(await authorize(hosted))
    assert answer["state"] == "st&te"
    tokens = (await exchange(hosted, answer["code"])).json()
    assert tokens["user"]["user_id"] == hosted.business.user_ids["owner"]
    async with client_of(hosted.app, tokens["access_token"]) as http:
        sessions = (await http.get("/v1/auth/sessions")).json()["sessions"]
    assert [(session["name"], session["platform"]) for session in sessions] == [("Ana's laptop", "linux")]


async def test_a_code_works_once_and_a_second_use_ends_the_session(hosted: Hosted) -> None:
    code = answer_of(await authorize(hosted))["code"]
    tokens = (await exchange(hosted, code)).json()
    assert (await exchange(hosted, code)).json()["error"] == "invalid_grant"
    assert (await me(hosted, tokens)).json()["code"] == "session_revoked"


@pytest.mark.parametrize(
    "changes",
    [
        {"code_verifier": "w" * 64},
        {"redirect_uri": "http://127.0.0.1:1/callback"},
        {"client_id": "somebody-else"},
        {"code": "guessed"},
    ],
)
async def test_a_code_needs_its_verifier_its_address_and_its_app(hosted: Hosted, changes: dict[str, str]) -> None:
    code = answer_of(await authorize(hosted))["code"]
    refused = await exchange(hosted, changes.get("code", code), **{k: v for k, v in changes.items() if k != "code"})
    assert refused.status_code == 400
    assert set(refused.json()) == {"error", "error_description"}
    assert (await exchange(hosted, code)).status_code == 200


async def test_a_code_lives_a_minute(hosted: Hosted) -> None:
    code = answer_of(await authorize(hosted))["code"]
    hosted.clock.jump(60)
    assert (await exchange(hosted, code)).status_code == 400


async def test_deny_and_broken_requests_go_back_with_an_error(hosted: Hosted) -> None:
    assert answer_of(await authorize(hosted, decision="deny")) == {"error": "access_denied", "state": "st&te"}
    plain = await hosted.http.get("/v1/auth/authorize", params=ASKED | {"code_challenge_method": "plain"})
    assert answer_of(plain)["error"] == "invalid_request"
    other = await hosted.http.get("/v1/auth/authorize", params=ASKED | {"response_type": "token"})
    assert answer_of(other)["error"] == "unsupported_response_type"


@pytest.mark.parametrize(
    "uri",
    [
        "https://evil.example/callback",
        "http://127.0.0.1:53211/other",
        "http://127.0.0.1.evil.example:80/callback",
        "http://127.0.0.1:53211/callback\n",
        "",
    ],
)
async def test_an_address_that_is_not_the_app_s_is_never_redirected_to(hosted: Hosted, uri: str) -> None:
    for answer in (
        await hosted.http.get("/v1/auth/authorize", params=ASKED | {"redirect_uri": uri}),
        await authorize(hosted, redirect_uri=uri),
    ):
        assert answer.status_code == 400
        assert "location" not in answer.headers
        assert uri.strip() not in answer.text or not uri


@pytest.mark.parametrize("uri", [REDIRECT, "http://[::1]:8/callback", "ai.thechatty.owner://callback"])
async def test_the_page_may_only_send_to_itself_and_to_the_app(hosted: Hosted, uri: str) -> None:
    page = await hosted.http.get("/v1/auth/authorize", params=ASKED | {"redirect_uri": uri})
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert re.search(r"form-action 'self' (http://127.0.0.1:53211|http:|ai.thechatty.owner:);", policy)
    nonce = re.search(r"'nonce-([^']+)'", policy)
    assert nonce and f'<style nonce="{nonce[1]}">' in page.text
    assert "<script" not in page.text
    assert page.text.count("<label") == 2


async def test_the_page_escapes_what_it_repeats(hosted: Hosted) -> None:
    page = await hosted.http.get("/v1/auth/authorize", params=ASKED | {"state": '"><script>alert(1)</script>'})
    assert "<script" not in page.text


async def test_a_wrong_password_on_the_page_is_said_there_and_limited(hosted: Hosted) -> None:
    for _ in range(5):
        answer = await authorize(hosted, password="wrong")
        assert answer.status_code == 401
        assert 'role="alert"' in answer.text
        assert hosted.business.emails["owner"] in answer.text
    limited = await authorize(hosted)
    assert (limited.status_code, limited.headers["content-type"]) == (429, "text/html; charset=utf-8")
    assert "retry-after" in limited.headers


async def test_sessions_are_listed_and_ended(hosted: Hosted) -> None:
    phone, laptop, till = [await hosted.sign_in() for _ in range(3)]
    async with client_of(hosted.app, phone["access_token"]) as http:
        listed = (await http.get("/v1/auth/sessions")).json()["sessions"]
        assert {session["session_id"] for session in listed} == {s["session_id"] for s in (phone, laptop, till)}
        assert [session["session_id"] for session in listed if session["current"]] == [phone["session_id"]]
        assert (await http.delete(f"/v1/auth/sessions/{laptop['session_id']}")).status_code == 204
        assert (await http.delete(f"/v1/auth/sessions/{laptop['session_id']}")).status_code == 404
        assert (await http.delete("/v1/auth/sessions")).status_code == 204
        assert len((await http.get("/v1/auth/sessions")).json()["sessions"]) == 1
        assert (await http.post("/v1/auth/sign-out")).status_code == 204
        assert (await http.get("/v1/me")).json()["code"] == "session_revoked"
    assert (await me(hosted, laptop)).json()["code"] == "device_revoked"
    assert (await me(hosted, till)).json()["code"] == "device_revoked"


async def test_a_device_that_another_one_signed_out_hears_that_it_is_revoked_whenever_it_comes_back(
    hosted: Hosted,
) -> None:
    phone, laptop = [await hosted.sign_in() for _ in range(2)]
    async with client_of(hosted.app, phone["access_token"]) as http:
        await http.delete(f"/v1/auth/sessions/{laptop['session_id']}")
    refused = await me(hosted, laptop)
    assert (refused.status_code, refused.json()["code"]) == (401, "device_revoked")
    assert ProblemDocument.model_validate(refused.json()).detail.startswith("This device was signed out from another")
    for days in (0, 1, 90):
        hosted.clock.jump(days * 86_400)
        answer = await refresh(hosted, laptop["refresh_token"])
        assert (answer.status_code, answer.json()["code"]) == (400, "device_revoked"), days
    assert (await refresh(hosted, "rt_nobody")).json().get("code") is None


async def test_a_session_that_had_ended_before_does_not_become_a_revoked_device(hosted: Hosted) -> None:
    phone, laptop = [await hosted.sign_in() for _ in range(2)]
    async with client_of(hosted.app, laptop["access_token"]) as http:
        own = await http.delete(f"/v1/auth/sessions/{laptop['session_id']}")
        assert own.status_code == 204, "of itself it only signs out"
    async with client_of(hosted.app, phone["access_token"]) as http:
        await http.delete("/v1/auth/sessions")
    assert (await me(hosted, laptop)).json()["code"] == "session_revoked"
    assert (await refresh(hosted, laptop["refresh_token"])).json()["code"] == "session_revoked"


async def test_nothing_secret_is_stored(hosted: Hosted) -> None:
    tokens = await hosted.sign_in()
    code = answer_of(await authorize(hosted))["code"]
    dump = hosted.store.peek(lambda connection: "\n".join(connection.iterdump()))
    assert tokens["refresh_token"] not in dump
    assert tokens["access_token"] not in dump
    assert code not in dump
    assert PASSWORD not in dump
    assert "$argon2id$" in dump


async def test_a_body_over_a_megabyte_is_refused(hosted: Hosted) -> None:
    announced = await hosted.http.post("/v1/auth/sign-in", content=b"x" * 1_000_001)
    assert (announced.status_code, announced.json()["code"]) == (413, "too_large")

    async def pieces() -> Any:
        for _ in range(20):
            yield b"x" * 100_000

    streamed = await hosted.http.post(
        "/v1/auth/sign-in", content=pieces(), headers={"Content-Type": "application/json"}
    )
    assert (streamed.status_code, streamed.json()["code"]) == (413, "too_large")


async def test_an_unknown_place_and_a_wrong_method_are_problems(hosted: Hosted) -> None:
    nowhere = await hosted.http.get("/v1/nowhere")
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "not_found")
    wrong = await hosted.http.put("/v1/me")
    assert (wrong.status_code, wrong.json()["code"], wrong.headers["allow"]) == (405, "method_not_allowed", "GET")
    assert wrong.headers["content-type"] == "application/problem+json"


async def test_a_first_generation_token_opens_nothing_of_the_new_one(hosted: Hosted) -> None:
    body = {"businessName": "Old", "ownerName": "Otto", "email": "otto@old.example", "phone": "+1"}
    token = (await hosted.http.post("/api/clients", json=body)).json()["credentials"]["jwtToken"]
    answer = await hosted.http.get("/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert answer.json()["code"] == "token_invalid"
    old = await hosted.http.get(
        "/api/calls", headers={"Authorization": f"Bearer {(await hosted.sign_in())['access_token']}"}
    )
    assert old.status_code == 403
    assert hosted.clock.now_ms() == eg.NOON
