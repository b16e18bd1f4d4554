"""What was written for Task 1.5, and what is said about it at home."""

from __future__ import annotations

from grading.checks import Mistake

_LINEAR = "train.scalar.Linear.forward"
_NETWORK = "train.scalar.Network.forward"
_STEP = "train.scalar.train_step"
_LOOP = (
    "optimizer.zero_grad()\ntotal, correct = 0.0, 0\nfor x, y in zip(data.X, data.y):\n"
    "    out = model(x)\n    prob = {prob}\n    loss = {loss}\n    {back}\n"
    "    total += {total}\n    correct += {correct}\n{step}\nreturn {gives}, correct"
)
_RIGHT = {
    "prob": "out if y == 1 else 1.0 - out",
    "loss": "-prob.log()",
    "back": "(loss / data.N).backward()",
    "total": "loss.data",
    "correct": "prob.data > 0.5",
    "step": "optimizer.step()",
    "gives": "total",
}


def _step(**changes: str) -> str:
    return _LOOP.format(**(_RIGHT | changes))


TOLD = {
    "no_bias": r"The biases are missing",
    "weights_detached": r"No derivative reached layer1.weight_0_0",
    "one_row_for_all": r"input i has row i",
    "no_second_relu": r"the second layer has a ReLU too",
    "no_sigmoid": r"The sigmoid at the end is missing",
    "never_zeroed": r"left there as if by an earlier step: zero_grad comes first",
    "no_step": r"no step was taken",
    "classes_swapped": r"The classes are swapped",
    "not_divided": r"slope of the total: divide the loss by data.N",
    "last_point_only": r"zero_grad comes once, before the first point",
    "step_for_each_point": r"steps once, after all points, not after each",
    "returns_scalar": r"returns plain numbers: take .data",
    "counts_after_step": r"count with the outputs that gave the loss",
}
MISTAKES = [
    Mistake(
        "weights[j][i]",
        _LINEAR,
        "return [sum((x * self.weights[j][i].value for i, x in enumerate(inputs)), b.value)"
        " for j, b in enumerate(self.biases)]",
        told=r"raised IndexError.*weights\[i\]\[j\] is the weight of input i",
    ),
    Mistake(
        "everything by .data",
        _LINEAR,
        "return [Scalar(sum(x.data if isinstance(x, Scalar) else x for x in inputs))"
        " * 0 + sum((float(x) * self.weights[i][j].value.data for i, x in enumerate(inputs)),"
        " b.value.data) for j, b in enumerate(self.biases)]",
        told=r"No derivative reached",
    ),
    Mistake(
        "plain numbers come out",
        _LINEAR,
        "return [sum((float(x) * self.weights[i][j].value.data for i, x in enumerate(inputs)),"
        " b.value.data) for j, b in enumerate(self.biases)]",
        told=r"A layer's outputs are Scalars",
    ),
    Mistake(
        "sum()",
        _LINEAR,
        "return [sum((x * self.weights[i][j].value for i, x in enumerate(inputs)), b.value)"
        " for j, b in enumerate(self.biases)]",
        fair="right in another style",
    ),
    Mistake(
        "ReLU on the output too",
        _NETWORK,
        "h = [a.relu() for a in self.layer1(x)]\nh = [a.relu() for a in self.layer2(h)]\n"
        "return self.layer3(h)[0].relu().sigmoid()",
        told=r"ReLU follows the first two layers only",
    ),
    Mistake(
        "the network gives a list",
        _NETWORK,
        "h = [a.relu() for a in self.layer1(x)]\nh = [a.relu() for a in self.layer2(h)]\n"
        "return [a.sigmoid() for a in self.layer3(h)]",
        told=r"the answer is one Scalar",
    ),
    Mistake(
        "relu of a list",
        _NETWORK,
        "return self.layer3(self.layer2(self.layer1(x).relu()).relu())[0].sigmoid()",
        told=r"raised AttributeError.*a layer gives a list of Scalars",
    ),
    Mistake(
        "zero_grad before the step",
        _STEP,
        _step(step="optimizer.zero_grad()\noptimizer.step()"),
        told=r"zero_grad comes once, before the first point",
    ),
    Mistake(
        "zero_grad at the end",
        _STEP,
        _step(step="optimizer.step()\noptimizer.zero_grad()").replace(
            "optimizer.zero_grad()\n", "", 1
        ),
        told=r"left there as if by an earlier step: zero_grad comes first",
    ),
    Mistake(
        "returns the mean",
        _STEP,
        _step(gives="total / data.N"),
        told=r"That is the mean: return the sum",
    ),
    Mistake(
        "counts p > 0.5 whatever the class",
        _STEP,
        _step(correct="out.data > 0.5"),
        told=r"One of the two points is on the right side",
    ),
    Mistake(
        "log p for all",
        _STEP,
        _step(prob="out"),
        told=r"A point of class 0 has the probability 1 - out",
    ),
    Mistake(
        "math.log of the data",
        _STEP,
        _step(loss="Scalar(-__import__('math').log(prob.data))"),
        told=r"No derivative reached",
    ),
    Mistake(
        "one backward on the sum",
        _STEP,
        "optimizer.zero_grad()\ntotal, correct = Scalar(0.0), 0\nfor x, y in zip(data.X, data.y):\n"
        "    p = model(x)\n    q = y * p + (1 - y) * (1 - p)\n    total = total - q.log()\n"
        "    correct += q.data > 0.5\n(total / data.N).backward()\noptimizer.step()\n"
        "return total.data, correct",
        fair="right in another style",
    ),
    Mistake(
        "the sign of the loss",
        _STEP,
        _step(loss="prob.log()"),
        told=r"The loss is minus the logarithm",
    ),
]
