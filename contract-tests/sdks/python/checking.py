"""A registry of named checks, and their assertions."""

import json
import re
import urllib.error

LONG_TEXT = re.compile(r"[A-Za-z0-9+/=_-]{60,}")

checks = []


def check(function):
    """Registers a check under its own name, with dashes."""
    checks.append((function.__name__.replace("_", "-"), function))
    return function


def expect(what, actual, expected):
    if actual != expected:
        raise AssertionError(f"{what}: expected {expected!r}, got {actual!r}")


def expect_different(what, first, second):
    if first == second:
        raise AssertionError(f"{what}: expected two different values, got the same one twice")


def expect_http_error(call, status, message):
    """The SDK raises urllib's HTTPError: an integrator sees its status and the operator's JSON."""
    try:
        call()
    except urllib.error.HTTPError as error:
        expect("HTTP status", error.code, status)
        answer = json.loads(error.read())
        if not answer.get("message", answer["status"]).startswith(message):
            raise AssertionError(f"error message: expected {message!r}, got {answer!r}")
        return
    raise AssertionError("expected urllib.error.HTTPError, got an answer")


def run_checks():
    """Runs every registered check and prints {"name", "ok", "detail"} of each; a token in a detail is masked."""
    for name, function in checks:
        try:
            function()
            report = {"name": name, "ok": True, "detail": ""}
        except Exception as error:
            detail = LONG_TEXT.sub("<long text>", f"{type(error).__name__}: {error}")
            report = {"name": name, "ok": False, "detail": detail}
        print(json.dumps(report), flush=True)
