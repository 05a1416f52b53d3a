"""An advertiser's table of raw UIDs: maps users once, and again when their salt has changed."""

import sqlite3
from datetime import datetime, timezone

from uid2_client import (
    IdentityMapClient,
    IdentityMapInput,
    IdentityMapV3Client,
    IdentityMapV3Input,
    UnmappedIdentityReason,
)

BATCH = 5000  # identities that the operator takes in one request

TABLE = """
create table if not exists users (
  identity text primary key,  -- an email address, or a phone number with + and country code
  raw_uid text,               -- null until mapped, and for users who have opted out
  previous_raw_uid text,      -- the one before the salt changed, which partners may still have for 90 days
  refresh_from integer,       -- epoch seconds; map again from then on
  bucket_id text,             -- of the salt
  opted_out integer not null default 0
)
"""


def is_phone(identity):
    return identity.startswith("+")


def is_valid(identity):
    """The SDK hashes identities itself, and raises an error for the first invalid one of a list."""
    try:
        IdentityMapV3Input().with_phone(identity) if is_phone(identity) else IdentityMapV3Input().with_email(identity)
    except ValueError:
        return False
    return True


def batches(items):
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]


class RawUids:
    def __init__(self, path, base_url, key, secret):
        self._table = sqlite3.connect(path)
        self._table.row_factory = sqlite3.Row
        self._table.execute(TABLE)
        self._v3 = IdentityMapV3Client(base_url, key, secret)
        self._v2 = IdentityMapClient(base_url, key, secret)

    def close(self):
        self._table.close()

    def get(self, identity):
        """The row of a user, or None."""
        return self._table.execute("select * from users where identity = ?", [identity]).fetchone()

    def add(self, identities):
        """Adds users and maps those who are new. Returns the invalid identities, which it leaves out."""
        valid = [each for each in identities if is_valid(each)]
        with self._table:
            self._table.executemany("insert or ignore into users (identity) values (?)", [[each] for each in valid])
        self._map(self._where("raw_uid is null and not opted_out"))
        return [each for each in identities if each not in valid]

    def map_due(self, now=None):
        """Maps users again from `refresh_from` on, which the operator said when they were mapped. Returns how many."""
        moment = (now or datetime.now(timezone.utc)).timestamp()
        return self._map(self._where("refresh_from <= ?", moment))

    def map_rotated(self, since):
        """Maps users again whose bucket has had a new salt since then: for tables that go by buckets. Returns how many."""
        rotated = [bucket.get_bucket_id() for bucket in self._v2.get_identity_buckets(since).buckets]
        due = []
        for some in batches(rotated):
            marks = ",".join("?" * len(some))
            due += self._where(f"bucket_id in ({marks}) and not opted_out", *some)
        return self._map(due)

    def _where(self, condition, *values):
        rows = self._table.execute(f"select identity from users where {condition}", values)
        return [row["identity"] for row in rows]

    def _map(self, identities):
        for some in batches(identities):
            self._store(some)
        return len(identities)

    def _store(self, identities):
        emails = [each for each in identities if not is_phone(each)]
        phones = [each for each in identities if is_phone(each)]
        response = self._v3.generate_identity_map(IdentityMapV3Input().with_emails(emails).with_phones(phones))
        buckets = self._buckets(emails, phones)
        rows = [
            [each.current_raw_uid, each.previous_raw_uid, each.refresh_from.timestamp(), buckets.get(identity), identity]
            for identity, each in response.mapped_identities.items()
        ]
        opted_out = [
            [identity]
            for identity, each in response.unmapped_identities.items()
            if each.reason == UnmappedIdentityReason.OPTOUT
        ]
        columns = "raw_uid = ?, previous_raw_uid = ?, refresh_from = ?, bucket_id = ?"
        nothing = "raw_uid = null, previous_raw_uid = null, refresh_from = null, opted_out = 1"
        with self._table:
            self._table.executemany(f"update users set {columns} where identity = ?", rows)
            self._table.executemany(f"update users set {nothing} where identity = ?", opted_out)

    def _buckets(self, emails, phones):
        """Which bucket each identity has. Only version 2 of the API says so."""
        inputs = [
            IdentityMapInput.from_emails(emails) if emails else None,
            IdentityMapInput.from_phones(phones) if phones else None,
        ]
        mapped = {}
        for each in filter(None, inputs):
            mapped |= self._v2.generate_identity_map(each).mapped_identities
        return {identity: each.get_bucket_id() for identity, each in mapped.items()}
