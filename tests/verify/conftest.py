"""One small record for all tests of the verifier."""

import pytest
from forged_records import read_made
from made_kits import SEED, kits_of


@pytest.fixture(scope="session")
def small_record(tmp_path_factory):
    """A record of two rounds, made from a seed: `Made` with folder, policy and everybody's keys."""
    from dauys.simulate.record import simulate_record
    from dauys.simulate.scene import scene_of_seed

    scene = scene_of_seed(2, 40, 3)
    out = tmp_path_factory.mktemp("small") / "out"
    simulate_record(out, scene, 3)
    return read_made(out, scene.election.id, 3)


@pytest.fixture(scope="session")
def scene():
    """The scene of that record."""
    from dauys.simulate.scene import scene_of_seed

    return scene_of_seed(2, 40, SEED)


@pytest.fixture(scope="session")
def kits(small_record, scene, tmp_path_factory):
    """A kit of that record."""
    return kits_of(small_record, scene.election, tmp_path_factory.mktemp("kits"))


@pytest.fixture
def refused(kits):
    """The problems of a kit that is refused."""
    from dauys.errors import InputError
    from dauys.verify.kit import read_kit

    def read(path, key=None):
        with pytest.raises(InputError) as caught:
            read_kit(path, kits.key if key is None else key)
        return caught.value.problems

    return read
