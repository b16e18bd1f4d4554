"""What was written for Task 2.5, and what is said about it at home."""

from __future__ import annotations

from grading.checks import Mistake

_LINEAR = "train.tensor.Linear.forward"
_NETWORK = "train.tensor.Network.forward"
_STEP = "train.tensor.train_step"

_LAYER = (
    "n = x.shape[0]\nrows = x.view(n, self.in_size, 1)\n"
    "columns = {weights}.view(1, self.in_size, self.out_size)\n"
    "return ({rows} * columns).sum(1).view(n, self.out_size){after}"
)


def _step(
    out: str = "model(tensor(data.X))",
    zero: str = "optimizer.zero_grad()",
    prob: str = "out * y + (1.0 - out) * (1.0 - y)",
    total: str = "-prob.log().sum()",
    mean: str = "total / data.N",
    step: str = "optimizer.step()",
    result: str = "total.item(), int((prob > 0.5).sum().item())",
) -> str:
    return (
        f"y = tensor(data.y)\n{zero}\nout = {out}\nprob = {prob}\ntotal = {total}\n"
        f"({mean}).backward()\n{step}\nreturn {result}"
    )


TOLD = {
    "no_bias": r"^Linear.forward.*The bias is missing",
    "weights_detached": r"no gradient reaches the weights",
    "no_second_relu": r"The second layer's ReLU is missing",
    "no_sigmoid": r"The sigmoid is missing",
    "never_zeroed": r"zero_grad at the start",
    "no_step": r"Nothing moved",
    "classes_swapped": r"The output is the probability of class 1, not of class 0",
    "not_divided": r"slope of the total loss: divide",
    "mean_returned": r"That is the mean: the total is wanted",
    "counted_after_the_step": r"right after the step: before it is wanted",
    "sum_over_units": r"^Linear.forward: row n, column j is the sum over i",
    "dimension_kept": r"shape \(4, 2\), not \(4, 1, 2\)",
    "column_meets_row": r"A column that meets the classes",
    "one_class_only": r"Points of class 0 cost nothing",
    "counts_class_1": r"look like class 1",
}
MISTAKES = [
    Mistake(
        "the squared error",
        _STEP,
        _step(total="((out - y) * (out - y)).sum()"),
        told=r"That is the squared error",
    ),
    Mistake(
        "minus log of the output, whatever the class",
        _STEP,
        _step(total="-out.log().sum()"),
        told=r"A point of class 0 has the probability 1 - output",
    ),
    Mistake(
        "a column against the classes, viewed before the end",
        _STEP,
        _step(out="model(tensor(data.X)).view(data.N, 1)"),
        told=r"Each point met each class",
    ),
    Mistake(
        "the sign forgotten",
        _STEP,
        _step(total="prob.log().sum()"),
        told=r"sum of the logarithms: the loss is minus that",
    ),
    Mistake(
        "uphill",
        _STEP,
        _step(mean="-total / data.N"),
        told=r"They went uphill",
    ),
    Mistake(
        "zero_grad between backward and step",
        _STEP,
        _step(zero="pass", step="optimizer.zero_grad()\noptimizer.step()"),
        told=r"Nothing moved",
    ),
    Mistake(
        "step before backward",
        _STEP,
        _step(zero="pass").replace(
            "(total / data.N).backward()\noptimizer.step()",
            "optimizer.step()\n(total / data.N).backward()",
        ),
        told=r"Only gradients from before moved them",
    ),
    Mistake(
        "no backward",
        _STEP,
        _step(zero="pass").replace("(total / data.N).backward()\n", ""),
        told=r"Only gradients from before moved them",
    ),
    Mistake(
        "divided twice",
        _STEP,
        _step(mean="total / data.N / data.N"),
        told=r"divided by the number of points twice",
    ),
    Mistake(
        "three points for all",
        _STEP,
        _step(mean="total / 3.0"),
        told=r"divided by 3, not by the 2 points",
    ),
    Mistake(
        "loss and count are tensors",
        _STEP,
        _step(result="total, (prob > 0.5).sum()"),
        told=r"a float and an int are wanted",
    ),
    Mistake(
        "the loss alone",
        _STEP,
        _step(result="total.item()"),
        told=r"it returns two numbers",
    ),
    Mistake(
        "the loss of all points goes backward as it is",
        _STEP,
        _step(mean="-prob.log()"),
        told=r"raised",
    ),
    Mistake(
        "the wrong ones counted",
        _STEP,
        _step(result="total.item(), int((prob < 0.5).sum().item())"),
        told=r"So many are wrong",
    ),
    Mistake(
        "no first ReLU",
        _NETWORK,
        "return self.layer3(self.layer2(self.layer1(x)).relu()).sigmoid().view(x.shape[0])",
        told=r"The first layer's ReLU is missing",
    ),
    Mistake(
        "a ReLU at the end",
        _NETWORK,
        "h = self.layer2(self.layer1(x).relu()).relu()\n"
        "return self.layer3(h).relu().view(x.shape[0])",
        told=r"A sigmoid belongs at the end",
    ),
    Mistake(
        "the parameter itself",
        _LINEAR,
        _LAYER.format(rows="rows", weights="self.weights", after=" + self.bias.value"),
        fair="a parameter passes on what its tensor knows",
    ),
    Mistake(
        "no return",
        _NETWORK,
        "self.layer3(self.layer2(self.layer1(x).relu()).relu()).sigmoid()",
        told=r"gave None",
    ),
    Mistake(
        "the layer's bias before the view",
        _LINEAR,
        _LAYER.format(rows="rows", weights="self.weights.value", after="").replace(
            "columns).sum", "columns + self.bias.value).sum"
        ),
        told=r"bias was added once for every input",
    ),
    Mistake(
        "the mean as mean()",
        _STEP,
        _step(mean="-prob.log().mean()"),
        fair="right in another style",
    ),
    Mistake(
        "two terms",
        _STEP,
        _step(total="-(y * out.log() + (1.0 - y) * (1.0 - out).log()).sum()"),
        fair="right in another style",
    ),
    Mistake(
        "counted by comparison",
        _STEP,
        _step(result="total.item(), int(((out > 0.5) == y).sum().item())"),
        fair="right in another style",
    ),
    Mistake(
        "a loop over the points, each by a view",
        _STEP,
        _step(prob="out.view(data.N, 1).view(data.N) * y + (1.0 - out) * (1.0 - y)"),
        fair="right in another style",
    ),
]
