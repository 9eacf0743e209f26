"""A file that outgrows a reader's patience is split."""

from tests.source import files, name

MOST_LINES = 400


def test_no_file_is_longer_than_a_reader_will_read():
    long = {
        name(path): lines
        for path in files(".py", ".html", ".css", ".js", tests=True)
        if not {"migrations", "vendor"} & set(path.parts)
        and (lines := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    }

    assert long == {}
