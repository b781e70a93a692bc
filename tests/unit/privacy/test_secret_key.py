"""The secret key: made once, kept apart, one derived key a purpose."""

import stat

import pytest

from orchestration.privacy.secret_key import SecretKeyError, key_for, key_path


@pytest.fixture
def key_file(tmp_path, monkeypatch):
    path = tmp_path / "keys" / "key"
    monkeypatch.setenv("C360_KEY_FILE", str(path))
    return path


def test_a_key_is_made_once_for_its_owner_alone(key_file):
    made = key_for("masking")
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert key_for("masking") == made
    assert made not in key_file.read_text()
    assert [path.name for path in key_file.parent.iterdir()] == ["key"]


def test_each_purpose_has_a_key_of_its_own_and_each_secret_other_keys(key_file):
    first = key_for("masking")
    assert key_for("suppression") != first
    key_file.unlink()
    assert key_for("masking") != first


@pytest.mark.parametrize("content", ["", "abc", "zz" * 32, "é"])
def test_what_is_no_key_is_told(key_file, content):
    key_file.parent.mkdir()
    key_file.write_text(content)
    with pytest.raises(SecretKeyError, match="64 hexadecimal digits"):
        key_for("masking")


def test_a_file_that_cannot_be_made_is_told(monkeypatch):
    monkeypatch.setenv("C360_KEY_FILE", "/proc/version/key")
    with pytest.raises(SecretKeyError, match="C360_KEY_FILE"):
        key_for("masking")


def test_the_key_lies_outside_of_the_data(monkeypatch, data):
    monkeypatch.delenv("C360_KEY_FILE")
    assert not key_path().is_relative_to(data.root)
