"""Instruments that read a network and never alter it."""
