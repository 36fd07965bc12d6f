"""Data shipped with the engine: measured data sets, published numbers, and their licences.

Imports nothing. Pure: files that others read.
"""
