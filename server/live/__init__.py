"""The web process at work: rooms, connections, and which runs they see.

Imports all rooms above but `web`. Not pure: the event loop, and tasks of its own.
"""
