"""What each address uses of the server, and which room makes place for another. Pure: the clock is handed in.

An address is what `throttle.household` takes for one. One of IPv6 counts for its /48 as well, which has a larger
share: a visitor with ten thousand addresses does not have ten thousand shares.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from .. import limits
from ..limits import ADDRESS, NEAR, SITE, Share
from ..wire.refusal import BUSY, FULL, TOO_MANY, Refused
from .bucket import Bucket
from .nearby import nearby
from .throttle import household, site_of


class Account:
    """What one address, or one /48, has used."""

    __slots__ = ("disk", "hellos", "memory", "openings", "rooms", "share", "work")

    def __init__(self, share: Share, now: float) -> None:
        self.share = share
        self.hellos, self.openings, self.work = (
            Bucket(rate, now) for rate in (share.hellos, share.openings, share.work)
        )
        self.rooms = self.memory = self.disk = 0


@dataclass(eq=False)
class Holding:
    """A room: who opened it, what it holds, and since when nobody is in it."""

    code: str
    accounts: tuple[Account, ...]
    work: Bucket | None
    open: bool = False
    used: bool = False
    empty_since: float | None = None
    memory: int = 0
    disk: int = 0


@dataclass(frozen=True)
class Lack:
    """What there is no more of: in the share of an account, or on the whole server (None)."""

    account: Account | None
    expected: str
    of_disk: bool = False

    def refused(self) -> Refused:
        """The reason, as a refusal."""
        return Refused("room", "one more", self.expected, FULL)


class Shares:
    """The accounts of all addresses, and the rooms that count in them. `all_near`: it serves a local network."""

    def __init__(self, all_near: bool = False) -> None:
        self._all_near = all_near
        self._accounts: dict[str, Account] = {}
        #: By code, the one that changed last at the end.
        self._holdings: dict[str, Holding] = {}
        self.rooms = self.memory = self.disk = 0

    def accounts(self, address: str, now: float) -> tuple[Account, ...]:
        """Those that an address counts in."""
        if self._all_near or nearby(address):
            return (self._account(household(address), NEAR, now),)
        home, site = household(address), site_of(address)
        if home == site:
            return (self._account(home, ADDRESS, now),)
        return self._account(home, ADDRESS, now), self._account(site, SITE, now)

    def _account(self, key: str, share: Share, now: float) -> Account:
        account = self._accounts.pop(key) if key in self._accounts else Account(share, now)
        self._accounts[key] = account  # the last place: it was used most recently
        if len(self._accounts) > limits.MOST_ACCOUNTS:
            del self._accounts[next(old for old, known in self._accounts.items() if not (known.rooms or known.disk))]
        return account

    # --- how often ---------------------------------------------------------------------------------------------

    def greet(self, address: str, now: float) -> None:
        """A hello from there; raises Refused when there have been too many."""
        accounts = self.accounts(address, now)
        refuse_for(
            max(account.hellos.wait(now) for account in accounts), "room", "too many connections from one address"
        )
        for account in accounts:
            account.hellos.take(now)

    def ask_for_room(self, address: str, now: float) -> None:
        """Somebody there wants a new room; raises Refused when there have been too many, or too much work."""
        accounts = self.accounts(address, now)
        wait = max(account.openings.wait(now) for account in accounts)
        refuse_for(wait, "room", "too many new rooms from one address")
        self._afford(accounts, "room", now)
        for account in accounts:
            account.openings.take(now)

    def afford(self, address: str, code: str, what: str, now: float) -> None:
        """Somebody there asks for work in a room; raises Refused while they, or the room, have used up their time."""
        self._afford(self.accounts(address, now), what, now)
        holding = self._holdings.get(code)
        if holding is not None and holding.work is not None:
            refuse_for(holding.work.wait(now, 0.0), what, "more work than this room has a share of")

    def _afford(self, accounts: tuple[Account, ...], what: str, now: float) -> None:
        wait = max(account.work.wait(now, 0.0) for account in accounts)
        refuse_for(wait, what, "more work than one address has a share of")

    def spend(self, code: str, seconds: float, now: float, address: str | None = None, own: bool = False) -> None:
        """A run of a room took so much processor time: who opened the room pays.

        Who is at the address pays for a run of their `own`, and where nobody knows who opened the room. The room's
        budget is for what is asked in its class's run: a student's own run takes nothing of it.
        """
        holding = self._holdings.get(code)
        if holding is None:
            return
        if holding.work is not None and not own:
            holding.work.take(now, seconds)
        accounts = holding.accounts
        if address is not None and (own or not accounts):
            accounts = self.accounts(address, now)
        for account in accounts:
            account.work.take(now, seconds)

    # --- rooms -------------------------------------------------------------------------------------------------

    def opened(self, code: str, address: str | None, now: float) -> None:
        """A room is open, a new one or one that was on disk; `address` None: nobody's, or whose it has been.

        One that nobody here is known to have opened is worth keeping: the server's own, or one that somebody came
        back to.
        """
        holding = self._holdings.pop(code, None)
        if holding is None:
            accounts = () if address is None else self.accounts(address, now)
            near = any(account.share is NEAR for account in accounts)
            work = Bucket(limits.NEAR_ROOM_WORK if near else limits.ROOM_WORK, now) if accounts else None
            holding = Holding(code, accounts, work, used=address is None)
        else:
            holding.used = True  # somebody has come back to it
        self._holdings[code] = holding
        holding.open, holding.empty_since = True, None
        self._count(holding, rooms=1, memory=limits.LEAST_MEMORY)

    def use(self, code: str) -> None:
        """A command was given in a room, or somebody else has come, or comes back."""
        if code in self._holdings:
            self._holdings[code].used = True

    def attend(self, code: str, empty_since: float | None = None) -> None:
        """Somebody is in a room, or nobody since then."""
        if code in self._holdings:
            self._holdings[code].empty_since = empty_since

    def hold(self, code: str, memory: int, disk: int) -> None:
        """So much is held by a room that is open."""
        holding = self._holdings.get(code)
        if holding is not None and holding.open:
            more = max(memory, limits.LEAST_MEMORY) - holding.memory
            self._count(holding, memory=more, disk=disk - holding.disk)

    def put_away(self, code: str) -> None:
        """A room is only on disk from here on."""
        holding = self._holdings.get(code)
        if holding is None or not holding.open:
            return
        self._holdings[code] = self._holdings.pop(code)  # the last place: it was put away last
        holding.open = False
        self._count(holding, rooms=-1, memory=-holding.memory)
        if len(self._holdings) - self.rooms > limits.MOST_KEPT:
            self.gone(next(old.code for old in self._holdings.values() if not old.open))

    def gone(self, code: str) -> None:
        """Nothing is left of a room."""
        self.put_away(code)
        holding = self._holdings.pop(code, None)
        if holding is not None:
            self._count(holding, disk=-holding.disk)

    def expire(self, before: float) -> None:
        """Rooms that were put away to disk, and were left before this moment, are no more."""
        for holding in list(self._holdings.values()):
            if not holding.open and holding.empty_since is not None and holding.empty_since < before:
                self.gone(holding.code)

    def measured(self, disk: int) -> None:
        """So many bytes are on disk, those included that were there before the server began."""
        self.disk = disk

    def _count(self, holding: Holding, rooms: int = 0, memory: int = 0, disk: int = 0) -> None:
        holding.memory += memory
        holding.disk += disk
        totals: tuple[Shares | Account, ...] = (self, *holding.accounts)
        for total in totals:
            total.rooms += rooms
            total.memory += memory
            total.disk += disk

    # --- whether there is place, and who makes it --------------------------------------------------------------

    def lack(self, address: str, now: float) -> Lack | None:
        """What a new room from there would lack, or None."""
        for account in self.accounts(address, now):
            share = account.share
            if account.rooms >= share.rooms:
                return Lack(account, f"at most {share.rooms} open rooms of one address")
            if account.memory + limits.LEAST_MEMORY > share.memory:
                return Lack(account, f"at most {share.memory // limits.MB} MB of memory for the rooms of one address")
            if account.disk >= share.disk:
                return Lack(
                    account, f"at most {share.disk // limits.MB} MB of disk for the rooms of one address", True
                )
        if self.disk >= limits.MOST_DISK:
            return Lack(None, f"at most {limits.MOST_DISK // limits.MB} MB of disk for all rooms", True)
        return self.lack_of_place()

    def lack_of_place(self, code: str | None = None) -> Lack | None:
        """What one more open room would lack, whoever opens it; a room that comes back from disk is its opener's."""
        holding = None if code is None else self._holdings.get(code)
        for account in () if holding is None else holding.accounts:
            if account.rooms >= account.share.rooms:
                return Lack(account, f"at most {account.share.rooms} open rooms of one address")
        if self.rooms >= limits.MOST_ROOMS:
            return Lack(None, f"at most {limits.MOST_ROOMS} rooms on this server")
        if self.memory + limits.LEAST_MEMORY > limits.MOST_MEMORY:
            return Lack(None, f"at most {limits.MOST_MEMORY // limits.MB} MB of memory for all rooms")
        return None

    def goes_first(self, lack: Lack, kept: bool, now: float) -> str | None:
        """The room that makes place: nobody is in it. One that nobody used, or else the one that was left first.

        One that was used must have been left for a while: who reloads a page is back at once. Where nothing is
        `kept` on disk it is of the address with most rooms.
        """
        found = [holding for holding in self._holdings.values() if lack.account in (None, *holding.accounts)]
        if lack.of_disk:
            return next((holding.code for holding in found if not holding.open and not holding.used), None)
        empty = sorted(
            ((each.used, each.empty_since, each) for each in found if each.open and each.empty_since is not None),
            key=lambda one: one[:2],
        )
        if empty and not empty[0][0]:
            return empty[0][2].code
        left = [holding for _, since, holding in empty if now - since >= limits.UNATTENDED_FOR]
        if not left:
            return None
        return left[0].code if kept else max(left, key=rooms_of).code

    def unused(self, now: float) -> Iterator[str]:
        """Open rooms that nobody used, and that nobody has been in for minutes."""
        for holding in list(self._holdings.values()):
            since = holding.empty_since
            if holding.open and not holding.used and since is not None and now - since >= limits.UNUSED_FOR:
                yield holding.code


def rooms_of(holding: Holding) -> int:
    """How many rooms are open of the address that opened this one."""
    return max((account.rooms for account in holding.accounts), default=0)


def refuse_for(wait: float, field: str, was: str) -> None:
    """Raises Refused while something has to wait."""
    if wait > 0:
        raise Refused(field, was, f"another try in {math.ceil(wait)} s", BUSY, TOO_MANY)
