"""What was written for Task 3.5, and what is said about it at home."""

from __future__ import annotations

from grading.checks import Mistake

_LINEAR = "train.fast.Linear.forward"
_NETWORK = "train.fast.Network.forward"
_STEP = "train.fast.train_step"


def _step(
    out: str = "model(X)",
    zero: str = "optimizer.zero_grad()",
    prob: str = "out * y + (1.0 - out) * (1.0 - y)",
    total: str = "-prob.log().sum()",
    mean: str = "total / X.shape[0]",
    step: str = "optimizer.step()",
    result: str = "total.item(), int((prob > 0.5).sum().item())",
) -> str:
    return (
        f"{zero}\nout = {out}\nprob = {prob}\ntotal = {total}\n({mean}).backward()\n"
        f"{step}\nreturn {result}"
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
    "bias_times_points": r"bias was added once for every point",
    "column_of_probabilities": r"A column that meets the classes",
    "always_ten_points": r"divided by 10, not by the 3 points",
    "class_1_counted": r"look like class 1",
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
        _step(out="model(X).view(X.shape[0], 1)"),
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
        _step(mean="-total / X.shape[0]"),
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
            "(total / X.shape[0]).backward()\noptimizer.step()",
            "optimizer.step()\n(total / X.shape[0]).backward()",
        ),
        told=r"Only gradients from before moved them",
    ),
    Mistake(
        "no backward",
        _STEP,
        _step(zero="pass").replace("(total / X.shape[0]).backward()\n", ""),
        told=r"Only gradients from before moved them",
    ),
    Mistake(
        "divided twice",
        _STEP,
        _step(mean="total / X.shape[0] / X.shape[0]"),
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
        "return self.layer3(self.layer2(self.layer1(X)).relu()).sigmoid().view(X.shape[0])",
        told=r"The first layer's ReLU is missing",
    ),
    Mistake(
        "a ReLU at the end",
        _NETWORK,
        "h = self.layer2(self.layer1(X).relu()).relu()\n"
        "return self.layer3(h).relu().view(X.shape[0])",
        told=r"A sigmoid belongs at the end",
    ),
    Mistake(
        "the parameter itself",
        _LINEAR,
        "return inputs @ self.weights + self.bias",
        fair="a parameter passes on what its tensor knows",
    ),
    Mistake(
        "no return",
        _NETWORK,
        "self.layer3(self.layer2(self.layer1(X).relu()).relu()).sigmoid()",
        told=r"gave None",
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
]
