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

# --- pages: what is kept, ready to be sent -----------------------------------------------------------------------

#: Forms of the stage and of the page /how that are kept, of each: one for every address by which visitors come, and
#: for every room that somebody comes from. 90 KB each.
PAGES_KEPT = 64
#: Pictures of QR codes that are kept: a class asks for its own again and again. 5 KB each.
QR_CODES_KEPT = 256
#: Seconds for which browsers come to a public server by https alone: half a year, longer than any holidays.
HTTPS_ONLY = 180 * 24 * 3600
