"""Every data set can be described, drawn small, and sent."""

import json

import numpy as np
import pytest
from nablascope.engine import DATASETS, Experiment, Trainer
from nablascope.engine.diagnostics import belief
from nablascope.server.training import changes, encode
from nablascope.server.web.pages import thumbnail
from nablascope.server.wire.protocol import Header

HEADER = Header(0, 1, 1, 1, 0, 0, 0.0, 0.0, 0.0, 0.0, 0.1, 0, 0, 0, 0, 0, 0)


@pytest.mark.parametrize("name", DATASETS)
@pytest.mark.parametrize("standardise", [False, True])
def test_a_run_of_every_data_set_is_described_and_its_frames_have_what_was_announced(
    name: str, standardise: bool
) -> None:
    trainer = Trainer(Experiment().change(dataset=name, standardise=standardise))
    trainer.run(5)
    run = encode.describe_run(trainer)
    json.dumps(run, allow_nan=False)
    dataset = DATASETS[name]
    assert run["grid"]["kind"] == {1: "line", 2: "plane"}.get(dataset.n_inputs, "none")
    assert belief(trainer.network, trainer.data).size == np.prod(run["grid"]["belief"])
    response = encode.response_frame(trainer, HEADER)
    data = encode.describe_data(trainer)
    if run["grid"]["kind"] == "none":
        assert response is None and data is None
    else:
        assert data is not None
        json.dumps(data, allow_nan=False)
        assert len(data["x"]) == len(data["y"]) == len(data["test"]) == 300
    assert (run["standardised"] is not None) == standardise
    if standardise:
        assert len(run["standardised"]["mean"]) == run["layers"][0]


@pytest.mark.parametrize("name", DATASETS)
def test_every_data_set_has_a_thumbnail(name: str) -> None:
    picture = thumbnail(name)
    json.dumps(picture, allow_nan=False)
    dataset = DATASETS[name]
    if picture["kind"] == "image":
        assert len(picture["x"][0]) == dataset.n_inputs == 64
        return
    x = np.array(picture["x"])
    assert x.shape[1] == 2 and 50 <= len(x) <= 100
    assert np.abs(x).max() < 1.5
    if picture["kind"] == "points":
        classes = len(dataset.classes) or 2
        assert sorted(set(picture["labels"])) == list(range(classes))


def test_two_thousand_weights_are_said_in_a_few_characters() -> None:
    assert len(changes.said([0.25] * 2000)) < 20
