"""A call that is made once, later."""

import asyncio

import loops
from nablascope.server.live.later import Later


def test_a_call_is_made_once_and_none_in_its_place_while_it_waits() -> None:
    async def run() -> None:
        later, made = Later(), []
        later.after(0.01, made.append, "first")
        later.after(0.0, made.append, "too soon")
        later.at(0.0, made.append, "too soon")
        assert later.waits and made == []
        await asyncio.sleep(0.05)
        assert not later.waits and made == ["first"]
        later.after(0.0, made.append, "next")
        await asyncio.sleep(0.05)
        assert made == ["first", "next"]

    loops.run(run())


def test_a_call_that_is_cancelled_is_not_made_and_another_may_be() -> None:
    async def run() -> None:
        later, made = Later(), []
        later.after(0.01, made.append, "cancelled")
        later.cancel()
        later.cancel()
        assert not later.waits
        later.after(0.02, made.append, "made")
        await asyncio.sleep(0.06)
        assert made == ["made"]

    loops.run(run())


def test_a_call_may_ask_for_the_next_one() -> None:
    async def run() -> None:
        later, made = Later(), []

        def again() -> None:
            made.append(later.waits)
            if len(made) < 3:
                later.after(0.0, again)

        again()
        await asyncio.sleep(0.05)
        assert made == [False] * 3

    loops.run(run())
