"""A UID2 operator in a container, for tests: pip install -r requirements.txt && pytest"""

import json
import os
from collections.abc import Iterator
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import HttpWaitStrategy

IMAGE = os.environ.get("UID2_MOCK_IMAGE", "ghcr.io/uid2-mock/uid2-mock-operator:0.1.0")
ADMIN_TOKEN = "only-for-tests"
# of the embedded world, the same in every mock
KEY = "UID2-C-L-1001-DbRLvg.iVebYUxDAUiAJvZOO9BDlmUKljx6Lg+/Y5hAs="


@pytest.fixture(scope="session")
def mock() -> Iterator[str]:
    container = (
        DockerContainer(IMAGE)
        .with_exposed_ports(8432)
        .with_env("UID2_MOCK_ADMIN_TOKEN", ADMIN_TOKEN)
        .waiting_for(HttpWaitStrategy(8432, "/ops/healthcheck"))
    )
    with container:
        yield f"http://{container.get_container_host_ip()}:{container.get_exposed_port(8432)}"


def ask(url: str, bearer: str, body: bytes | None = None) -> dict[str, object]:
    request = Request(url, data=body, headers={"Authorization": f"Bearer {bearer}"})
    with urlopen(request) as answer:
        text = answer.read()
    return dict(json.loads(text)) if text else {}


def test_a_reader_who_opts_out_gets_no_new_token(mock: str) -> None:
    query = urlencode({"email": "reader@example.com"})
    answer = ask(f"{mock}/v1/token/generate?{query}", KEY)
    body = answer["body"]
    assert isinstance(body, dict)
    ask(f"{mock}/__admin/optouts", ADMIN_TOKEN, json.dumps({"email": "reader@example.com"}).encode())
    query = urlencode({"refresh_token": body["refresh_token"]})
    assert ask(f"{mock}/v1/token/refresh?{query}", KEY)["status"] == "optout"
