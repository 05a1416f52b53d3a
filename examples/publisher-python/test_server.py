import json
import logging
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from threading import Thread
from urllib.request import Request, urlopen

from mock import Mock
from server import make_server
from uid2_client import Uid2PublisherClient

MINUTE = 60_000
HOUR = 60 * MINUTE


def setUpModule():
    global mock
    # requests are sealed with the time of this machine, wherever the operator's clock is moved
    mock = Mock("--profile", "current", "--envelope-clock", "real")
    unittest.addModuleCleanup(mock.stop)
    logging.disable(logging.WARNING)


class PublisherTest(unittest.TestCase):
    def setUp(self):
        mock.control("reset")
        mock.control("requests", method="DELETE")
        self.elapsed = 0
        client = Uid2PublisherClient(*mock.credential("Example Publisher"))
        self.server = make_server(client, now=lambda: time.time() * 1000 + self.elapsed)
        Thread(target=self.server.serve_forever).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)

    def call(self, method, path, session="", body=None):
        url = f"http://127.0.0.1:{self.server.server_port}{path}"
        data = None if body is None else json.dumps(body).encode()
        with urlopen(Request(url, data=data, method=method, headers={"Cookie": session})) as answer:
            return json.load(answer), answer.headers

    def log_in(self, email):
        """The token and the session's cookie."""
        page, headers = self.call("POST", "/login", body={"email": email})
        return page["advertising_token"], headers["Set-Cookie"].split(";")[0]

    def visit(self, session):
        return self.call("GET", "/", session)[0]

    def pass_time(self, ms):
        """Time passes for the operator and for the server alike."""
        self.elapsed += ms
        mock.control("clock", {"advance": ms})

    def asked(self):
        """The last parts of the paths that the operator was asked for, such as `generate`."""
        return [each["path"].split("/")[-1] for each in mock.control("requests", method="GET")["requests"]]

    def test_the_token_is_kept_until_it_should_be_refreshed(self):
        token, session = self.log_in("jane@example.com")
        self.pass_time(14 * MINUTE)
        self.assertEqual(self.visit(session), {"logged_in": True, "opted_out": False, "advertising_token": token})
        self.assertEqual(self.asked(), ["generate"])

    def test_the_token_is_refreshed_once_for_pages_that_are_loaded_at_once(self):
        token, session = self.log_in("jane@example.com")
        self.pass_time(16 * MINUTE)
        with ThreadPoolExecutor(3) as pool:
            pages = list(pool.map(lambda _: self.visit(session), range(3)))
        tokens = {page["advertising_token"] for page in pages}
        self.assertEqual(len(tokens), 1)
        self.assertTrue(tokens.isdisjoint({token, None}))
        self.assertEqual(self.asked(), ["generate", "refresh"])

    def test_a_visitor_who_returns_after_refresh_expires_gets_tokens_anew(self):
        token, session = self.log_in("jane@example.com")
        self.pass_time(25 * HOUR)
        self.assertNotIn(self.visit(session)["advertising_token"], [token, None])
        self.assertEqual(self.asked(), ["generate", "generate"])

    def test_a_refused_refresh_token_is_replaced_by_a_new_identity(self):
        mock.control("faults", {"route": "/v2/token/generate", "token": "foreign", "times": 1})
        _, session = self.log_in("jane@example.com")
        self.pass_time(16 * MINUTE)
        self.assertIsNotNone(self.visit(session)["advertising_token"])
        self.assertEqual(self.asked(), ["generate", "refresh", "generate"])

    def test_a_visitor_who_opts_out_gets_no_token_and_is_not_asked_for_again(self):
        _, session = self.log_in("leaves@example.com")
        mock.control("optouts", {"email": "leaves@example.com"})
        self.pass_time(16 * MINUTE)
        opted_out = {"logged_in": True, "opted_out": True, "advertising_token": None}
        self.assertEqual(self.visit(session), opted_out)
        self.pass_time(2 * HOUR)
        self.assertEqual(self.visit(session), opted_out)
        self.assertEqual(self.asked(), ["generate", "refresh"])

    def test_a_visitor_who_has_opted_out_before_logs_in_without_a_token(self):
        token, session = self.log_in("optout@example.com")
        self.assertIsNone(token)
        self.assertTrue(self.visit(session)["opted_out"])

    def test_the_token_is_kept_while_the_operator_is_away_as_long_as_it_is_valid(self):
        token, session = self.log_in("jane@example.com")
        mock.control("faults", {"status": 503})
        self.pass_time(16 * MINUTE)
        self.assertEqual(self.visit(session)["advertising_token"], token)
        self.pass_time(45 * MINUTE)
        self.assertIsNone(self.visit(session)["advertising_token"])
        mock.control("faults", method="DELETE")
        self.assertIsNotNone(self.visit(session)["advertising_token"])

    def test_logging_out_forgets_the_visitor_and_asks_the_operator_nothing(self):
        _, session = self.log_in("jane@example.com")
        _, headers = self.call("POST", "/logout", session)
        self.assertIn("Max-Age=0", headers["Set-Cookie"])
        self.assertEqual(self.visit(session), {"logged_in": False})
        self.assertEqual(self.asked(), ["generate"])


if __name__ == "__main__":
    unittest.main()
