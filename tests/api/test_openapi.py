"""The OpenAPI documents are valid, and the program answers as they say whatever it is sent."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.platform import Platform

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
FUZZING = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("path", ["/openapi.json", "/admin/openapi.json"])
def test_the_document_is_valid(platform: Platform, path: str) -> None:
    document = httpx.get(platform.url + path, trust_env=False).json()
    OpenAPIV31SpecValidator(document).validate()
    names = [one["operationId"] for methods in document["paths"].values() for one in methods.values()]
    assert len(names) == len(set(names))


@pytest.fixture(scope="module")
def customer_token(platform: Platform) -> Iterator[str]:
    with platform.customer("C0000000020") as client:
        yield client.headers["Authorization"]


@pytest.fixture(scope="module")
def operator_token(platform: Platform) -> Iterator[str]:
    with platform.operator("admin") as client:
        yield client.headers["Authorization"]


def failures(schema: Any, token: str, as_nobody: set[str]) -> list[str]:
    """What every operation of a document answers to made-up requests, where that is not as documented. None is left
    out; those of the paths `as_nobody` are asked with a token that is none.
    """
    found: list[str] = []
    operations = [result.ok() for result in schema.get_all_operations()]
    assert len(operations) == sum(len(methods) for methods in schema.raw_schema["paths"].values())
    assert as_nobody <= {operation.path for operation in operations}
    for operation in operations:
        try:
            _fuzz(operation, "Bearer nobody" if operation.path in as_nobody else token)
        except (AssertionError, BaseExceptionGroup, FailureGroup) as failure:
            found.append(f"{operation.label}: {failure}")
    return found


def _fuzz(operation: Any, token: str) -> None:
    @FUZZING
    @given(case=operation.as_strategy())
    def answers_as_documented(case: Any) -> None:
        # The way to WeChat leads elsewhere: nobody follows it.
        case.call_and_validate(headers={"Authorization": token}, checks=CHECKS, allow_redirects=False)

    answers_as_documented()


def test_customers_and_partners_get_documented_answers(platform: Platform, customer_token: str) -> None:
    schema = schemathesis.openapi.from_url(f"{platform.url}/openapi.json")
    # Signing out, leaving for good or streaming for ever would only end the test.
    ends = ("sessions/current", "stream", "account-deletion")
    assert not failures(schema, customer_token, {f"/api/v1/{path}" for path in ends})


def test_operators_get_documented_answers(platform: Platform, operator_token: str) -> None:
    schema = schemathesis.openapi.from_url(f"{platform.url}/admin/openapi.json")
    # Nor would guessing passwords, which locks the account.
    own = {"/admin/v1/sessions/current", "/admin/v1/account/password", "/admin/v1/account/second-factor"}
    assert not failures(schema, operator_token, own)
