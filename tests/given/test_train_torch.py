"""The network in PyTorch prints what the network of Scalars prints.

PyTorch is needed by these tests alone: `pip install torch` to run them.
"""

import pytest

import minitorch

torch = pytest.importorskip("torch", reason="PyTorch isn't installed: pip install torch")


def test_the_same_seed_gives_the_same_log() -> None:
    from minitorch.train.scalar import ScalarTrain
    from minitorch.train.torch import TorchTrain

    logs = []
    for trainer_class in (ScalarTrain, TorchTrain):
        minitorch.seed(6)
        data = minitorch.datasets["Xor"](30)
        trainer, log = trainer_class(4), []
        losses = trainer.train(data, 0.5, 30, lambda *line, log=log: log.append(line[:3]))
        ends = [float(trainer.run_one(x).data) for x in data.X[:3]]
        logs.append((log, losses, ends))
    (ours, our_losses, our_ends), (theirs, their_losses, their_ends) = logs
    assert [line[0] for line in theirs] == [10, 20, 30]
    assert [line[2] for line in ours] == [line[2] for line in theirs]
    assert their_losses == pytest.approx(our_losses, rel=1e-9)
    assert their_ends == pytest.approx(our_ends, rel=1e-9)


def test_wrong_numbers_are_refused() -> None:
    from minitorch.train.torch import TorchTrain

    data = minitorch.datasets["Simple"](5)
    with pytest.raises(ValueError, match="at least one unit, not 0"):
        TorchTrain(0)
    with pytest.raises(ValueError, match="above 0"):
        TorchTrain(2).train(data, 0.0)
    with pytest.raises(ValueError, match="can't be negative"):
        TorchTrain(2).train(data, 0.5, -1)
