"""The web: pages, sockets, rooms and the processes that train."""
