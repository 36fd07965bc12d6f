"""Every bound of the server, in one place, each with its unit and its reason.

`docs/operations.md` has them as a table, which a test compares with these. Pure.
"""

# --- rooms and classes -------------------------------------------------------------------------------------------

#: Rooms at a time; others may be on disk.
MOST_ROOMS = 200
#: Members of a room, also those who are away; runs of students in it at a time.
MOST_MEMBERS, MOST_FORKS = 1200, 100

# --- connections: sockets and what one of them may send ----------------------------------------------------------

# --- shares: what one address, and one room, may use -------------------------------------------------------------

# --- training processes ------------------------------------------------------------------------------------------

# --- the data folder ---------------------------------------------------------------------------------------------

# --- listening: descriptors and idle connections -----------------------------------------------------------------
