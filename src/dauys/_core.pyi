class CoreError(ValueError):
    """The Rust core refused its input: args are (word, sentence)."""

def check_point(data: bytes) -> bytes: ...
