"""What is asked of a run besides watching it: scores, health, experiments, places of the network.

Imports `wire` and the run that it reads. Pure: the clocks are handed in.
"""
