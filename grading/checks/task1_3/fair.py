"""Right solutions of Task 1.3, in other styles."""

SOLUTIONS = {
    "a list, by index": {
        "autodiff.Variable.chain_rule": """
history = self.history
derivatives = history.last_fn._backward(history.ctx, d_output)
result = []
for i in range(len(history.inputs)):
    result.append((history.inputs[i], derivatives[i]))
return result
""",
    },
    "a generator": {
        "autodiff.Variable.chain_rule": """
d_inputs = self.history.last_fn._backward(self.history, d_output)
for each, d in zip(self.parents, d_inputs):
    yield each, d
""",
    },
    "zip, the tuple made by hand": {
        "autodiff.Variable.chain_rule": """
if self.history is None or self.history.last_fn is None:
    return ()
back = self.history.last_fn.backward(self.history.ctx, d_output)
if not isinstance(back, (tuple, list)):
    back = (back,)
return zip(self.history.inputs, back)
""",
    },
    "lists as pairs, recursion, a helper beside": {
        "beside": '''
def _pair(inputs, derivatives):
    """The first with the first, then the others."""
    if not inputs:
        return []
    return [[inputs[0], derivatives[0]]] + _pair(inputs[1:], derivatives[1:])
''',
        "autodiff.Variable.chain_rule": """
made_by = self.history.last_fn
return _pair(list(self.parents), list(made_by._backward(self.history.ctx, d_output)))
""",
    },
}
