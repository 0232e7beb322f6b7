"""A desk at which orders are known by names, seen straight or in the mirror."""

from tests.builders.robots import scripted
from tests.builders.scenes import FREE, in_mirror, play, scene, told


class Desk:
    """A broker seen straight or in the mirror, and the tickets it gave."""

    def __init__(self, broker, tickets, mirror):
        self.broker, self.tickets, self.mirror = broker, tickets, mirror

    def ask(self, name, ask):
        self.tickets[name] = (ask.mirrored() if self.mirror else ask)(self.broker)

    def cancel(self, name):
        self.broker.cancel(self.tickets[name])

    def group(self, *names):
        self.broker.one_cancels_other(*(self.tickets[name] for name in names))

    def replace(self, name, **words):
        prices = {"limit", "stop"} & set(words) if self.mirror else ()
        words = {**words, **{price: 200 - words[price] for price in prices}}
        self.tickets[name] = self.broker.replace(self.tickets[name], **words)


def play_desk(bars, script, mirror=False, options=FREE):
    tickets = {}

    def at_desk(do):
        return lambda broker: do(Desk(broker, tickets, mirror))

    steps = {row: at_desk(do) for row, do in script.items()}
    return play(scene(bars, mirror=mirror), scripted(steps), options)


def check_desk(bars, script, fills, mirror):
    run = play_desk(bars, script, mirror)
    assert told(run) == (in_mirror(fills) if mirror else fills), run.ledger()
    return run
