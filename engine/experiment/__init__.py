"""What is run: the one frozen, validated description, its settings, and its text for an address.

Imports the tables that a setting chooses from, and the data sets. Pure: a description is only read.
"""

from .experiment import Experiment

__all__ = ["Experiment"]
