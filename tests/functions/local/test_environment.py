import pytest

from functions.local import environment
from functions.local.choice import Choice
from functions.local.deployment import read

USER = {
    "PATH": "/bin",
    "HOME": "/home/user",
    "AWS_PROFILE": "production",
    "https_proxy": "http://proxy.example:3128",
    "NO_PROXY": "intranet.example",
    "SSL_CERT_FILE": "/etc/proxy.pem",
}


def test_a_provider_on_the_network_is_reached_through_the_users_proxy():
    given = environment.to_the_network(Choice("yahoo"), USER)
    assert given["https_proxy"] == "http://proxy.example:3128"
    assert given["SSL_CERT_FILE"] == "/etc/proxy.pem"
    assert not {"HOME", "AWS_PROFILE"} & set(given)


@pytest.mark.parametrize("user", [USER, {"NO_PROXY": ""}])
def test_this_machine_is_never_sought_behind_a_proxy(user):
    given = environment.to_the_network(Choice("yahoo"), user)
    for name in ("NO_PROXY", "no_proxy"):
        assert given[name].split(",")[-2:] == ["127.0.0.1", "localhost"]
    assert given["NO_PROXY"].startswith(user["NO_PROXY"])


def test_who_asks_nobody_gets_no_proxy():
    assert environment.to_the_network(Choice("sample"), USER) == {}


def test_the_functions_are_told_of_the_market():
    choice = Choice("crypto", ("BTC/USD",), exchange="kraken")
    places = environment.Places(*(f"http://127.0.0.1:{port}" for port in (1, 2, 3)))
    given = environment.of_functions(read(), places, choice)
    assert (given["PROVIDER"], given["SYMBOLS"]) == ("crypto", "BTC/USD")
    assert given["CRYPTO_EXCHANGE"] == "kraken"
    assert "DATA_FOLDER" not in given
    assert (given["SITE_URL"][-1], given["CONNECTIONS_URL"][-1]) == ("2", "3")
