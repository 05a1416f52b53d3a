import json
import unittest
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from dsp import Dsp, NoUser
from mock import Mock
from uid2_client import IdentityMapClient, IdentityMapInput

MINUTE = 60_000


def issue(mock, email):
    """A token as the publisher sends it into an auction. The v1 API of the mock needs no envelope."""
    url, key, _ = mock.credential("Example Publisher")
    query = urlencode({"email": email})
    request = Request(f"{url}/v1/token/generate?{query}", headers={"Authorization": f"Bearer {key}"})
    with urlopen(request) as answer:
        return json.load(answer)["body"]["advertising_token"]


def bid_request(token):
    return {"site": {"domain": "example.com"}, "user": {"eids": [{"source": "uidapi.com", "uids": [{"id": token}]}]}}


def raw_uid(mock, email):
    """What the advertiser has for the user."""
    mapped = IdentityMapClient(*mock.credential("Example Advertiser"))
    return mapped.generate_identity_map(IdentityMapInput.from_emails([email])).mapped_identities[email].get_raw_uid()


def dsp_of(mock, participant="Example DSP"):
    dsp = Dsp(*mock.credential(participant))
    dsp.refresh_keys()
    return dsp


class VersionTest(unittest.TestCase):
    def test_tokens_of_every_version_are_opened(self):
        for version in ("v2", "v3", "v4"):
            with self.subTest(version):
                mock = Mock("--token-version", version)
                try:
                    token = issue(mock, "jane@example.com")
                    self.assertEqual(dsp_of(mock).raw_uid(bid_request(token)), raw_uid(mock, "jane@example.com"))
                finally:
                    mock.stop()


class DspTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.mock = Mock("--envelope-clock", "real")
        cls.addClassCleanup(cls.mock.stop)

    def setUp(self):
        self.mock.control("reset")
        self.dsp = dsp_of(self.mock)

    def refusal(self, request):
        with self.assertRaises(NoUser) as refused:
            self.dsp.raw_uid(request)
        return str(refused.exception)

    def test_requests_without_a_uid2_token(self):
        self.assertEqual(self.refusal({"site": {"domain": "example.com"}}), "no UID2 token")

    def test_an_expired_token(self):
        # issued by an operator whose clock is an hour and a minute behind that of this machine
        self.mock.control("clock", {"advance": -61 * MINUTE})
        token = issue(self.mock, "jane@example.com")
        self.assertEqual(self.refusal(bid_request(token)), "token expired")

    def test_an_altered_token(self):
        token = issue(self.mock, "jane@example.com")
        altered = token[:40] + ("A" if token[40] != "A" else "B") + token[41:]
        self.assertEqual(self.refusal(bid_request(altered)), "invalid payload")

    def test_a_token_of_another_operator(self):
        self.mock.control("faults", {"route": "/v1/token/generate", "token": "foreign", "times": 1})
        token = issue(self.mock, "jane@example.com")
        self.assertEqual(self.refusal(bid_request(token)), "not authorized for master key")

    def test_a_client_that_is_no_dsp_gets_no_keys(self):
        with self.assertRaisesRegex(RuntimeError, "no keys"):
            dsp_of(self.mock, "Example Publisher")

    def test_tokens_sealed_with_a_key_from_after_the_last_refresh(self):
        self.mock.control("keys/rotate", {})
        token = issue(self.mock, "jane@example.com")
        self.assertTrue(self.refusal(bid_request(token)).startswith("not authorized for"))
        self.dsp.refresh_keys()
        self.assertTrue(self.dsp.raw_uid(bid_request(token)))

    def test_a_user_who_opts_out(self):
        request = bid_request(issue(self.mock, "leaves@example.com"))
        user = self.dsp.raw_uid(request)
        self.mock.control("optouts", {"email": "leaves@example.com"})
        self.assertEqual(self.dsp.raw_uid(request), user)
        other = self.dsp.raw_uid(bid_request(issue(self.mock, "stays@example.com")))
        self.dsp.check_opt_outs([user, other])
        self.assertEqual(self.refusal(request), "opted out")
        self.assertEqual(self.dsp.raw_uid(bid_request(issue(self.mock, "stays@example.com"))), other)

    def test_keys_that_cannot_be_fetched(self):
        self.mock.control("faults", {"route": "/v2/key/*", "status": 503})
        with self.assertRaisesRegex(RuntimeError, "no keys"):
            self.dsp.refresh_keys()
        # the keys from before serve on
        self.assertTrue(self.dsp.raw_uid(bid_request(issue(self.mock, "jane@example.com"))))


if __name__ == "__main__":
    unittest.main()
