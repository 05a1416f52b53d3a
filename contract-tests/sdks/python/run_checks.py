"""Runs the published Python SDK against an operator and reports one JSON line per check.

Standard input is the line that `uid2-mock start --json` prints: the operator's address and the credentials of
its world. Only what the SDK exports is used.
"""

import token_checks  # noqa: F401 (importing registers the checks)
import identity_map_checks  # noqa: F401
import decryption_checks  # noqa: F401
import refusal_checks  # noqa: F401
from checking import run_checks

run_checks()
