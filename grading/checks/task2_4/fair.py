"""Right solutions of Task 2.4, in other styles; what a forward saves is its author's matter."""

SOLUTIONS = {
    "formulas with the tensors' own operators, inputs saved": {
        "tensor_functions.Mul.forward": "ctx.save_for_backward(a, b)\nreturn a.f.mul_zip(a, b)",
        "tensor_functions.Mul.backward": """
a, b = ctx.saved_values
return grad_output * b, grad_output * a
""",
        "tensor_functions.Sigmoid.forward": """
ctx.save_for_backward(t1)
return t1.f.sigmoid_map(t1)
""",
        "tensor_functions.Sigmoid.backward": """
(t1,) = ctx.saved_values
s = t1.sigmoid()
return grad_output * (s - s * s)
""",
        "tensor_functions.ReLU.forward": "ctx.save_for_backward(t1)\nreturn t1.f.relu_map(t1)",
        "tensor_functions.ReLU.backward": """
(t1,) = ctx.saved_values
return grad_output * (t1 > 0.0)
""",
        "tensor_functions.Log.forward": "ctx.save_for_backward(t1)\nreturn t1.f.log_map(t1)",
        "tensor_functions.Log.backward": """
(t1,) = ctx.saved_values
return grad_output / (t1 + 1e-6)
""",
        "tensor_functions.Exp.forward": "ctx.save_for_backward(t1)\nreturn t1.f.exp_map(t1)",
        "tensor_functions.Exp.backward": """
(t1,) = ctx.saved_values
return grad_output * t1.exp()
""",
        "tensor_functions.LT.forward": """
ctx.save_for_backward(a.shape, b.shape)
return a.f.lt_zip(a, b)
""",
        "tensor_functions.LT.backward": """
a_shape, b_shape = ctx.saved_values
return grad_output.zeros(a_shape), grad_output.zeros(b_shape)
""",
        "tensor_functions.EQ.forward": "ctx.save_for_backward(a, b)\nreturn a.f.eq_zip(a, b)",
        "tensor_functions.EQ.backward": """
a, b = ctx.saved_values
return zeros(a.shape), zeros(b.shape)
""",
        "tensor_functions.Sum.forward": """
dim = int(dim.item())
ctx.save_for_backward(a.shape, dim)
return a.f.add_reduce(a, dim)
""",
        "tensor_functions.Sum.backward": """
shape, dim = ctx.saved_values
return grad_output.zeros(shape) + grad_output, 0.0
""",
        "tensor_functions.Permute.forward": """
ctx.save_for_backward(order)
return a._new(a._tensor.permute(*[int(order[i]) for i in range(order.size)]))
""",
        "tensor_functions.Permute.backward": """
(order,) = ctx.saved_values
order = [int(order[i]) for i in range(order.size)]
undone = [0] * len(order)
for new, old in enumerate(order):
    undone[old] = new
return grad_output.permute(*undone), 0.0
""",
    },
    "the backend's helpers, results saved, plain zeros": {
        "tensor_functions.Mul.forward": "ctx.save_for_backward(b, a)\nreturn a.f.mul_zip(a, b)",
        "tensor_functions.Mul.backward": """
b, a = ctx.saved_values
f = grad_output.f
return f.mul_zip(grad_output, b), f.mul_zip(a, grad_output)
""",
        "tensor_functions.Sigmoid.forward": """
out = t1.f.sigmoid_map(t1)
ctx.save_for_backward(out)
return out
""",
        "tensor_functions.Sigmoid.backward": """
(out,) = ctx.saved_values
return grad_output * out * (1.0 - out)
""",
        "tensor_functions.ReLU.forward": """
out = t1.f.relu_map(t1)
ctx.save_for_backward(out)
return out
""",
        "tensor_functions.ReLU.backward": """
(out,) = ctx.saved_values
return grad_output.f.relu_back_zip(out, grad_output)
""",
        "tensor_functions.Log.backward": """
(t1,) = ctx.saved_values
return t1.f.log_back_zip(t1, grad_output)
""",
        "tensor_functions.Log.forward": "ctx.save_for_backward(t1)\nreturn t1.f.log_map(t1)",
        "tensor_functions.Exp.forward": """
out = t1.f.exp_map(t1)
ctx.save_for_backward(out)
return out
""",
        "tensor_functions.Exp.backward": """
return grad_output.f.mul_zip(*ctx.saved_values, grad_output)
""",
        "tensor_functions.LT.backward": "return 0.0, 0.0",
        "tensor_functions.EQ.backward": "return grad_output * 0.0, grad_output * 0.0",
        "tensor_functions.Sum.forward": "return a.f.add_reduce(a, int(dim.item()))",
        "tensor_functions.Sum.backward": "return grad_output, 0.0",
        "tensor_functions.Permute.forward": """
order = [int(n) for n in order.tolist()]
ctx.save_for_backward(sorted(range(len(order)), key=order.__getitem__))
return a._new(a._tensor.permute(*order))
""",
        "tensor_functions.Permute.backward": """
(back,) = ctx.saved_values
return grad_output._new(grad_output._tensor.permute(*back)), 0.0
""",
    },
}
