"""What a class is entered with: a code, and the token that makes somebody its teacher. Pure."""

import secrets

#: No 0 O 1 I L: codes are read aloud and from a wall.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 6
TOKEN_BYTES = 16


def new_code() -> str:
    """A code, which another class may have already."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def new_token() -> str:
    """A teacher's token; only its digest is kept."""
    return secrets.token_urlsafe(TOKEN_BYTES)
