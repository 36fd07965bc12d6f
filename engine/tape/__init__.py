"""Prepared calls, and the memory that they read and write: what every formula of the engine is made of.

Imports NumPy and nothing of the engine. Pure: no I/O, no clock, no randomness.
"""

from .calls import Array, Call, Late, Tape, constant, copy, play, straight

__all__ = ["Array", "Call", "Late", "Tape", "constant", "copy", "play", "straight"]
