"""The property test of Task 4.4: the student writes it; wrong maxima must make it fail."""

REQUIRES = (
    "task0_1",
    "task0_3",
    "task1_3",
    "task1_4",
    "task2_1",
    "task2_2",
    "task2_3",
    "task2_4",
    "task4_4",
)
SECTION = "guides/module4/03_softmax.html#task-4-4-property"
KIND = "tests"
TESTS = ("test_max",)
