# Sweeps of models with layers as NumPy does them, on one thread: prints GFLOP/s; the last result is left in a file, to be
# held against the other side's.
# Arguments: the folder of the inputs; float64 or float32; the widths of the layers, as 64-32-10; relu or tanh;
# gradient, hessian or gram; examples; directions, or right examples of the Gram; flops of one sweep; seconds.
import os
os.environ["OPENBLAS_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"
import sys, time, numpy as np
folder, dtype, activation, sweep = sys.argv[1], np.dtype(sys.argv[2]), sys.argv[4], sys.argv[5]
widths = list(map(int, sys.argv[3].split("-")))
n, m = int(sys.argv[6]), int(sys.argv[7])
flops, seconds = float(sys.argv[8]), float(sys.argv[9])
inputs, outputs = widths[0], widths[-1]
hidden = widths[1] if len(widths) == 3 else 0

def read(name, *shape): return np.fromfile(os.path.join(folder, name), dtype).reshape(shape)
def blocks(theta):
    # Matrix, bias, matrix, bias, as parameters are stored: views of all the directions.
    at, found = 0, []
    for rows, columns in zip(widths[1:], widths):
        found.append(theta[:, at:at + rows * columns].reshape(len(theta), rows, columns)); at += rows * columns
        found.append(theta[:, at:at + rows]); at += rows
    return found
count = sum(rows * (columns + 1) for rows, columns in zip(widths[1:], widths))
x, y, r = read("x", n, inputs), read("y", n, outputs), read("r", n, outputs)
theta = [block[0] for block in blocks(read("theta", 1, count))]
w, b = theta[-2:]
if hidden: w1, b1 = theta[:2]
k = m if sweep == "hessian" else 1
result = np.empty((n, m) if sweep == "gram" else (k, count), dtype)

# Memory that every repetition uses again.
def empty(*shape): return np.empty(shape, dtype)
a, h, d, slope, s, column = empty(n, hidden), empty(n, hidden), empty(n, hidden), empty(n, hidden), empty(n, outputs), empty(n, 1)
def layer(x, a, h):
    np.matmul(x, w1.T, out=a)
    np.add(a, b1, out=a)
    np.tanh(a, out=h) if activation == "tanh" else np.maximum(a, 0, out=h)
    if activation == "tanh": np.multiply(h, h, out=slope[:len(h)]); np.subtract(1, slope[:len(h)], out=slope[:len(h)])
    else: np.greater(a, 0, out=slope[:len(h)], casting="unsafe")
def forward():
    if hidden: layer(x, a, h)
    np.matmul(h if hidden else x, w.T, out=s)
    np.add(s, b, out=s)
    if outputs == 1:
        np.negative(s, out=s); np.exp(s, out=s); np.add(s, 1, out=s); np.reciprocal(s, out=s)
    else:
        np.max(s, axis=1, keepdims=True, out=column)
        np.subtract(s, column, out=s); np.exp(s, out=s)
        np.sum(s, axis=1, keepdims=True, out=column)
        np.divide(s, column, out=s)
    return s
residual = empty(n, outputs)
def gradient():
    np.subtract(forward(), y, out=residual)
    sums = [block[0] for block in blocks(result)]
    np.matmul(residual.T, h if hidden else x, out=sums[-2])
    np.sum(residual, axis=0, out=sums[-1])
    if hidden:
        np.matmul(residual, w, out=d)
        np.multiply(d, slope, out=d)
        np.matmul(d.T, x, out=sums[0])
        np.sum(d, axis=0, out=sums[1])

if sweep == "hessian":
    # All directions in one product where they multiply the same rows.
    v = blocks(read("v", k, count))
    v_w, v_b = v[-2].reshape(k * outputs, -1), v[-1].reshape(-1)
    rate, weighted, total = empty(n, k * outputs), empty(n, k, outputs), empty(n, k, 1)
    if hidden:
        v_w1, v_b1 = v[0].reshape(k * hidden, inputs), v[1].reshape(-1)
        v_wide = np.ascontiguousarray(v[2].transpose(1, 0, 2)).reshape(outputs, k * hidden)
        a_rate, back, more = empty(n, k * hidden), empty(n, k * hidden), empty(n * k, hidden)
        s_rate, cross = empty(n * k, outputs), empty(outputs, k * hidden)
        bend = empty(n, hidden)
    sums1, sums_w = empty(k * hidden, inputs), empty(k * outputs, widths[-2])
def hessian():
    p = forward()
    sums = blocks(result)
    np.matmul(h if hidden else x, v_w.T, out=rate)
    np.add(rate, v_b, out=rate)
    if hidden:
        np.matmul(x, v_w1.T, out=a_rate)
        np.add(a_rate, v_b1, out=a_rate)
        by_direction = a_rate.reshape(n, k, hidden)
        np.multiply(by_direction, slope[:, None], out=by_direction)
        np.matmul(a_rate.reshape(n * k, hidden), w.T, out=s_rate)
        np.add(rate, s_rate.reshape(n, k * outputs), out=rate)
    rates = rate.reshape(n, k, outputs)
    if outputs == 1:
        np.subtract(1, p, out=column); np.multiply(column, p, out=column)
        np.multiply(rate, column, out=rate)
    else:
        np.multiply(rates, p[:, None], out=weighted)
        np.sum(weighted, axis=2, keepdims=True, out=total)
        np.subtract(rates, total, out=rates)
        np.multiply(rates, p[:, None], out=rates)
    np.matmul(rate.T, h if hidden else x, out=sums_w)
    np.sum(rates, axis=0, out=sums[-1])
    if not hidden:
        sums[-2][...] = sums_w.reshape(k, outputs, -1)
        return
    np.subtract(p, y, out=residual)
    np.matmul(residual.T, a_rate, out=cross)
    np.add(sums_w.reshape(k, outputs, hidden), cross.reshape(outputs, k, hidden).transpose(1, 0, 2), out=sums[2])
    np.matmul(residual, v_wide, out=back)
    np.matmul(rate.reshape(n * k, outputs), w, out=more)
    backs = back.reshape(n, k, hidden)
    np.add(backs, more.reshape(n, k, hidden), out=backs)
    np.multiply(backs, slope[:, None], out=backs)
    if activation == "tanh":
        # tanh'' = -2 tanh tanh', whose tanh' the rate of h holds already; relu'' = 0.
        np.matmul(residual, w, out=bend)
        np.multiply(bend, h, out=bend); np.multiply(bend, -2, out=bend)
        rates_h = a_rate.reshape(n, k, hidden)
        np.multiply(rates_h, bend[:, None], out=rates_h)
        np.add(backs, rates_h, out=backs)
    np.matmul(back.T, x, out=sums1)
    sums[0][...] = sums1.reshape(k, hidden, inputs)
    np.sum(backs, axis=0, out=sums[1])

if sweep == "gram":
    x_right, r_right, h_right, d_right = read("xRight", m, inputs), read("rRight", m, outputs), empty(m, hidden), empty(m, hidden)
    a_right, pairs, factor_pairs, scaled, scaled_right = empty(m, hidden), empty(n, m), empty(n, m), empty(n, inputs + 1), empty(m, inputs + 1)
def gram():
    if outputs == 1:
        # One product of gradients: r, and r times x.
        for rows, factors, out in (x, r, scaled), (x_right, r_right, scaled_right):
            np.multiply(rows, factors, out=out[:, :inputs])
            out[:, inputs:] = factors
        np.matmul(scaled, scaled_right.T, out=result)
        return
    def add(left, right, left_factor, right_factor, out):
        np.matmul(left, right.T, out=out)
        np.add(out, 1, out=out)
        np.matmul(left_factor, right_factor.T, out=factor_pairs)
        np.multiply(out, factor_pairs, out=out)
    if not hidden:
        add(x, x_right, r, r_right, result)
        return
    for rows, factors, a_, h_, d_ in (x, r, a, h, d), (x_right, r_right, a_right, h_right, d_right):
        layer(rows, a_, h_)
        np.matmul(factors, w, out=d_)
        np.multiply(d_, slope[:len(d_)], out=d_)
    add(x, x_right, d, d_right, result)
    add(h, h_right, r, r_right, pairs)
    np.add(result, pairs, out=result)

work = {"gradient": gradient, "hessian": hessian, "gram": gram}[sweep]
end = time.perf_counter() + seconds / 2
while time.perf_counter() < end: work()
rate_found, end = 0.0, time.perf_counter() + seconds
while rate_found == 0 or time.perf_counter() < end:
    # The best of some bursts, as the other side measures.
    times, start = 0, time.perf_counter()
    while times == 0 or time.perf_counter() - start < 0.001: work(); times += 1
    rate_found = max(rate_found, times * flops / (time.perf_counter() - start) / 1e9)
result.tofile(os.path.join(folder, "result"))
print("%.6g" % rate_found)
