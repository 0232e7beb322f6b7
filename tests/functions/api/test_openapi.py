"""The OpenAPI document: whole, and the contract's routes in it with their parameters."""

import pytest

from functions.api.handler import app

DOCUMENT = app.openapi()
RANGE = {"start_date", "end_date"}
RUN = {"execution_id"}
PAGE = {"limit", "offset", "cursor"}
CONTRACT = {
    "/api/v1/strategies": {"user_id", "status"} | PAGE,
    "/api/v1/strategies/{strategy_id}": {"strategy_id"},
    "/api/v1/strategies/{strategy_id}/performance": {"strategy_id", "metrics"} | RANGE | RUN,
    "/api/v1/strategies/{strategy_id}/parity": {"strategy_id"} | PAGE,
    "/api/v1/data/health": {"source", "bar", "symbol"} | PAGE,
    "/api/v1/data/health/{symbol}": {"symbol"},
    "/api/v1/symbols": {"source", "bar", "symbol"} | PAGE,
    "/api/v1/trades": {"strategy_id", "symbol"} | RANGE | PAGE | RUN,
    "/api/v1/trades/{trade_id}": {"trade_id"},
    "/api/v1/performance/{strategy_id}/metrics": {"strategy_id", "metrics"} | RANGE | RUN,
    "/api/v1/performance/{strategy_id}/history": {"strategy_id", "granularity"} | RANGE | RUN,
    "/api/v1/dashboard/overview": set(),
    "/api/v1/dashboard/strategies/{strategy_id}": {"strategy_id"} | RUN,
    "/api/v1/dashboard/strategies/{strategy_id}/updates": {"strategy_id", "after", "limit"},
    "/api/v1/executions/{execution_id}": {"execution_id"},
    "/api/v1/health": set(),
    "/api/v1/health/ready": set(),
}
OPERATIONS = {path: item["get"] for path, item in DOCUMENT["paths"].items() if "get" in item}
MAKING = {path: item["post"] for path, item in DOCUMENT["paths"].items() if "post" in item}
STABLE = {
    *("listStrategies", "getStrategy", "getStrategyPerformance", "listTrades", "getTrade"),
    *("getMetrics", "getHistory", "getOverview", "getStrategyOverview", "getExecution"),
    *("getHealth", "getReadiness", "getParity", "listDataHealth", "getDataHealth", "listSymbols"),
    "listUpdates",
}


def walk(part):
    """Every object in the document."""
    if isinstance(part, dict):
        yield part
        for inner in part.values():
            yield from walk(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from walk(inner)


def test_it_is_served(client):
    answer = client.get("/openapi.json")
    assert answer.status == 200
    assert answer.json == DOCUMENT
    assert answer.json["openapi"].startswith("3.1")


def test_every_route_is_there_with_its_parameters():
    found = {
        path: {parameter["name"] for parameter in operation.get("parameters", [])}
        for path, operation in OPERATIONS.items()
    }
    assert found == CONTRACT


def test_operations_keep_their_names():
    assert sorted(operation["operationId"] for operation in OPERATIONS.values()) == sorted(STABLE)


def test_the_one_route_that_makes_something_says_so():
    assert list(MAKING) == ["/api/v1/dashboard/tickets"]
    operation = MAKING["/api/v1/dashboard/tickets"]
    assert (operation["operationId"], operation["tags"]) == ("createTicket", ["dashboard"])
    assert {"201", "422", "503", "default"} <= set(operation["responses"])
    assert "304" not in operation["responses"]
    assert "$ref" in operation["responses"]["201"]["content"]["application/json"]["schema"]


def test_every_reference_leads_somewhere():
    references = {part["$ref"] for part in walk(DOCUMENT) if isinstance(part.get("$ref"), str)}
    names = {reference.removeprefix("#/components/schemas/") for reference in references}
    assert names <= set(DOCUMENT["components"]["schemas"])
    assert "Problem" in names


def test_every_answer_is_closed():
    objects = [
        name
        for name, schema in DOCUMENT["components"]["schemas"].items()
        if schema.get("type") == "object" and schema.get("additionalProperties") is not False
    ]
    assert objects == []


@pytest.mark.parametrize("path", sorted(CONTRACT))
def test_an_operation_says_what_it_is(path):
    operation = OPERATIONS[path]
    assert operation["summary"]
    assert operation["description"]
    assert operation["tags"][0] in {tag["name"] for tag in DOCUMENT["tags"]}
    assert {"200", "304", "404", "422", "503", "default"} <= set(operation["responses"])
    assert "application/problem+json" in operation["responses"]["422"]["content"]
    assert "$ref" in operation["responses"]["200"]["content"]["application/json"]["schema"]
    for parameter in operation.get("parameters", []):
        assert parameter["description"] or parameter["schema"].get("description")
        assert parameter["required"] == (parameter["in"] == "path")


def test_lists_name_the_link_header():
    with_link = {
        path
        for path, operation in OPERATIONS.items()
        if "Link" in operation["responses"]["200"]["headers"]
    }
    assert with_link == {
        "/api/v1/strategies",
        "/api/v1/strategies/{strategy_id}/parity",
        "/api/v1/data/health",
        "/api/v1/symbols",
        "/api/v1/trades",
    }


def test_money_is_text_and_metrics_are_numbers():
    schemas = DOCUMENT["components"]["schemas"]
    assert schemas["Trade"]["properties"]["price"]["type"] == "string"
    assert {"type": "number"} in schemas["Measurement"]["properties"]["value"]["anyOf"]
