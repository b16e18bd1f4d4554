"""Wrong solutions of Task 4.5, each with the misconception behind it."""

from __future__ import annotations

from grading.checks import Mutant

_LINEAR = "layers.Linear.forward"
_CONV1D = "layers.Conv1d.forward"
_CONV2D = "layers.Conv2d.forward"
_NETWORK = "train.images.Network.forward"
_STEP = "train.images.train_step"
_KIM = "train.sentences.CNNSentimentKim.forward"


def _network(
    mid: str = "self.conv1(x).relu()",
    out: str = "self.conv2(self.mid).relu()",
    pooled: str = "avgpool2d(self.out, (self.pool, self.pool))",
    hidden: str = "self.linear1(pooled.view(x.shape[0], self.flat)).relu()",
    drop: str = "dropout(hidden, self.rate, ignore=not self.training)",
    result: str = "logsoftmax(self.linear2(hidden), 1)",
) -> str:
    return f"""\
self.mid = {mid}
self.out = {out}
pooled = {pooled}
hidden = {hidden}
hidden = {drop}
return {result}"""


def _step(
    zero: str = "optimizer.zero_grad()",
    loss: str = "-(out * y).sum()",
    mean: str = "loss / X.shape[0]",
    step: str = "optimizer.step()",
    result: str = "loss.item()",
    right: str = "int((argmax(out, 1) * y).sum().item())",
) -> str:
    return f"""\
{zero}
out = model(X)
loss = {loss}
({mean}).backward()
{step}
return {result}, {right}"""


def _kim(
    x: str = "embeddings.permute(0, 2, 1)",
    found: str = "cat([max(conv(x).relu(), 2) for conv in self.convs], 1)",
    answers: str = "found.view(x.shape[0], found.shape[1])",
    drop: str = "dropout(answers, self.rate, ignore=not self.training)",
    result: str = "self.linear(answers).sigmoid().view(x.shape[0])",
) -> str:
    return f"""\
x = {x}
found = {found}
answers = {answers}
answers = {drop}
return {result}"""


MUTANTS = [
    Mutant(
        "linear_no_bias",
        _LINEAR,
        "return x @ self.weights.value",
        "the bias of Linear is missing: each output has its own, added to the weighted sum.",
    ),
    Mutant(
        "linear_detached",
        _LINEAR,
        "return x @ self.weights.value.detach() + self.bias.value",
        "the weights of Linear took part without their history, so no gradient reaches them.",
    ),
    Mutant(
        "conv1d_no_bias",
        _CONV1D,
        "return conv1d(x, self.weights.value)",
        "the bias of Conv1d is missing: one number for each filter.",
    ),
    Mutant(
        "conv1d_bias_twice",
        _CONV1D,
        "return conv1d(x + self.bias.value.sum(), self.weights.value) + self.bias.value",
        "a bias was added to the input as well: it belongs to the output of each filter.",
    ),
    Mutant(
        "conv2d_no_bias",
        _CONV2D,
        "return conv2d(x, self.weights.value)",
        "the bias of Conv2d is missing: one number for each filter.",
    ),
    Mutant(
        "conv2d_relu_inside",
        _CONV2D,
        "return (conv2d(x, self.weights.value) + self.bias.value).relu()",
        "Conv2d has no ReLU of its own: the network decides what follows it.",
    ),
    Mutant(
        "bias_after_relu",
        _CONV2D,
        "return conv2d(x, self.weights.value).relu() + self.bias.value",
        "ReLU came before the bias: the bias belongs to the weighted sum.",
    ),
    Mutant(
        "no_second_relu",
        _NETWORK,
        _network(out="self.conv2(self.mid)"),
        "the second convolution has no ReLU; `out` is what comes after it.",
    ),
    Mutant(
        "mid_before_relu",
        _NETWORK,
        _network(mid="self.conv1(x)", out="self.conv2(self.mid.relu()).relu()"),
        "`mid` was kept before its ReLU: it is what the second convolution gets.",
    ),
    Mutant(
        "no_hidden_relu",
        _NETWORK,
        _network(hidden="self.linear1(pooled.view(x.shape[0], self.flat))"),
        "the hidden layer has no ReLU; without it two linear layers do no more than one.",
    ),
    Mutant(
        "sum_pooled",
        _NETWORK,
        _network(
            pooled="avgpool2d(self.out, (self.pool, self.pool)) * float(self.pool * self.pool)"
        ),
        "the cells were added up instead of averaged: the mean is wanted.",
    ),
    Mutant(
        "dropout_in_evaluation",
        _NETWORK,
        _network(drop="dropout(hidden, self.rate)"),
        "dropout stayed on in evaluation: ignore it where self.training is False.",
    ),
    Mutant(
        "dropout_the_other_way",
        _NETWORK,
        _network(drop="dropout(hidden, self.rate, ignore=self.training)"),
        "dropout was on in evaluation and off in training: it is the other way round.",
    ),
    Mutant(
        "no_dropout",
        _NETWORK,
        _network(drop="hidden"),
        "the dropout is missing: in training a share of the hidden units is left out.",
    ),
    Mutant(
        "scores_returned",
        _NETWORK,
        _network(result="self.linear2(hidden)"),
        "the scores came out as they are: logsoftmax makes log-probabilities of them.",
    ),
    Mutant(
        "softmax_over_images",
        _NETWORK,
        _network(result="logsoftmax(self.linear2(hidden), 0)"),
        "logsoftmax went along the images: the ten digits of an image lie in dimension 1.",
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
        "not_divided",
        _STEP,
        _step(mean="loss"),
        "the step followed the sum over the batch: the slope wanted is that of the mean loss.",
    ),
    Mutant(
        "mean_of_all_numbers",
        _STEP,
        _step(mean="loss / (10.0 * X.shape[0])"),
        "the loss was divided by all ten numbers of every image: divide by the number of images.",
    ),
    Mutant(
        "mean_returned",
        _STEP,
        _step(result="loss.item() / X.shape[0]"),
        "the batch's mean loss was returned: the total is wanted, since batches differ in size.",
    ),
    Mutant(
        "logarithm_taken_again",
        _STEP,
        _step(loss="-(out.exp() * y).sum()"),
        "the loss was made of probabilities: it is minus the log-probability of the digit.",
    ),
    Mutant(
        "counted_after_the_step",
        _STEP,
        _step(right="int((argmax(model(X), 1) * y).sum().item())"),
        "the images were counted after the step: the loss and the count are both from before it.",
    ),
    Mutant(
        "view_for_permute",
        _KIM,
        _kim(x="embeddings.view(embeddings.shape[0], embeddings.shape[2], embeddings.shape[1])"),
        "a view cuts the same numbers anew: permute swaps words and the numbers of their vectors.",
    ),
    Mutant(
        "kim_no_relu",
        _KIM,
        _kim(found="cat([max(conv(x), 2) for conv in self.convs], 1)"),
        "the convolutions' answers have no ReLU.",
    ),
    Mutant(
        "mean_over_time",
        _KIM,
        _kim(found="cat([conv(x).relu().mean(2) for conv in self.convs], 1)"),
        "the mean over time was taken: the largest answer says whether the pattern was there.",
    ),
    Mutant(
        "first_width_only",
        _KIM,
        _kim(found="cat([max(self.convs[0](x).relu(), 2) for conv in self.convs], 1)"),
        "the first width was used for all: each has filters of its own.",
    ),
    Mutant(
        "widths_reversed",
        _KIM,
        _kim(found="cat([max(conv(x).relu(), 2) for conv in list(self.convs)[::-1]], 1)"),
        "the widths came side by side in another order than that of convs.",
    ),
    Mutant(
        "kim_dropout_in_evaluation",
        _KIM,
        _kim(drop="dropout(answers, self.rate)"),
        "the sentence network's dropout stayed on in evaluation.",
    ),
    Mutant(
        "kim_no_dropout",
        _KIM,
        _kim(drop="answers"),
        "the sentence network's dropout is missing.",
    ),
    Mutant(
        "kim_no_sigmoid",
        _KIM,
        _kim(result="self.linear(answers).view(x.shape[0])"),
        "the answer isn't a probability: a sigmoid brings it between 0 and 1.",
    ),
    Mutant(
        "kim_column",
        _KIM,
        _kim(result="self.linear(answers).sigmoid()"),
        "the probabilities came as a column, which broadcasts against the labels to a square.",
    ),
]
