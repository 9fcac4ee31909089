"""One small record for all tests of the verifier."""

import pytest
from forged_records import read_made


@pytest.fixture(scope="session")
def small_record(tmp_path_factory):
    """A record of two rounds, made from a seed: `Made` with folder, policy and everybody's keys."""
    from dauys.simulate.record import simulate_record
    from dauys.simulate.scene import scene_of_seed

    scene = scene_of_seed(2, 40, 3)
    out = tmp_path_factory.mktemp("small") / "out"
    simulate_record(out, scene, 3)
    return read_made(out, scene.election.id, 3)
