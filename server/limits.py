"""The bounds of the server, each with its unit and its reason. A few that only one module needs are in that module.

`docs/operations.md` has those that matter to an operator, and a test compares them with these. Pure.
"""

from dataclasses import dataclass

# --- rooms and classes -------------------------------------------------------------------------------------------

#: Rooms at a time; others may be on disk.
MOST_ROOMS = 200
#: Members of a room, also those who are away; runs of students in it at a time.
MOST_MEMBERS, MOST_FORKS = 1200, 100
#: The last places of a room are for addresses that have few members in it: a class, and one visitor never fills it.
RESERVED, FEW = 100, 40
#: Seconds after which a room ends that nobody used and nobody is in, where nothing is kept on disk.
UNUSED_FOR = 300.0
#: Seconds that a room which was used stays without anybody, before it makes place: a page reloads, a Wi-Fi drops.
UNATTENDED_FOR = 60.0
#: Seconds that a run goes on after its last viewer has left, and a room stays until it is put away.
EMPTY_RUN_GRACE = 10.0
#: Seconds between two accounts of a class: when thirty come in at once, not each is told of each. Students to whom
#: one account tells that only the number of people is another: to tell it to a thousand takes a quarter of a second.
PACE, COUNTED = 0.1, 100
#: Seconds in which those who come and go are one change of the class: one writing, and everything made once for all;
#: and seconds for each of its members, who are all in what is written.
TOGETHER, A_MEMBER = 0.05, 0.0002
#: Rooms that are read from disk at a time; others wait for their turn, as long as somebody waits for them.
MOST_WAKING = 16

# --- connections: sockets and what one of them may send ----------------------------------------------------------

#: Seconds for the hello, however many messages come before it; and messages that may be none.
GREETING, MOST_GREETINGS = 10.0, 10
#: Seconds between two signs of life, which every connection gets: silence means that the network is dead.
BEAT = 5.0
#: Seconds for a peer to take what is sent to it. A phone that changes its network needs a few.
STALLED = 15.0
#: Seconds in which a peer whose connection ends may say the rest of what it was saying, and take the reason.
LINGER = 5.0
#: Bytes that it may say meanwhile.
MOST_HEARD = 2**20
#: Seconds for the same when the server ends: less than uvicorn waits before it complains in the log.
LAST_WORDS = 1.0
#: Bytes that the kernel may hold for one viewer: what waits there grows old.
SEND_BUFFER = 128 * 1024
#: Bytes that may wait in this process for one peer while it sends: more than our longest event, and 64 KiB.
MOST_UNSENT = 2**20
#: Bytes of what has come that are parsed before anybody looks at how much it was: 85 frames at most.
PIECE = 512
#: Frames of one message. Browsers send one; even an empty one takes memory until the message ends.
MOST_FRAGMENTS = 1000
#: From one peer, each a pair: so much at once, and so much a second after that. Frames of any kind: a line that hung
#: for ten seconds delivers fewer. Pings: browsers send none, libraries one in some seconds. Bytes: the longest thing
#: that a browser says has 64 KiB.
FRAMES, PINGS, BYTES = (2000, 1000), (50, 10), (4 * 2**20, 2**20)
#: Commands from one peer that are decoded: a slider that is dragged sends 60 a second. Bytes of those that are large,
#: which is beyond LARGE bytes: four of the longest a second.
COMMANDS, LARGE, LARGE_BYTES = (1000, 200), 8 * 1024, (512 * 1024, 256 * 1024)
#: Commands that are decoded before others have their turn.
COMMANDS_TOGETHER = 16
#: Bytes of one command; lists and objects in one: a legitimate one has one for each of 60 settings.
LONGEST_COMMAND, MOST_CONTAINERS = 64 * 1024, 256
#: Commands of one connection that its run may be busy with.
MOST_WAITING = 8
#: Commands of one connection that wait behind those, and their bytes: a slider for eight seconds, two large tables.
WAITING_COMMANDS, WAITING_BYTES = 512, 128 * 1024

# --- shares: what one address, and one room, may use -------------------------------------------------------------

MB = 2**20


@dataclass(frozen=True)
class Share:
    """What an address may use. A rate is a pair: so much at once, and so much a second after that."""

    #: Connections that say hello.
    hellos: tuple[float, float]
    #: New rooms, and rooms that are open at a time.
    openings: tuple[float, float]
    rooms: int
    #: Bytes of memory that the runs of these rooms hold, and bytes of disk, with its rooms that are only there.
    memory: int
    disk: int
    #: Seconds of processor time for commands, instruments and jobs.
    work: tuple[float, float]


#: One address of IPv4, one /64 of IPv6. A school has one: 500 enter a lecture within 20 s, and again half a minute
#: after the Wi-Fi has dropped. On /compare 40 pupils open 2 rooms each, a page each 0.5 s: 80 openings in 20 s. After
#: a minute they load once more: 160 openings in 80 s, and 160 rooms, as one that was left stays for a minute; as many
#: are there at once where each compares four runs. 160 rooms of 8 MB are 1,280 MB. A core answers what they ask.
ADDRESS = Share((600, 20), (200, 1.0), 160, 1536 * MB, 512 * MB, (120, 1.0))
#: A /48 of IPv6, which a single visitor may have as well as a university: twice an address, and a few more rooms.
SITE = Share((1200, 40), (400, 2.0), 180, 2048 * MB, 1024 * MB, (240, 2.0))
#: An address of this machine or of the local network. Others still get a room beside it.
NEAR = Share((4000, 1000), (400, 20), 180, 3072 * MB, 2048 * MB, (1200, 4.0))
#: Seconds of processor time for what is asked in one room; a playing run gives a seventh of its time to answers.
ROOM_WORK, NEAR_ROOM_WORK = (60.0, 0.25), (600.0, 2.0)
#: Bytes of memory and of disk for all rooms together.
MOST_MEMORY, MOST_DISK = 4096 * MB, 4096 * MB
#: Bytes that an open room counts for at least: what it holds is known only after a moment.
LEAST_MEMORY = 8 * MB
#: Bytes of a command from which on it counts as work; of a new room's address from which on its run begins heavy.
HEAVY = 8 * 1024
#: Addresses, and rooms that are only on disk, that are remembered; beyond that the oldest are forgotten.
MOST_ACCOUNTS, MOST_KEPT = 10_000, 4_000
#: Seconds between two looks at what the rooms use.
ACCOUNT_EVERY = 2.0
#: Rooms of one address (IPv6: a /48) that begin at a time, and all that begin or wait for it. Seconds until the next
#: one has the place of one that begins, at least and at most (its process may hang): 50 a second; a class needs four.
MOST_BEGINNING, MOST_TO_BEGIN, BEGINS, LONGEST_BEGINNING = 4, 200, 0.08, 1.0

#: Wrong codes that a browser, an address, and a /48 of IPv6 may give within so many seconds: `throttle` has the odds.
MOST_WRONG, MOST_BEHIND, MOST_ACROSS, SECONDS = 10, 30, 60, 60.0

# --- training processes ------------------------------------------------------------------------------------------

#: Seconds of training for a run before others, and commands, have their turn.
SLICE = 0.001
#: Seconds until each run has had its turn, frames and all, so that each can have 26 a second.
PASS = 0.025
#: Seconds of processor time that a run may use at once, beyond its part of each pass: a few commands in a row.
PURSE = 0.05
#: Seconds of processor time that the first message of a run counts for, by which it is opened or restored: others
#: that are known to take less are answered before it.
BEGINNING = 0.02
#: Of a process's time, what the runs that have used up theirs get together at least; the others have the rest.
HEAVY_SHARE = 0.3
#: Seconds of processor time that a run can owe at most, so that nobody waits for ever after one long command.
MOST_DEBT = 1.0
#: Bytes of what runs tell that are sent to the web process at once: this much of many runs' pulses is made in 2 ms.
BATCH_BYTES = 16 * 1024
#: Seconds for which commands are answered, one after the other, until the next run trains again.
ANSWERING = 0.005
#: Commands that wait in a training process for one run, and bytes of them: a class of 120 with eight each.
MOST_QUEUED, MOST_QUEUED_BYTES = 1000, 4 * 2**20
#: Steps of one `advance`: this many are in the history without a gap (engine/training/history.py, RECENT).
MOST_STEPS = 500
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
#: Seconds that a process has to live, or its start counts as a failed try: a run may end one process after the other.
LIVED = 10.0
#: Seconds after the start until a process is begun that waits for the place of one that dies.
SPARE_AFTER = 2.0
#: Seconds that a process may take to end by itself, and after that to be ended.
END_PATIENCE = 1.0
#: Lines of what a process that cannot start has said that are kept.
LINES_KEPT = 40
#: Seconds that a computation of the page `/how` may take; on a laptop the longest takes 3.
CALCULATION = 120.0

# --- the data folder ---------------------------------------------------------------------------------------------

#: Seconds after which a room ends that no teacher came back to: until the same lesson on the next day.
DAY = 24 * 3600.0
#: Seconds for which a room has to be too old, by a clock that cannot be set, until it is deleted: a machine that
#: starts with a wrong time of day has the right one by then.
SECOND_LOOK = 600.0
#: Seconds by which the time of day has to differ from a steady clock's to count as set, and not as drift.
CLOCK_SET = 60.0
#: Seconds for which SQLite waits for another program that has the file, a backup perhaps.
FILE_BUSY = 5.0
#: Seconds in which the last writings have to be on disk when the server ends, with the end of the training processes:
#: with uvicorn's two for connections, SIGTERM ends the server within five.
ENDING = 2.8
#: Seconds of these that the disk gets in any case.
LAST_WRITING = 0.5

# --- listening: descriptors and idle connections -----------------------------------------------------------------

#: Open files and connections that the web process asks the system for; macOS gives a process no more than this.
MOST_DESCRIPTORS = 10_240
#: Descriptors that are kept free of connections: for the database, files and logs; and for each process beside.
RESERVED_DESCRIPTORS, PROCESS_DESCRIPTORS = 24, 3
#: Connections without which a server makes no sense: it says so and does not start.
FEWEST_CONNECTIONS = 16
#: Connections from one address at a time (IPv6: a /64). A school is one address of the internet, a local network one
#: /64, and Docker's bridge may be everybody's: 500 viewers who load the page over six connections each are 3,500.
MOST_FROM_ADDRESS = 4_000
#: The part of all connections that one address may hold, this machine's own and a trusted proxy's excepted.
LARGEST_SHARE = 0.5
#: Seconds for a complete request, from the beginning of the connection or from the end of the last answer on it;
#: with TLS as many before, for the handshake. A page's request takes one round trip, 1 s on a bad line.
REQUEST_SECONDS = 10.0
#: Seconds for the same while all descriptors are in use: the connection that has waited longer makes room.
HURRIED_SECONDS = 2.0
#: Seconds in which a browser has to take some of an answer.
TAKING_SECONDS = 60.0
#: Connections that may wait in the system until they are taken.
BACKLOG = 2_048
#: Seconds until connections are tried again after the system had no descriptor, and between two lines of a kind in
#: the log.
RETRY_SECONDS, COMPLAINT_SECONDS = 1.0, 60.0

# --- pages: what is kept, ready to be sent -----------------------------------------------------------------------

#: Forms of the stage and of the page /how that are kept, of each: one for every address by which visitors come, and
#: for every room that somebody comes from. 90 KB each.
PAGES_KEPT = 64
#: Pictures of QR codes that are kept: a class asks for its own again and again. 5 KB each.
QR_CODES_KEPT = 256
#: Seconds for which browsers come to a public server by https alone: half a year, longer than any holidays.
HTTPS_ONLY = 180 * 24 * 3600
