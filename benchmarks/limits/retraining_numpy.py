# Leaving out each of n examples of a linear model and training the others by full-batch descent, in NumPy on one thread: all submodels
# as the rows of one matrix, so that a step is two products (the fastest plain NumPy). Prints the seconds of one computation.
# Arguments: examples; features; steps.
import os
os.environ["OPENBLAS_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"
import sys, time, numpy as np
n, features, steps = map(int, sys.argv[1:4])
rng = np.random.default_rng(1)
x = np.c_[rng.normal(size=(n, features)), np.ones(n)]
y = x[:, :features] @ (np.arange(features) % 3) + rng.normal(size=n)
weights, mask = np.zeros((n, features + 1)), 1 - np.eye(n)
start = time.perf_counter()
for _ in range(steps):
    residuals = (weights @ x.T - y) * mask
    weights -= 0.01 / (n - 1) * (residuals @ x)
print(time.perf_counter() - start)
