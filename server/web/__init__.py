"""Pages and files over HTTP, and how this server is reached.

Imports `quotas`, `classroom` and `training`. Not pure: files, and a process for a computation.
"""
