"""What is shown: presets, comparisons, and courses of pages, each one a table of experiments.

Imports the experiment. Pure: tables that are made once.
"""
