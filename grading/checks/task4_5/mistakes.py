"""What was written for Task 4.5, and what is said about it at home."""

from __future__ import annotations

from grading.checks import Mistake

_CONV2D = "layers.Conv2d.forward"
_NETWORK = "train.images.Network.forward"
_STEP = "train.images.train_step"
_KIM = "train.sentences.CNNSentimentKim.forward"

TOLD = {
    "linear_no_bias": r"Linear\.forward: the bias is missing",
    "linear_detached": r"no gradient reaches weights",
    "conv1d_no_bias": r"Conv1d\.forward: the bias is missing",
    "conv1d_bias_twice": r"Conv1d\.forward gave",
    "conv2d_no_bias": r"Conv2d\.forward: the bias is missing",
    "conv2d_relu_inside": r"negative numbers are gone",
    "bias_after_relu": r"a ReLU came before the bias",
    "no_second_relu": r"self\.out isn't what its convolution gives, after ReLU",
    "mid_before_relu": r"self\.mid isn't what its convolution gives, after ReLU",
    "no_hidden_relu": r"which follows linear1",
    "sum_pooled": r"That is their sum",
    "dropout_in_evaluation": r"two answers in evaluation differ",
    "dropout_the_other_way": r"two answers in evaluation differ",
    "no_dropout": r"is the dropout missing, or always ignored",
    "scores_returned": r"logsoftmax comes last",
    "softmax_over_images": r"along dimension 1",
    "never_zeroed": r"zero_grad comes first",
    "no_step": r"never asked to step",
    "not_divided": r"those of the sum: divide by the number of images",
    "mean_of_all_numbers": r"the mean is over the images, not over all numbers",
    "mean_returned": r"That is the mean: return the sum",
    "logarithm_taken_again": r"model's answers are log-probabilities already",
    "counted_after_the_step": r"in the outputs that gave the loss",
    "view_for_permute": r"a view does not",
    "kim_no_relu": r"a ReLU is missing",
    "mean_over_time": r"That is the mean over time",
    "first_width_only": r"Each width has a convolution of its own",
    "widths_reversed": r"in the order of convs",
    "kim_dropout_in_evaluation": r"dropout is still on in evaluation",
    "kim_no_dropout": r"in training the dropout is missing",
    "kim_no_sigmoid": r"a sigmoid comes last",
    "kim_column": r"shape \(1,\), not \(1, 1\)",
}
MISTAKES = [
    Mistake(
        "the box instead of the tensor is fine",
        _CONV2D,
        "return conv2d(x, self.weights) + self.bias",
        fair="a Parameter in arithmetic stands for its value",
    ),
    Mistake(
        "images and weights swapped",
        _CONV2D,
        "return conv2d(self.weights.value, x) + self.bias.value",
        told=r"Conv2d\.forward",
    ),
    Mistake(
        "view without the batch",
        _NETWORK,
        "self.mid = self.conv1(x).relu()\nself.out = self.conv2(self.mid).relu()\n"
        "pooled = avgpool2d(self.out, (self.pool, self.pool))\n"
        "hidden = self.linear1(pooled.view(self.flat)).relu()\n"
        "hidden = dropout(hidden, self.rate, ignore=not self.training)\n"
        "return logsoftmax(self.linear2(hidden), 1)",
        told=r"Network\.forward raised",
    ),
    Mistake(
        "a loss for each image",
        _STEP,
        "optimizer.zero_grad()\nout = model(X)\nloss = -(out * y).sum(1)\n"
        "(loss / X.shape[0]).backward()\noptimizer.step()\n"
        "return loss.item(), int((argmax(out, 1) * y).sum().item())",
        told=r"train_step raised",
    ),
    Mistake(
        "cat along time",
        _KIM,
        "x = embeddings.permute(0, 2, 1)\n"
        "found = cat([max(conv(x).relu(), 2) for conv in self.convs], 2)\n"
        "answers = found.view(x.shape[0], found.shape[1] * found.shape[2])\n"
        "answers = dropout(answers, self.rate, ignore=not self.training)\n"
        "return self.linear(answers).sigmoid().view(x.shape[0])",
        told=r"side by side, width after width",
    ),
]
