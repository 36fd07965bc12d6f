"""The clocks of a training process."""

import sys
import time

#: Seconds that have passed.
clock = time.perf_counter
#: Seconds of processor time. Windows counts it in steps of 15.6 ms, too coarse for pieces of 1 ms: there what has
#: passed is counted instead.
processor = time.perf_counter if sys.platform == "win32" else time.process_time
#: Whether that goes on while the process sleeps.
SLEEP_COUNTS = sys.platform == "win32"
