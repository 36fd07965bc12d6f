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

#: Seconds of training for a run before others, and commands, have their turn.
SLICE = 0.001
#: Seconds until each run has had its turn, frames and all, so that each can have 26 a second.
PASS = 0.025
#: Seconds of processor time that a run may use at once, beyond its part of each pass: a few commands in a row.
PURSE = 0.05
#: Of a process's time, what the runs that have used up theirs get together at least; the others have the rest.
HEAVY_SHARE = 0.3
#: Seconds of processor time that a run can owe at most, so that nobody waits for ever after one long command.
MOST_DEBT = 1.0
#: Seconds for which commands are answered, one after the other, until the next run trains again.
ANSWERING = 0.005
#: Commands that wait in a training process for one run, and bytes of them: a class of 120 with eight each.
MOST_QUEUED, MOST_QUEUED_BYTES = 1000, 4 * 2**20
#: Seconds that commands which still wait may take when the server ends: it ends its processes after 1 s.
FINISHING = 0.5
#: Seconds between two checkpoints of a run: with 22 runs in a process none was older than two.
CHECKPOINT_EVERY = 1.8
#: The same while the run is told something: so much training is repeated at most.
AFTER_A_NOTE = 1.0
#: Bytes of the states that all runs of a process together keep for going back.
STATES = 256 * 2**20
#: Seconds between two accounts that a training process gives of a run's processor time and memory.
USAGE_EVERY = 1.0

#: Seconds between two looks at the training processes, and between two questions whether they are there.
TICK, PING_EVERY = 0.25, 0.5
#: Seconds of silence after which a process that is stopped, or waits for something, is ended; it answers between two
#: pieces of work, which take 0.2 s at most.
SILENCE = 2.5
#: Seconds of processor time that a process may use in silence: more is a loop without an end.
BUSY_SILENCE = 1.5
#: Seconds that a process may be silent when the machine is too busy to let it work; and where the operating system
#: does not tell what it does.
LONGEST_SILENCE, UNKNOWN_SILENCE = 30.0, 10.0
#: Seconds that a process may take to begin: it imports first.
UNBORN_SILENCE = 60.0
#: Seconds until the next try after the first and the second time that a process could not start; after the third.
TRIES, SLOW_TRIES = (0.5, 1.0), 30.0
#: Seconds after the start until a process is begun that waits for the place of one that dies.
SPARE_AFTER = 2.0
#: Seconds that a process may take to end by itself, and after that to be ended.
END_PATIENCE = 1.0
#: Lines of what a process that cannot start has said that are kept.
LAST_WORDS = 40
#: Seconds that a computation of the page `/how` may take; on a laptop the longest takes 3.
CALCULATION = 120.0

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
