# TracInCP of a network with one hidden layer of tanh and a softmax, all training by all test examples, in NumPy on one thread:
# prints the seconds of one computation; the scores are left in a file, to be held against the other side's.
# Arguments: the folder of the inputs; the widths, as 64-32-10; training examples; test examples; checkpoints; which way:
#   factored  the best: gradients are outer products, whose dots are products of two dots; whole matrices, memory that is used again
#   written   the gradients of a checkpoint written out as rows, and one product of the two matrices
#   naive     a loop over pairs, a dot of two gradients each; one checkpoint is run, and its time taken for all
import os
os.environ["OPENBLAS_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"
import sys, time, numpy as np
folder, way = sys.argv[1], sys.argv[6]
inputs, hidden, outputs = map(int, sys.argv[2].split("-"))
n, m, steps = map(int, sys.argv[3:6])
p = hidden * (inputs + 1) + outputs * (hidden + 1)
def read(name, *shape): return np.fromfile(os.path.join(folder, name)).reshape(shape)
sides = [(read("x", n, inputs), read("y", n, outputs)), (read("xTest", m, inputs), read("yTest", m, outputs))]
thetas, rates = read("thetas", steps, p), read("rates", steps)

def parts(theta):
    a, b, c = hidden * inputs, hidden * (inputs + 1), hidden * (inputs + 1) + outputs * hidden
    return theta[:a].reshape(hidden, inputs), theta[a:b], theta[b:c].reshape(outputs, hidden), theta[c:]
def factors(x, y, w1, b1, w2, b2):
    h = np.tanh(x @ w1.T + b1)
    s = h @ w2.T + b2
    s -= s.max(1, keepdims=True); np.exp(s, out=s); s /= s.sum(1, keepdims=True)
    s -= y
    return h, s @ w2 * (1 - h * h), s
first, second = np.empty((n, m)), np.empty((n, m))
def with_one(rows): return np.concatenate([rows, np.ones((len(rows), 1))], 1)
ones = [with_one(x) for x, _ in sides]
def factored():
    scores = np.zeros((n, m))
    for theta, rate in zip(thetas, rates):
        weights = parts(theta)
        (x, y), (xt, yt) = sides
        h, d, r = factors(x, y, *weights)
        ht, dt, rt = factors(xt, yt, *weights)
        for left, right, of, other in (*ones, d, dt), (with_one(h), with_one(ht), r, rt):
            np.matmul(left, right.T, out=first)
            np.matmul(of, rate * other.T, out=second)
            np.multiply(first, second, out=first); np.add(scores, first, out=scores)
    return scores
def gradients(x, y, weights):
    h, d, r = factors(x, y, *weights)
    return np.concatenate([(d[:, :, None] * x[:, None]).reshape(len(x), -1), d, (r[:, :, None] * h[:, None]).reshape(len(x), -1), r], 1)
def written():
    scores = np.zeros((n, m))
    for theta, rate in zip(thetas, rates):
        weights = parts(theta)
        scores += rate * (gradients(*sides[0], weights) @ gradients(*sides[1], weights).T)
    return scores
def naive():
    weights, scores = parts(thetas[0]), np.zeros((n, m))
    of = [[gradients(x[i:i + 1], y[i:i + 1], weights)[0] for i in range(len(x))] for x, y in sides]
    for i in range(n):
        for t in range(m): scores[i, t] = rates[0] * np.dot(of[0][i], of[1][t])
    return scores
work = {"factored": factored, "written": written, "naive": naive}[way]
best = np.inf
for repetition in range(1 if way == "naive" else 3):
    start = time.perf_counter()
    result = work()
    best = min(best, time.perf_counter() - start)
result.tofile(os.path.join(folder, "result"))
# Of this program alone: the figure of getrusage starts with that of who started it.
def held(): return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) / 1024
print("%.6g %.1f" % (best * (steps if way == "naive" else 1), held()))
