"""Files that cannot grow, as on a full disk."""

import contextlib
import resource


@contextlib.contextmanager
def file_size_limit(size):
    """Let no file of this process grow beyond a size; a write takes what still fits."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
