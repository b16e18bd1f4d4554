"""Wrong solutions of the part gradient-utilities, each with the misconception behind it."""

from grading.checks import Mutant

MUTANTS = [
    Mutant(
        "clips_each_alone",
        "closures.clip_gradients",
        """
        if not max_norm > 0:
            raise ValueError("norm")
        gradients = [each.grad for each in variables if each.grad is not None]
        norm = math.sqrt(sum(float((gradient.data**2).sum()) for gradient in gradients))
        if True:
            for gradient in gradients:
                gradient.data = gradient.data * min(1.0, max_norm / max(float(np.linalg.norm(gradient.data)), 1e-12))
        return norm
        """,
        (
            "Each gradient was shrunk on its own, which turns their common "
            "direction; use one norm and one factor for all."
        ),
    ),
    Mutant(
        "clips_values",
        "closures.clip_gradients",
        """
        if not max_norm > 0:
            raise ValueError("norm")
        gradients = [each.grad for each in variables if each.grad is not None]
        norm = math.sqrt(sum(float((gradient.data**2).sum()) for gradient in gradients))
        if True:
            for gradient in gradients:
                gradient.data = np.clip(gradient.data, -max_norm, max_norm)
        return norm
        """,
        (
            "The values were cut off one by one. Clipping by norm keeps the "
            "direction: multiply everything by the same factor."
        ),
    ),
    Mutant(
        "always_scales",
        "closures.clip_gradients",
        """
        if not max_norm > 0:
            raise ValueError("norm")
        gradients = [each.grad for each in variables if each.grad is not None]
        norm = math.sqrt(sum(float((gradient.data**2).sum()) for gradient in gradients))
        if norm > 0:
            for gradient in gradients:
                gradient.data = gradient.data * (max_norm / norm)
        return norm
        """,
        ("Short gradients were stretched; only gradients longer than max_norm are changed."),
    ),
    Mutant(
        "forgets_root",
        "closures.clip_gradients",
        """
        if not max_norm > 0:
            raise ValueError("norm")
        gradients = [each.grad for each in variables if each.grad is not None]
        norm = (sum(float((gradient.data**2).sum()) for gradient in gradients))
        if norm > max_norm:
            for gradient in gradients:
                gradient.data = gradient.data * (max_norm / norm)
        return norm
        """,
        ("The norm is the root of the sum of squares; the root is missing."),
    ),
    Mutant(
        "returns_the_new_norm",
        "closures.clip_gradients",
        """
        if not max_norm > 0:
            raise ValueError("norm")
        gradients = [each.grad for each in variables if each.grad is not None]
        norm = math.sqrt(sum(float((gradient.data**2).sum()) for gradient in gradients))
        if norm > max_norm:
            for gradient in gradients:
                gradient.data = gradient.data * (max_norm / norm)
        return min(norm, max_norm)
        """,
        (
            "clip_gradients returned the norm after clipping; the norm before it "
            "tells whether training is about to run away."
        ),
    ),
    Mutant(
        "one_level",
        "closures.collect_parameters",
        """
        found = []
        for module in modules:
            for each in (vars(module).values() if hasattr(module, '__dict__') else module):
                if isinstance(each, Variable) and each.requires_grad and each.is_leaf:
                    found.append(each)
        return found
        """,
        (
            "Only the first level was searched; parameters in lists, dictionaries "
            "and inner layers were missed."
        ),
    ),
    Mutant(
        "counts_twice",
        "closures.collect_parameters",
        """
        found: list[Variable] = []
        seen: set[int] = set()
        waiting = list(modules)
        while waiting:
            each = waiting.pop()
            if isinstance(each, Variable):
                if each.requires_grad and each.is_leaf:
                    found.append(each)
            elif id(each) in seen:
                continue
            elif isinstance(each, dict):
                waiting += each.values()
            elif isinstance(each, (list, tuple, set)):
                waiting += each
            elif hasattr(each, '__dict__'):
                seen.add(id(each))
                waiting += vars(each).values()
        return found
        """,
        (
            "A parameter that is reachable by two ways was listed twice, and would "
            "move twice in each step."
        ),
    ),
    Mutant(
        "zero_skips_missing",
        "closures.zero_gradients",
        """
        for each in variables:
            if each.grad is not None:
                each.zero_grad()
        """,
        (
            "A variable without a gradient was left without one; after "
            "zero_gradients every gradient is an array of zeros."
        ),
    ),
    Mutant(
        "no_sets",
        "closures.collect_parameters",
        "found, seen = [], set()\n"
        "\n"
        "def look(t):\n"
        "    if id(t) in seen:\n"
        "        return\n"
        "    seen.add(id(t))\n"
        "    if isinstance(t, Variable):\n"
        "        if t.is_leaf and t.requires_grad:\n"
        "            found.append(t)\n"
        "    elif isinstance(t, dict):\n"
        "        for e in t.values():\n"
        "            look(e)\n"
        "    elif isinstance(t, (list, tuple)):\n"
        "        for e in t:\n"
        "            look(e)\n"
        "    elif hasattr(t, '__dict__'):\n"
        "        for e in vars(t).values():\n"
        "            look(e)\n"
        "\n"
        "look(modules)\n"
        "return found",
        "what is in a set was not found: sets hold parameters as well as lists and dictionaries.",
    ),
]
