"""What one visitor may use: connections, messages, rooms, time, memory, disk, wrong codes; and who a visitor is.

Imports `wire`. Pure: no sockets and no event loop; the clock is handed in.
"""
