#!/usr/bin/env python3
"""Reference values for tests/unit/test_stats.c, by SciPy: prints the rows of its tables.

    python3 student.py > student.h

The quantile is the root of SciPy's own tail, because scipy.stats.t.isf is off by up to 4e-9 at few degrees of freedom
(1.10.1)."""

import math

import numpy as np
import scipy
from scipy import optimize, stats

SAMPLES = [  # mean, sd, n of control and treatment; alpha
    ((6.718, 11.2, 2512), (10.951, 17.9, 2488), 0.05),
    ((1.0, 0.5, 2), (1.5, 0.25, 2), 0.05),
    ((1.0, 0.5, 2), (1.5, 0.25, 1000), 0.01),
    ((3.0, 0.0, 12), (3.2, 0.4, 9), 0.05),
    ((-4.0, 2.0, 15), (-7.5, 3.0, 19), 0.1),
    ((1e12, 1.0, 40), (1e12 + 1, 2.0, 30), 0.05),
    ((1e-9, 1e-9, 100000), (1.01e-9, 1e-9, 120000), 0.001),
    ((0.0, 1.0, 20), (10.0, 5.0, 33), 1e-9),
    ((5.0, 1.0, 1000000), (5.0001, 1.0, 1000000), 0.05),
    ((0.6499, 0.06, 530), (0.9358, 0.09, 531), 0.05),
]


def critical(alpha, df):
    def excess(x):
        return stats.t.logsf(math.exp(x), df) - math.log(alpha / 2)

    return math.exp(optimize.brentq(excess, -40, 20, xtol=1e-300, rtol=1e-15))


def row(control, treatment, alpha):
    (mc, sc, nc), (mt, st, nt) = control, treatment
    test = stats.ttest_ind_from_stats(mt, st, nt, mc, sc, nc, equal_var=False)
    vc, vt = np.float64(sc) ** 2 / nc, np.float64(st) ** 2 / nt
    df = (vc + vt) ** 2 / (vc**2 / (nc - 1) + vt**2 / (nt - 1))
    half = critical(alpha, df) * math.sqrt(vc + vt)
    values = (mt - mc - half, mt - mc + half, test.statistic, df, test.pvalue)
    inputs = (mc, sc, nc, mt, st, nt, alpha)
    return "\t{" + ", ".join(repr(float(x)) for x in inputs + values) + "},"


def main():
    print(f"/* Made by student.py with SciPy {scipy.__version__}. Do not edit. */\n")
    print("static const struct welch_known welch_known[] = {")
    for sample in SAMPLES:
        print(row(*sample))
    print("};\n\nstatic const struct tail_known tail_known[] = {")
    for df in (1, 1.5, 2, 3.3, 10, 30, 31, 40, 60, 100, 500, 999.5, 1000.5, 5000, 1e5):
        for t in (0.1, 1, 2, 5, 10, 30):
            if (p := 2 * stats.t.sf(t, df)) > 0:
                print(f"\t{{{t!r}, {float(df)!r}, {p!r}}},")
    print("};")


if __name__ == "__main__":
    main()
