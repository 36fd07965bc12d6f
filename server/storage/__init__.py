"""The data folder and the database in it.

Imports `classroom`, which checks what is read. Not pure: threads and files.
"""
