"""One training step: a network's layers, and forward, loss, backward and update as tapes that are prepared once.

Imports the tables of formulas and the tape. Pure: no I/O and no clock; dropout draws from the generator it is given.
"""
