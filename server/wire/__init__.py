"""What is said: the binary frames, what a browser may say and who may say it, and what web and training processes
say to each other.

Imports only `limits`. Pure: no sockets, no clock, no event loop.
"""
