# Dense products as NumPy does them, on one thread: prints GFLOP/s, NumPy's version, and the BLAS it uses.
# Arguments: float64 or float32; plain, transposed, left-transposed or squares; rows, inner, columns; seconds.
import os
os.environ["OPENBLAS_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"
import sys, time, numpy as np
dtype, kind = np.dtype(sys.argv[1]), sys.argv[2]
rows, inner, columns = map(int, sys.argv[3:6])
seconds = float(sys.argv[6])
rng = np.random.default_rng(1)
def block(m, n): return rng.uniform(-1, 1, (m, n)).astype(dtype)
result = np.zeros((rows, columns), dtype)
flops = 2 * rows * inner * columns
if kind == "plain":
    left, right = block(rows, inner), block(inner, columns)
elif kind == "transposed":
    left, right = block(rows, inner), block(columns, inner).T
elif kind == "left-transposed":
    left, right = block(inner, rows).T, block(inner, columns)
else:
    right, weights = block(inner, columns), block(inner, 1)
    scaled = np.empty_like(right)
    flops = inner * columns * (columns + 1)
def work():
    if kind == "squares":
        np.multiply(right, weights, out=scaled)
        np.matmul(scaled.T, right, out=result)
    else:
        np.matmul(left, right, out=result)
end = time.perf_counter() + seconds / 2
while time.perf_counter() < end: work()
rate, end = 0.0, time.perf_counter() + seconds
while rate == 0 or time.perf_counter() < end:
    # The best of some bursts, as the other side measures.
    count, start = 0, time.perf_counter()
    while count == 0 or time.perf_counter() - start < 0.001: work(); count += 1
    rate = max(rate, count * flops / (time.perf_counter() - start) / 1e9)
maps = open("/proc/self/maps").read().split() if os.path.exists("/proc/self/maps") else []
blas = sorted({os.path.basename(os.path.realpath(m)) for m in maps if "blas" in os.path.basename(os.path.realpath(m))})
print("%.6g %s %s" % (rate, np.__version__, ",".join(blas) or "unknown"))
