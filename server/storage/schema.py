"""The tables of the rooms' database, and which version of them a file has.

A change of the tables is a new version, with a step that brings a file of the last one there.
"""

import sqlite3

from .folder import FolderRefused

#: In the file as `user_version`.
VERSION = 1
#: By version, what makes a file of the one before into one. Version 0 is a new file, or one from before versions.
STEPS = {
    1: """
create table if not exists classes (code text primary key, token blob, data text, used_at real);
create table if not exists runs (code text, owner integer, state blob, primary key (code, owner));
create table if not exists notes (code text, owner integer, number integer primary key, note blob);
drop table if exists rooms;
""",
}
NEWER = (
    "the rooms in {} were written by a newer Nablascope (version {} of the tables, this one knows {}). "
    "Update this one, or give it another folder with --data."
)


def bring_up(connection: sqlite3.Connection, path: object) -> None:
    """Give a database this version's tables. Raises FolderRefused, and alters nothing, when it has a newer one's."""
    (version,) = connection.execute("pragma user_version").fetchone()
    if version > VERSION:
        raise FolderRefused(NEWER.format(path, version, VERSION))
    for following in range(version + 1, VERSION + 1):
        step = f"begin immediate; {STEPS[following]} pragma user_version = {following}; commit;"
        connection.executescript(step)
