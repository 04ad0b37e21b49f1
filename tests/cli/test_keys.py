"""`morgana keys`."""

import pytest

from morgana import store
from tests.cli.conftest import Run


def test_a_new_key_stands_alone_on_stdout_and_opens_the_api(
    morgana: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert morgana("keys", "create", "--name", "studio", "--user", "ada", "--org", "engines") == 0
    output = capsys.readouterr().out
    assert output.endswith("\n")
    assert len(output.split()) == 1
    assert store.keys.authenticate(output.strip()) == store.Owner("ada", "engines")


def test_user_and_organisation_are_optional(morgana: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert morgana("keys", "create", "--name", "studio") == 0
    assert store.keys.authenticate(capsys.readouterr().out.strip()) == store.Owner("default", "")


def test_a_key_is_somebodys(morgana: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert morgana("keys", "create", "--name", "studio", "--user", " ") == 2
    assert "name somebody" in capsys.readouterr().err
    assert store.keys.list() == []


def test_the_list_shows_whose_keys_there_are_but_not_the_keys(
    morgana: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    morgana("keys", "create", "--name", "studio", "--user", "ada")
    secret = capsys.readouterr().out.strip()
    assert morgana("keys", "list") == 0
    header, row = capsys.readouterr().out.splitlines()
    assert header.split() == ["PREFIX", "NAME", "USER", "ORG", "CREATED", "REVOKED"]
    assert row.split()[:4] == [store.keys.list()[0].prefix, "studio", "ada", "-"]
    assert secret not in row


@pytest.mark.parametrize("name", ["id", "prefix"])
def test_a_revoked_key_opens_nothing(morgana: Run, capsys: pytest.CaptureFixture[str], name: str) -> None:
    morgana("keys", "create", "--name", "studio")
    secret = capsys.readouterr().out.strip()
    assert morgana("keys", "revoke", getattr(store.keys.list()[0], name)) == 0
    assert store.keys.authenticate(secret) is None
    assert morgana("keys", "revoke", getattr(store.keys.list()[0], name)) == 1


def test_revoking_an_unknown_key_is_told(morgana: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert morgana("keys", "revoke", "nobody") == 1
    assert "no valid key with the prefix or id 'nobody'" in capsys.readouterr().err
