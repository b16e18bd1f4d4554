"""Task 0.2: the student writes tests; wrong operators must make them fail."""

REQUIRES = ("task0_1", "task0_3")
SECTION = "guides/module0/04_property_testing.html#task-0-2"
KIND = "tests"
TESTS = ("test_sigmoid", "test_transitive", "test_symmetric", "test_distribute", "test_other")
