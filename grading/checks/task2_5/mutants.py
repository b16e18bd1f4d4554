"""Wrong solutions of Task 2.5, each with the misconception behind it."""

from __future__ import annotations

from grading.checks import Mutant

_LINEAR = "train.tensor.Linear.forward"
_NETWORK = "train.tensor.Network.forward"
_STEP = "train.tensor.train_step"


def _linear(
    weights: str = "self.weights.value",
    rows: str = "x.view(n, self.in_size, 1)",
    dim: int = 1,
    bias: str = " + self.bias.value",
    end: str = ".view(n, self.out_size)",
) -> str:
    return (
        f"n = x.shape[0]\nrows = {rows}\n"
        f"columns = {weights}.view(1, self.in_size, self.out_size)\n"
        f"return (rows * columns).sum({dim}){end}{bias}"
    )


def _step(
    zero: str = "optimizer.zero_grad()",
    out: str = "out = model(tensor(data.X, backend=model.backend))",
    prob: str = "prob = out * y + (1.0 - out) * (1.0 - y)",
    loss: str = "(total / data.N).backward()",
    step: str = "optimizer.step()",
    result: str = "return total.item(), int((prob > 0.5).sum().item())",
) -> str:
    return (
        f"{zero}\n{out}\ny = tensor(data.y, backend=model.backend)\n{prob}\n"
        f"total = -prob.log().sum()\n{loss}\n{step}\n{result}"
    )


MUTANTS = [
    Mutant(
        "no_bias",
        _LINEAR,
        _linear(bias=""),
        "the bias is missing: it is added to each point's weighted sums.",
    ),
    Mutant(
        "weights_detached",
        _LINEAR,
        _linear(weights="self.weights.value.detach()"),
        "the weights took part without a history, so no gradient reaches them: drop detach().",
    ),
    Mutant(
        "sum_over_units",
        _LINEAR,
        _linear(dim=2, end=".view(n, self.in_size).sum(1)"),
        "the sum ran over the units; it runs over the inputs, and a number for each unit remains.",
    ),
    Mutant(
        "dimension_kept",
        _LINEAR,
        _linear(end=""),
        "the summed dimension is still there with size 1: a view to (N, out_size) drops it.",
    ),
    Mutant(
        "no_second_relu",
        _NETWORK,
        "hidden = self.layer1(x).relu()\n"
        "return self.layer3(self.layer2(hidden)).sigmoid().view(x.shape[0])",
        "the second layer has no ReLU; without it two layers do no more than one.",
    ),
    Mutant(
        "no_sigmoid",
        _NETWORK,
        "hidden = self.layer2(self.layer1(x).relu()).relu()\n"
        "return self.layer3(hidden).view(x.shape[0])",
        "the outputs aren't probabilities: a sigmoid brings them between 0 and 1.",
    ),
    Mutant(
        "column_meets_row",
        _NETWORK,
        "hidden = self.layer2(self.layer1(x).relu()).relu()\nreturn self.layer3(hidden).sigmoid()",
        "the outputs are a column (N, 1) and the classes a row (N,): together they broadcast to "
        "(N, N), each point against every class.",
    ),
    Mutant(
        "never_zeroed",
        _STEP,
        _step(zero="pass"),
        "the gradients of earlier steps were still there: call zero_grad at the start.",
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
        _step(prob="prob = out * (1.0 - y) + (1.0 - out) * y"),
        "the network's output is the probability of class 1; here it was taken for class 0.",
    ),
    Mutant(
        "one_class_only",
        _STEP,
        _step(prob="prob = out * y + (1.0 - y)"),
        "points of class 0 cost nothing: their probability is one minus the output.",
    ),
    Mutant(
        "not_divided",
        _STEP,
        _step(loss="total.backward()"),
        "the step went N times too far: the slope wanted is that of the mean loss.",
    ),
    Mutant(
        "mean_returned",
        _STEP,
        _step(result="return total.item() / data.N, int((prob > 0.5).sum().item())"),
        "the loss returned is the mean; the log shows the total over all points.",
    ),
    Mutant(
        "counts_class_1",
        _STEP,
        _step(result="return total.item(), int((out > 0.5).sum().item())"),
        "what was counted are the points called class 1, not those whose class is right.",
    ),
    Mutant(
        "counted_after_the_step",
        _STEP,
        _step(
            result="after = model(tensor(data.X, backend=model.backend))\n"
            "right = (after > 0.5) == y\n"
            "return total.item(), int(right.sum().item())"
        ),
        "the points were counted after the step: the loss and the count are both from before it.",
    ),
]
