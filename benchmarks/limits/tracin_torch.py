# TracInCP of a matrix factorization, all training ratings by some test ratings, by dense autograd in PyTorch on one thread: prints
# the seconds of one computation; the scores are left in a file.
# Arguments: the folder of the inputs; users, items, rank; training and test ratings; checkpoints; lambda; which way:
#   directions  the best that autograd does without the model's formulas: for each test rating its dense gradient, and along it
#               the derivative of all training losses at once (forward mode)
#   naive       the dense gradient of each training rating by itself, and its dots; some ratings of one checkpoint are run and their
#               time is taken for all
import sys, time, numpy as np, torch, torch.autograd.forward_ad as forward
torch.set_num_threads(1)
folder, way = sys.argv[1], sys.argv[9]
users, items, rank, n, m, steps = map(int, sys.argv[2:8])
lam = float(sys.argv[8])
def read(name, dtype=np.float64): return torch.from_numpy(np.fromfile(folder + "/" + name, dtype))
u, i, r = read("u", np.int32).long(), read("i", np.int32).long(), read("r")
ut, it, rt = read("uTest", np.int32).long(), read("iTest", np.int32).long(), read("rTest")
nu, ni = torch.bincount(u, minlength=users).double(), torch.bincount(i, minlength=items).double()
thetas, rates = read("thetas").reshape(steps, (users + items) * rank), read("rates")
def tables(theta): return theta[:users * rank].reshape(users, rank), theta[users * rank:].reshape(items, rank)
def losses(P, Q, u, i, r, lam):
    p, q = P[u], Q[i]
    return .5 * ((p * q).sum(1) - r) ** 2 + (lam / 2 * ((p * p).sum(1) / nu[u] + (q * q).sum(1) / ni[i]) if lam else 0)
def gradient(P, Q, u, i, r, lam):
    P, Q = P.clone().requires_grad_(), Q.clone().requires_grad_()
    return torch.autograd.grad(losses(P, Q, u, i, r, lam).sum(), (P, Q))
def directions():
    scores = torch.zeros(m, n, dtype=torch.float64)
    for theta, rate in zip(thetas, rates):
        P, Q = tables(theta)
        for t in range(m):
            vP, vQ = gradient(P, Q, ut[t:t + 1], it[t:t + 1], rt[t:t + 1], 0)
            with forward.dual_level():
                slope = forward.unpack_dual(losses(forward.make_dual(P, vP), forward.make_dual(Q, vQ), u, i, r, lam)).tangent
            scores[t] += rate * slope
    return scores
SAMPLE = 300
def naive():
    P, Q = tables(thetas[0])
    of = [gradient(P, Q, ut[t:t + 1], it[t:t + 1], rt[t:t + 1], 0) for t in range(m)]
    scores = torch.zeros(m, n, dtype=torch.float64)
    for k in range(SAMPLE):
        gP, gQ = gradient(P, Q, u[k:k + 1], i[k:k + 1], r[k:k + 1], lam)
        for t in range(m): scores[t, k] = rates[0] * ((gP * of[t][0]).sum() + (gQ * of[t][1]).sum())
    return scores
work = {"directions": directions, "naive": naive}[way]
start = time.perf_counter()
result = work()
seconds = time.perf_counter() - start
result.numpy().tofile(folder + "/result")
# Of this program alone: the figure of getrusage starts with that of who started it.
def held(): return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) / 1024
print("%.6g %.1f" % (seconds * (steps * n / SAMPLE if way == "naive" else 1), held()))
