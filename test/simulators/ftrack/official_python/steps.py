"""The steps of the day and what they check with."""

import contextlib
import time

#: Title and function of every step, in the order of the day.
STEPS = []


def step(title):
    """Register a function of the day as a step; its title names the test."""

    def register(function):
        STEPS.append((title, function))
        return function

    return register


def same(actual, expected):
    """Assert that two values are equal, and show both if they are not."""
    assert actual == expected, "\nsaw      {!r}\nexpected {!r}".format(actual, expected)


@contextlib.contextmanager
def refused(kind, text):
    """Assert that the block raises *kind* with *text* in its message."""
    try:
        yield
    except kind as error:
        assert text in str(error), "{!r} does not tell {!r}".format(str(error), text)
    else:
        raise AssertionError("{} was expected: {}".format(kind.__name__, text))


def until(condition, what, seconds=20, pause=lambda: time.sleep(0.02)):
    """Call *pause* until *condition* holds, and return what it gave."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, "{} did not happen".format(what)
        pause()
