# Reference values for lib/train: EASE weights, one iteration of iALS, cosines with shrinkage, by numpy and scipy.
#
#   python3 tests/reference/train.py > tests/reference/train_known.h
import numpy as np
import scipy.linalg
import scipy.sparse

ROWS, COLUMNS, D = 12, 9, 4

x, state = np.zeros((ROWS, COLUMNS)), 12345
for i in range(ROWS):
    for j in range(COLUMNS):
        state = (state * 1103515245 + 12345) % 2**31
        if state // 65536 % 3 == 0:
            x[i, j] = state // 65536 % 4 + 1
begin = np.array([[((7 * j + 3 * k) % 11 - 5) / 10 for k in range(D)] for j in range(COLUMNS)])


def array(name, a):
    a = np.asarray(a)
    print(f"static const double {name}[] = {{")
    for row in a.reshape(a.shape[0], -1):
        print("\t" + ", ".join(f"{v:.10g}" for v in row) + ",")
    print("};\n")


def ease(x, l):
    p = scipy.linalg.inv(x.T @ x + l * np.eye(x.shape[1]))
    b = -p / np.diag(p)
    np.fill_diagonal(b, 0)
    return b


def half_step(x, h, l, a):
    gram = a * h.T @ h
    w = np.zeros((x.shape[0], h.shape[1]))
    for u in range(x.shape[0]):
        s = np.nonzero(x[u])[0]
        if len(s) == 0:
            continue
        c = x[u, s]
        left = gram + (h[s].T * c) @ h[s] + l * (len(s) + a * x.shape[1]) * np.eye(h.shape[1])
        w[u] = scipy.linalg.cho_solve(scipy.linalg.cho_factor(left), h[s].T @ c)
    return w


def cosine(x, shrinkage):
    s = scipy.sparse.csr_matrix(x)
    norms = np.sqrt(np.asarray(s.multiply(s).sum(0)).ravel())
    c = (s.T @ s).toarray() / (np.outer(norms, norms) + shrinkage)
    np.fill_diagonal(c, 0)
    return c


print("/* Made by tests/reference/train.py. */")
print(f"enum {{ KNOWN_ROWS = {ROWS}, KNOWN_COLUMNS = {COLUMNS}, KNOWN_D = {D} }};\n")
array("known_x", x)
array("known_ease", ease(x, 2.5))
array("known_ease_scores", x @ ease(x, 2.5))
array("known_ease_of_rows", ease(x.T, 2.5))
rows = half_step(x, begin, .03, .2)
array("known_begin", begin)
array("known_als_rows", rows)
array("known_als_columns", half_step(x.T, rows, .03, .2))
array("known_cosine", cosine(x, 1.5))
