"""Wrong solutions of Task 1.5, each with the misconception behind it."""

from __future__ import annotations

from grading.checks import Mutant

_LINEAR = "train.scalar.Linear.forward"
_NETWORK = "train.scalar.Network.forward"
_STEP = "train.scalar.train_step"
_OUTPUTS = (
    "outputs = {start}\n"
    "for i, x in enumerate(inputs):\n"
    "    for j in range(len(outputs)):\n"
    "        outputs[j] = outputs[j] + {weight} * x\n"
    "return outputs"
)
_BIASES = "[bias.value for bias in self.biases]"
_WEIGHT = "self.weights[i][j].value"


def _step(
    zero: str = "optimizer.zero_grad()",
    prob: str = "out if y == 1 else 1.0 - out",
    loss: str = "(loss / data.N).backward()",
    step: str = "optimizer.step()",
    correct: str = "prob.data > 0.5",
) -> str:
    return (
        f"{zero}\ntotal, correct = 0.0, 0\n"
        "for x, y in zip(data.X, data.y):\n"
        f"    out = model(x)\n    prob = {prob}\n    loss = -prob.log()\n    {loss}\n"
        f"    total += loss.data\n    correct += {correct}\n{step}\nreturn total, correct"
    )


MUTANTS = [
    Mutant(
        "no_bias",
        _LINEAR,
        _OUTPUTS.format(start="[Scalar(0.0) for _ in self.biases]", weight=_WEIGHT),
        "the biases are missing: each output has its own, added to the weighted sum.",
    ),
    Mutant(
        "weights_detached",
        _LINEAR,
        _OUTPUTS.format(start=_BIASES, weight=f"{_WEIGHT}.data"),
        "the weights took part as plain numbers, so no derivative reaches them: drop the .data.",
    ),
    Mutant(
        "one_row_for_all",
        _LINEAR,
        _OUTPUTS.format(start=_BIASES, weight="self.weights[0][j].value"),
        "every input was multiplied with the first input's weights: input i has row i.",
    ),
    Mutant(
        "no_second_relu",
        _NETWORK,
        "hidden = [h.relu() for h in self.layer1(x)]\n"
        "return self.layer3(self.layer2(hidden))[0].sigmoid()",
        "the second layer has no ReLU; without it two layers do no more than one.",
    ),
    Mutant(
        "no_sigmoid",
        _NETWORK,
        "hidden = [h.relu() for h in self.layer1(x)]\n"
        "hidden = [h.relu() for h in self.layer2(hidden)]\nreturn self.layer3(hidden)[0]",
        "the output isn't a probability: a sigmoid brings it between 0 and 1.",
    ),
    Mutant(
        "never_zeroed",
        _STEP,
        _step(zero="pass"),
        "the derivatives of earlier steps were still there: call zero_grad at the start.",
    ),
    Mutant(
        "no_step",
        _STEP,
        _step(step="pass"),
        "nothing moved: after all backward calls the optimizer takes its step.",
    ),
    Mutant(
        "classes_swapped",
        _STEP,
        _step(prob="out if y == 0 else 1.0 - out"),
        "the network's output is the probability of class 1; here it was taken for class 0.",
    ),
    Mutant(
        "not_divided",
        _STEP,
        _step(loss="loss.backward()"),
        "the step went N times too far: the slope wanted is that of the mean loss.",
    ),
    Mutant(
        "last_point_only",
        _STEP,
        _step(loss="optimizer.zero_grad()\n    (loss / data.N).backward()"),
        "zero_grad ran for each point, so the step followed the last one alone.",
    ),
    Mutant(
        "step_for_each_point",
        _STEP,
        _step(loss="(loss / data.N).backward()\n    optimizer.step()\n    optimizer.zero_grad()"),
        "the parameters moved after every point: the step comes once, after all of them.",
    ),
    Mutant(
        "returns_scalar",
        "train.scalar.train_step",
        "optimizer.zero_grad()\n"
        "total, correct = Scalar(0.0), 0\n"
        "for x, y in zip(data.X, data.y):\n"
        "    p = model.forward(x)\n"
        "    q = p if y == 1 else 1 - p\n"
        "    correct += q.data > 0.5\n"
        "    total = total - q.log()\n"
        "(total / data.N).backward()\n"
        "optimizer.step()\n"
        "return total, correct",
        "the loss came back as a Scalar, which keeps the graph of the whole step alive: return its number.",
    ),
    Mutant(
        "counts_after_step",
        "train.scalar.train_step",
        "optimizer.zero_grad()\n"
        "total = Scalar(0.0)\n"
        "for x, y in zip(data.X, data.y):\n"
        "    p = model.forward(x)\n"
        "    q = p if y == 1 else 1 - p\n"
        "    total = total - q.log()\n"
        "(total / data.N).backward()\n"
        "optimizer.step()\n"
        "correct = sum((model.forward(x).data > 0.5) == (y == 1) for x, y in zip(data.X, data.y))\n"
        "return total.data, correct",
        "the correct points were counted with the parameters after the step; count them before it.",
    ),
]
