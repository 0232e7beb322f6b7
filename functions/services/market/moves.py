"""Which price moves nobody believes without a reason."""

LARGEST_MOVE = 1 / 3
"""A close that moved further is asked for again, and waited for, until an action explains it.

A split of two for one halves a price; a day that does so by itself is rare enough to wait for.
"""
