import pytest

from engine.errors import RobotPlugError
from functions.local.listener import listen


def test_a_busy_port_is_one_line_with_the_way_out():
    with listen(0) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(RobotPlugError) as refused:
            listen(port)
    assert str(refused.value) == (
        f"port {port} is busy; take another one: PORT={port + 1} make run"
    )


def test_a_port_can_be_taken_again_at_once():
    with listen(0) as listener:
        port = listener.getsockname()[1]
    with listen(port) as listener:
        assert listener.getsockname() == ("127.0.0.1", port)
