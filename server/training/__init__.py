"""The processes that train: a run's loop, its frames and events, commands that change it, and the pool that web and
training processes meet in.

Imports `wire`. Pure but for `worker`, `scheduler`, `clocks`, `process`, `heap` and `pool`.
"""
