"""The mock operator for tests: starts it, and calls its control API. UID2_MOCK may name another command."""

import json
import os
import shlex
import signal
import subprocess
from urllib.request import Request, urlopen

COMMAND = shlex.split(os.environ.get("UID2_MOCK", "npx --yes uid2-mock-operator"))


class Mock:
    def __init__(self, *flags):
        # npx starts the mock through a shell, so all of them are one process group that can be ended
        self._process = subprocess.Popen(
            [*COMMAND, "start", "--json", "--port", "0", *flags],
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the mock ended before it listened, with exit code {self._process.wait()}")
        self._banner = json.loads(line)
        self.url = self._banner["url"]

    def credential(self, name):
        """Base URL, API key and client secret of a participant: what the clients of the SDK take, in their order."""
        found = next(each for each in self._banner["credentials"] if each["name"] == name)
        return self.url, found["key"], found["secret"]

    def control(self, call, body=None, method="POST"):
        """Calls `/__admin/...`, with a body in JSON unless it is None, and returns the answer."""
        data = None if body is None else json.dumps(body).encode()
        with urlopen(Request(f"{self.url}/__admin/{call}", data=data, method=method)) as answer:
            text = answer.read()
            return json.loads(text) if text else None

    def stop(self):
        os.killpg(self._process.pid, signal.SIGTERM)
        self._process.wait()
        self._process.stdout.close()
