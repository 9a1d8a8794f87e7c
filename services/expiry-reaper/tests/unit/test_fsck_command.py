"""What `make fsck` says to a person."""

from expiry_reaper.__main__ import explained
from mayfly.failures import TransientFailure
from mayfly.service.settings import SettingsError


def test_a_fsck_that_cannot_reach_the_store_names_the_settings_with_its_place():
    said = explained(TransientFailure("the store is out of reach (ServerSelectionTimeoutError)"))
    assert said.startswith("the store is out of reach")
    assert "MAYFLY_MONGO_URI" in said
    assert "MAYFLY_X: bad" == explained(SettingsError(["MAYFLY_X: bad"]))
