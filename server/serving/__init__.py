"""What lies between the system's sockets and the app: uvicorn's server and its two protocols, with bounds of our own.

Imports `quotas`. Not pure: sockets and the event loop.
"""
