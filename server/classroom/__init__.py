"""Who is in a class, what they may do, and what a class hears of itself; also as it is kept on disk.

Imports `wire`. Pure: no sockets, no clock, no event loop.
"""
