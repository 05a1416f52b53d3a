import unittest
from datetime import datetime, timedelta, timezone

from mock import Mock
from raw_uids import RawUids

DAY = 24 * 3600 * 1000
USERS = ["jane@example.com", "john@example.com", "+12065550123"]


def setUpModule():
    global mock
    mock = Mock("--profile", "current", "--envelope-clock", "real")
    unittest.addModuleCleanup(mock.stop)


class RawUidsTest(unittest.TestCase):
    def setUp(self):
        mock.control("reset")
        mock.control("requests", method="DELETE")
        self.table = RawUids(":memory:", *mock.credential("Example Advertiser"))
        self.addCleanup(self.table.close)

    def mapped(self):
        return {user: self.table.get(user)["raw_uid"] for user in USERS}

    def move_clock(self, days):
        mock.control("clock", {"advance": days * DAY})
        return datetime.now(timezone.utc) + timedelta(days=days)

    def test_emails_and_phones_are_mapped_once(self):
        self.table.add(USERS)
        self.assertEqual(len(set(self.mapped().values())), 3)
        asked = len(mock.control("requests", method="GET")["requests"])
        self.table.add(USERS)
        self.assertEqual(len(mock.control("requests", method="GET")["requests"]), asked)

    def test_users_who_have_opted_out_and_invalid_addresses_get_no_raw_uid(self):
        mock.control("optouts", {"email": "leaves@example.com"})
        self.assertEqual(self.table.add(["leaves@example.com", "no address", *USERS]), ["no address"])
        self.assertIsNone(self.table.get("leaves@example.com")["raw_uid"])
        self.assertIsNone(self.table.get("no address"))
        self.assertNotIn(None, self.mapped().values())

    def test_users_are_mapped_again_from_refresh_from_on(self):
        self.table.add(USERS)
        before = self.mapped()
        self.assertEqual(self.table.map_due(), 0)
        later = self.move_clock(365)
        mock.control("salts/rotate", {})
        self.assertEqual(self.table.map_due(later), 3)
        for user in USERS:
            row = self.table.get(user)
            self.assertNotEqual(row["raw_uid"], before[user])
            self.assertEqual(row["previous_raw_uid"], before[user])

    def test_only_users_of_rotated_buckets_are_mapped_again(self):
        self.table.add(USERS)
        before = self.mapped()
        since = self.move_clock(1) - timedelta(minutes=5)
        self.assertEqual(self.table.map_rotated(since), 0)
        mock.control("salts/rotate", {"buckets": [self.table.get("jane@example.com")["bucket_id"]]})
        self.assertEqual(self.table.map_rotated(since), 1)
        after = self.mapped()
        self.assertNotEqual(after.pop("jane@example.com"), before.pop("jane@example.com"))
        self.assertEqual(after, before)

    def test_a_user_who_opts_out_later_is_let_go(self):
        self.table.add(USERS)
        mock.control("optouts", {"email": "jane@example.com"})
        mock.control("salts/rotate", {})
        self.assertEqual(self.table.map_rotated(datetime.now(timezone.utc) - timedelta(minutes=5)), 3)
        self.assertIsNone(self.mapped()["jane@example.com"])
        self.assertIsNotNone(self.mapped()["john@example.com"])


if __name__ == "__main__":
    unittest.main()
