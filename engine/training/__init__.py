"""Many steps: the loop, its batches, when it stops, and what it remembers, to go back and to go on elsewhere.

Imports the experiment and the step. Pure: no I/O and no clock; every random number comes from the experiment's seed.
"""
