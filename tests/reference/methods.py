#!/usr/bin/env python3
"""Reference values for the unit tests of the methods, by SciPy, statsmodels and mpmath: prints the rows of a table.

    for m in srm proportions ranks ratio lift cuped sequential power quantile; do python3 methods.py $m > ${m}_known.h; done

Where a library has the method, the value is the library's; where none has, it is the definition, solved numerically
with forty digits. Shares no code and, where that was possible, no formula with lib/."""

import math
import sys

import mpmath as mp
import numpy as np
import scipy
import statsmodels
import statsmodels.api as sm
from scipy import stats

mp.mp.dps = 40


def rows(kind, table):
    print(f"static const struct {kind} {kind}[] = {{")
    for row in table:
        print("\t{" + ", ".join(cell(x) for x in row) + "},")
    print("};")


def cell(x):
    if isinstance(x, (list, tuple)):
        return "{" + ", ".join(cell(y) for y in x) + "}"
    if isinstance(x, str):
        return x
    x = float(x)
    return repr(x) if math.isfinite(x) else ("INFINITY" if x > 0 else "-INFINITY")


def same(a, b, tolerance=1e-9):
    assert abs(a - b) <= tolerance * abs(b), (a, b)


# ---- srm


def srm_row(counts, weights, concentration):
    n, w = sum(counts), [mp.mpf(x) / sum(map(mp.mpf, weights)) for x in weights]
    chi2 = mp.fsum((c - n * v) ** 2 / (n * v) for c, v in zip(counts, w))
    df = len(counts) - 1
    log_p = mp.log(mp.gammainc(mp.mpf(df) / 2, chi2 / 2, mp.inf, regularized=True))
    theirs = stats.chisquare(counts, [float(n * v) for v in w])
    same(theirs.statistic, float(chi2))
    if theirs.pvalue > 1e-300:
        same(theirs.pvalue, float(mp.exp(log_p)))
    a = mp.mpf(concentration)
    log_bf = mp.loggamma(a) - mp.loggamma(a + n)
    for c, v in zip(counts, w):
        log_bf += mp.loggamma(a * v + c) - mp.loggamma(a * v) - c * mp.log(v)
    pad = [0.0] * (5 - len(counts))
    return len(counts), counts + pad, weights + pad, concentration, chi2, log_p, log_bf


def srm():
    rows("srm_known", [
        srm_row([4925, 5075], [1.0, 1.0], 1e4),
        srm_row([821588, 815482], [0.5, 0.5], 1e4),
        srm_row([500, 500], [1.0, 1.0], 1e4),
        srm_row([3, 9], [2.0, 1.0], 1.0),
        srm_row([20, 31, 16, 40, 12], [1.0, 1.0, 1.0, 1.0, 1.0], 10.0),
        srm_row([1000, 1100, 2050], [1.0, 1.0, 2.0], 1e4),
        srm_row([50000, 58250], [1.0, 1.0], 1e4),
        srm_row([5000, 8190], [1.0, 1.0], 1e4),
        srm_row([100000, 130000], [1.0, 1.0], 1e4),
        srm_row([100000000, 100004000], [1.0, 1.0], 1e4),
        srm_row([99990000, 200010000, 10], [1e-7, 2e-7, 1e-14], 100.0),
    ])
    rows("srm_tail", [(x, df, mp.log(mp.gammainc(mp.mpf(df) / 2, mp.mpf(x) / 2, mp.inf, regularized=True)))
                      for df in (1, 2, 3, 10, 99) for x in (0.01, 1.0, df, df + 1.99, df + 2.01, 300.0, 1400.0, 1e6)])


# ---- proportions


def proportions_row(hits, users):
    """Fisher's exact test of each arm against all others, the smaller tail twice; of more than two arms, times their number."""
    n, k = sum(users), sum(hits)
    p = []
    for h, u in zip(hits, users):
        table = [[h, u - h], [k - h, n - u - k + h]]
        p.append(min(1, 2 * min(stats.fisher_exact(table, side).pvalue for side in ("less", "greater"))))
    pad = [0.0] * (5 - len(hits))
    return len(hits), hits + pad, users + pad, min(1, min(p) * (len(p) if len(p) > 2 else 1))


def proportions():
    rows("proportions_known", [
        proportions_row([0, 80], [200, 200]),
        proportions_row([3, 1], [10, 12]),
        proportions_row([5, 5], [100, 100]),
        proportions_row([9, 30, 12], [1000, 1100, 950]),
        proportions_row([0, 0, 0, 0, 5], [100, 100, 100, 100, 100]),
        proportions_row([4, 1, 0, 0, 0], [100, 100, 100, 100, 100]),
        proportions_row([100, 98, 200], [100, 100, 200]),
        proportions_row([25000, 25900], [500000, 500000]),
        proportions_row([250000, 253000, 249000], [1000000, 1000000, 1000000]),
    ])


# ---- ranks: values of every kind, made in tests/unit/stats/test_ranks.c too


def ranked(i, arm, ties, shift):
    return math.floor((i * 37 + arm * 11) % 101 / ties) + shift * arm


def ranks():
    table = []
    for sizes in ([40, 50], [6, 7], [30, 40, 50], [100, 200, 300, 400]):
        for ties, shift in ((1, 0.0), (7, 0.0), (1, 13.0), (20, 1.0), (3, 5.0)):
            test = stats.kruskal(*[[ranked(i, arm, ties, shift) for i in range(n)] for arm, n in enumerate(sizes)])
            table.append((len(sizes), sizes + [0.0] * (4 - len(sizes)), ties, shift, test.statistic, test.pvalue))
    rows("ranks_known", table)


# ---- two arms of pairs: the same numbers are made in tests/unit/pairs.h


def pairs(n, arm):
    i = np.arange(n)
    x = 1 + (i * 7 + arm) % 5 + arm * (i % 3 == 0)
    y = x * ((i * 13 + arm) % 11) / 4 + ((i * i + 3 * arm) % 7) / 2
    return x.astype(float), y.astype(float)


def ratio():
    table = []
    for nc, nt, alpha in ((60, 45, 0.05), (1000, 1100, 0.01), (5, 3, 0.1)):
        arms = []
        for n, arm in ((nc, 0), (nt, 1)):
            x, y = pairs(n, arm)
            fit = sm.WLS(y / x, np.ones(n), weights=x).fit(cov_type="HC1")
            arms.append((fit.params[0], fit.bse[0], n))
        (mc, ec, _), (mt, et, _) = arms
        test = stats.ttest_ind_from_stats(mt, et * math.sqrt(nt), nt, mc, ec * math.sqrt(nc), nc, equal_var=False)
        df = (ec**2 + et**2) ** 2 / (ec**4 / (nc - 1) + et**4 / (nt - 1))
        table.append((nc, nt, alpha, mc, mt, ec, et, test.statistic, df, test.pvalue))
    rows("ratio_known", table)


def cuped():
    table = []
    for nc, nt, unseen in ((60, 45, 0), (1000, 1100, 0), (60, 45, 3), (200, 150, 2)):
        xs, ys, arms = [], [], []
        for n, arm in ((nc, 0), (nt, 1)):
            x, y = pairs(n, arm)
            if unseen:
                x[::unseen] = np.nan
            xs.append(x)
            ys.append(y)
            arms.append(np.full(n, arm))
        x, y, arm = np.concatenate(xs), np.concatenate(ys), np.concatenate(arms)
        centre = np.nanmean(x)
        x = np.where(np.isnan(x), centre, x)
        fit = sm.OLS(y, sm.add_constant(np.column_stack([arm, x]))).fit()
        theta = fit.params[2]
        adjusted = y - theta * (x - centre)
        c, t = adjusted[arm == 0], adjusted[arm == 1]
        same(t.mean() - c.mean(), fit.params[1])
        before = y[arm == 0].var() * nc + y[arm == 1].var() * nt
        table.append((nc, nt, unseen, theta, centre, fit.params[1], c.mean(), c.var(ddof=1), t.var(ddof=1),
                      1 - fit.ssr / before))
    rows("cuped_known", table)


# ---- lift


def t_critical(alpha, df):
    def excess(u):
        x = mp.exp(u)
        tail = mp.betainc(mp.mpf(df) / 2, mp.mpf(1) / 2, 0, df / (df + x * x), regularized=True)
        return mp.log(tail) - mp.log(alpha)

    return mp.exp(mp.findroot(excess, mp.log(stats.t.isf(float(alpha) / 2, float(df)))))


def lift_row(control, treatment, alpha):
    """The lifts at which the test of 'treatment is 1 + L times control' has exactly the critical value."""
    (mc, sc, nc), (mt, st, nt) = [[mp.mpf(x) for x in s] for s in (control, treatment)]
    vc, vt = sc**2 / nc, st**2 / nt
    q = t_critical(alpha, (vc + vt) ** 2 / (vc**2 / (nc - 1) + vt**2 / (nt - 1)))

    def excess(lift):
        return abs(mt - (1 + lift) * mc) - q * mp.sqrt(vt + (1 + lift) ** 2 * vc)

    if abs(mc) <= q * mp.sqrt(vc):
        return (*control, *treatment, alpha, -mp.inf, mp.inf)
    middle, step = mt / mc - 1, q * mp.sqrt(vc + vt) / abs(mc)
    ends = []
    for sign in (-1, 1):
        near, far = middle, middle + sign * step
        while excess(far) <= 0:
            far += sign * step
            step *= 2
        ends.append(100 * mp.findroot(excess, (near, far), solver="anderson", tol=1e-60))
    return (*control, *treatment, alpha, *ends)


def lift():
    rows("lift_known", [
        lift_row((6.718, 11.2, 2512), (10.951, 17.9, 2488), 0.05),
        lift_row((1.0, 0.5, 20), (1.5, 0.25, 30), 0.05),
        lift_row((1.0, 0.5, 5), (1.1, 2.0, 4), 0.05),
        lift_row((-4.0, 2.0, 15), (-7.5, 3.0, 19), 0.1),
        lift_row((-4.0, 2.0, 15), (3.0, 3.0, 19), 0.1),
        lift_row((0.5, 1.0, 10), (9.0, 1.0, 10), 0.05),
        lift_row((0.5, 1.0, 18), (9.0, 1.0, 10), 0.05),
        lift_row((1e12, 1.0, 40), (1e12 + 1, 2.0, 30), 0.05),
        lift_row((5.0, 1.0, 1000000), (5.0001, 1.0, 1000000), 0.001),
    ])


# ---- sequential


def width2(x, alpha):
    return (x + 1) / x * 2 * mp.log(mp.sqrt(x + 1) / alpha)


def bisect(f, low, high):
    for _ in range(120):
        middle = (low + high) / 2
        low, high = (middle, high) if f(middle) < 0 else (low, middle)
    return low


def sequential():
    table = []
    for alpha in (0.05, 0.01, 0.3, 1e-6):
        for tune, n in ((1000, 1000), (5000, 200), (100, 1000000)):
            best = bisect(lambda x: mp.diff(lambda z: width2(z, alpha), x), mp.mpf("0.1"), mp.mpf(100))
            assert all(width2(best, alpha) < width2(best * f, alpha) for f in (0.9, 1.1))
            rho2 = best / tune
            t = mp.mpf("4.25")
            p = mp.exp(mp.findroot(lambda u: width2(n * rho2, mp.exp(u)) - t**2, -3))
            table.append((alpha, tune, n, rho2, mp.sqrt(width2(n * rho2, alpha)), t, min(1, p)))
    rows("sequential_known", table)


# ---- power


def chi_mean(f, df):
    log_scale = (df / 2) * mp.log(df / 2) + mp.log(2) - mp.loggamma(df / 2)
    width = 1 / mp.sqrt(2 * df)
    points = sorted({mp.mpf(0)} | {max(mp.mpf(0), 1 + k * width) for k in range(-16, 17, 2)} | {1 + 40 * width})

    def integrand(s):
        return f(s) * mp.exp(log_scale + (df - 1) * mp.log(s) - df * s * s / 2) if s > 0 else mp.mpf(0)

    return mp.quad(integrand, points)


def power():
    table = []
    for df in (1, 1.5, 2, 7.3, 40, 1000, 1e5):
        for q, delta in ((2, 0.0), (2, 2.8), (0.5, 3.0), (5, 6.0), (12, 14.0), (12, 30.0), (40, 45.0)):
            p = chi_mean(lambda s: mp.ncdf(delta - q * s), mp.mpf(df))
            if p > 1e-10:
                table.append((q, df, delta, p))
    rows("noncentral_known", table)
    table = []
    for c, t, effect, alpha in (((100, 2.0), (50, 1.0), 0.5, 0.05), ((10, 1.0), (1000, 9.0), 1.5, 0.01)):
        vc, vt = mp.mpf(c[1]) / c[0], mp.mpf(t[1]) / t[0]
        df = (vc + vt) ** 2 / (vc**2 / (c[0] - 1) + vt**2 / (t[0] - 1))
        q = t_critical(alpha, df)
        p = chi_mean(lambda s: mp.ncdf(effect / mp.sqrt(vc + vt) - q * s), df)
        same(stats.nct.sf(float(q), float(df), float(effect / mp.sqrt(vc + vt))), p, 1e-7)
        table.append((*c, *t, effect, alpha, p))
    rows("unequal_known", table)


# ---- quantile


def quantile():
    table = []
    for users, p, alpha in ((200, 0.5, 0.05), (200, 0.9, 0.05), (1000, 0.25, 0.01), (1000, 0.99, 0.2)):
        i = np.arange(users)
        sizes = 1 + (i * 7) % 5
        grouped = [((u * 37 + k * 101 + u * u * k) % 1009) / 8 + u % 13 for u in range(users) for k in range(sizes[u])]
        x = np.sort(np.array(grouped, float))
        q = np.quantile(x, p)
        owner = np.repeat(i, sizes)
        below = np.bincount(owner, np.array(grouped) <= q)
        spread = sm.WLS(below / sizes, np.ones(users), weights=sizes).fit(cov_type="HC1").bse[0]
        n, df = len(x), users - 1
        h = float(t_critical(alpha, df)) * spread
        low, high = math.floor(n * (p - h)), math.ceil(n * (p + h)) + 1
        t = float(t_critical(0.05, df))
        error = (np.quantile(x, p + t * spread) - np.quantile(x, p - t * spread)) / (2 * t) if p + t * spread <= 1 else 0
        table.append((users, p, alpha, q, x[low - 1], x[high - 1] if high <= n else math.inf, error))
    rows("clustered_known", table)


if __name__ == "__main__":
    versions = f"SciPy {scipy.__version__}, statsmodels {statsmodels.__version__}, mpmath {mp.__version__}"
    print(f"/* Made by methods.py {sys.argv[1]} with {versions}. Do not edit. */\n")
    globals()[sys.argv[1]]()
