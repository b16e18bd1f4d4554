"""Wrong solutions of Task 3.5, each with the misconception behind it."""

from __future__ import annotations

from grading.checks import Mutant

_LINEAR = "train.fast.Linear.forward"
_NETWORK = "train.fast.Network.forward"
_STEP = "train.fast.train_step"


def _step(
    zero: str = "optimizer.zero_grad()",
    prob: str = "y * out + (1.0 - y) * (1.0 - out)",
    mean: str = "loss / X.shape[0]",
    step: str = "optimizer.step()",
    result: str = "loss.item()",
    right: str = "prob > 0.5",
) -> str:
    return f"""\
{zero}
out = model(X)
prob = {prob}
loss = -prob.log().sum()
({mean}).backward()
{step}
return {result}, int(({right}).sum().item())"""


MUTANTS = [
    Mutant(
        "no_bias",
        _LINEAR,
        "return inputs @ self.weights.value",
        "the bias is missing: each output has its own, added to the weighted sum.",
    ),
    Mutant(
        "weights_detached",
        _LINEAR,
        "return inputs @ self.weights.value.detach() + self.bias.value",
        "the weights took part without their history, so no gradient reaches them.",
    ),
    Mutant(
        "bias_times_points",
        _LINEAR,
        "return inputs @ self.weights.value + self.bias.value * inputs.shape[0]",
        "the bias was added once for every point of the batch: each row gets it once.",
    ),
    Mutant(
        "no_second_relu",
        _NETWORK,
        "hidden = self.layer1(X).relu()\n"
        "return self.layer3(self.layer2(hidden)).sigmoid().view(X.shape[0])",
        "the second layer has no ReLU; without it two layers do no more than one.",
    ),
    Mutant(
        "no_sigmoid",
        _NETWORK,
        "hidden = self.layer2(self.layer1(X).relu()).relu()\n"
        "return self.layer3(hidden).view(X.shape[0])",
        "the output isn't a probability: a sigmoid brings it between 0 and 1.",
    ),
    Mutant(
        "column_of_probabilities",
        _NETWORK,
        "hidden = self.layer2(self.layer1(X).relu()).relu()\nreturn self.layer3(hidden).sigmoid()",
        "the probabilities came as a column, (points, 1), which broadcasts against the classes to "
        "a square: view them as (points,).",
    ),
    Mutant(
        "never_zeroed",
        _STEP,
        _step(zero="pass"),
        "the gradients of earlier batches were still there: call zero_grad at the start.",
    ),
    Mutant(
        "no_step",
        _STEP,
        _step(step="pass"),
        "nothing moved: after backward the optimizer takes its step.",
    ),
    Mutant(
        "classes_swapped",
        _STEP,
        _step(prob="(1.0 - y) * out + y * (1.0 - out)"),
        "the network's output is the probability of class 1; here it was taken for class 0.",
    ),
    Mutant(
        "not_divided",
        _STEP,
        _step(mean="loss"),
        "the step followed the sum over the batch: the slope wanted is that of the mean loss.",
    ),
    Mutant(
        "always_ten_points",
        _STEP,
        _step(mean="loss / 10.0"),
        "the loss was divided by 10, whatever the batch's size: the last batch may be smaller.",
    ),
    Mutant(
        "mean_returned",
        _STEP,
        _step(result="loss.item() / X.shape[0]"),
        "the batch's mean loss was returned: the total is wanted, since batches differ in size.",
    ),
    Mutant(
        "class_1_counted",
        _STEP,
        _step(right="out > 0.5"),
        "points that look like class 1 were counted: right is who is more likely than not of its "
        "own class.",
    ),
    Mutant(
        "counted_after_the_step",
        _STEP,
        _step(right="(model(X) > 0.5) == y"),
        "the points were counted after the step: the loss and the count are both from before it.",
    ),
]
