from loyalty.config.secret_key import own_secret_key


def test_the_key_is_made_once_and_kept(tmp_path):
    path = tmp_path / "secret_key"

    first = own_secret_key(path)

    assert own_secret_key(path) == first
    assert len(first) >= 50


def test_only_the_owner_can_read_it_and_no_draft_is_left(tmp_path):
    path = tmp_path / "secret_key"

    own_secret_key(path)

    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_two_installations_have_different_keys(tmp_path):
    assert own_secret_key(tmp_path / "one") != own_secret_key(tmp_path / "two")


def test_the_first_of_two_simultaneous_starts_wins(tmp_path, monkeypatch):
    path = tmp_path / "secret_key"
    path.write_text("written by the other process")
    monkeypatch.setattr(type(path), "exists", lambda self: False)

    assert own_secret_key(path) == "written by the other process"
