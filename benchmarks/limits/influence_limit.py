# Influence functions of a logistic model by NumPy, on one thread: the scores of all training on all test examples. Prints milliseconds
# of one whole computation, from the weights to the matrix (the best of some); what was computed last is left in a file.
# Arguments: the folder of the inputs; closed or naive; training examples, features, test examples; L2; seconds.
import os
os.environ["OPENBLAS_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"
import sys, time, numpy as np
folder, way = sys.argv[1], sys.argv[2]
n, d, m = map(int, sys.argv[3:6])
l2, seconds = float(sys.argv[6]), float(sys.argv[7])
def read(name, *shape): return np.fromfile(os.path.join(folder, name)).reshape(shape)
x, y, x_test, y_test, theta = read("x", n, d), read("y", n), read("xTest", m, d), read("yTest", m), read("theta", d + 1)
sigmoid = lambda s: 1 / (1 + np.exp(-s))
def hessian(ones, p): return (ones * (p * (1 - p))[:, None]).T @ ones / n + l2 * np.eye(d + 1)

# The best vectorised program: the whole matrix is one product of two small factors, in memory that is used again.
result = np.empty((m, n))
def closed():
    ones, ones_test = np.hstack([x, np.ones((n, 1))]), np.hstack([x_test, np.ones((m, 1))])
    p = sigmoid(ones @ theta)
    gradients_test = ones_test * (sigmoid(ones_test @ theta) - y_test)[:, None]
    solved = np.linalg.solve(hessian(ones, p), gradients_test.T).T / n
    np.matmul(solved, (ones * (p - y)[:, None]).T, out=result)

# The program as the definition reads: a solve for each test example, a gradient and a dot for each pair. Of one test example and up to
# 2,000 training examples, times how many there are more.
def naive():
    ones = np.hstack([x, np.ones((n, 1))])
    h = hessian(ones, sigmoid(ones @ theta))
    start, some = time.perf_counter(), min(n, 2000)
    row = np.append(x_test[0], 1)
    s = np.linalg.solve(h, (sigmoid(row @ theta) - y_test[0]) * row)
    for i in range(some):
        row = np.append(x[i], 1)
        result[0, i] = s @ ((sigmoid(row @ theta) - y[i]) * row) / n
    return (time.perf_counter() - start) * m * n / some

best, end, runs = np.inf, time.perf_counter() + seconds, 0
while runs < 2 or time.perf_counter() < end:
    start = time.perf_counter()
    scaled = naive() if way == "naive" else closed()
    took = time.perf_counter() - start if scaled is None else scaled
    if runs > 0: best = min(best, took)
    runs += 1
if way == "closed": result.tofile(os.path.join(folder, "result"))
print("%.6g" % (1000 * best))
