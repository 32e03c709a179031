#!/usr/bin/env python3
"""Reference values for the methods of botify-abtest, by NumPy, SciPy and statsmodels:

    awk -f analysis-log.awk > log.ndjson; awk -v what=covariates -f analysis-log.awk > covariates.ndjson
    python3 analysis.py log.ndjson covariates.ndjson > analysis.json

One row of a report a line, with the options that it belongs to as "of" and the section that it stands in as "in"; the keys
are those of botify-abtest --format json. Shares nothing with botify but the definitions."""

import collections
import datetime
import json
import math
import sys

import numpy as np
import statsmodels.api as sm
from scipy import optimize, special, stats
from statsmodels.stats.multitest import multipletests

ALPHA = 0.05
MOMENT = 1704240000000  # 2024-01-03
CONTROL = {"X": "C", "Y": "off"}
MEANS = ["time", "sessions", "mean_request_latency", "mean_tracks_per_session", "mean_time_per_session"]
RATIOS = ["time_per_session", "time_per_track"]


def critical(df, alpha=ALPHA):
    return optimize.brentq(lambda x: stats.t.sf(x, df) - alpha / 2, 0, 1e4, xtol=1e-300, rtol=1e-15)


def sessions_of(events):
    """{user: [session]}, a session being the list of its events; those that did not end are dropped."""
    running, ended = collections.defaultdict(list), collections.defaultdict(list)
    for event in events:
        running[event["user"]].append(event)
        if event["message"] == "last":
            ended[event["user"]].append(running.pop(event["user"]))
    return ended


def experiment_of(events, name):
    """{arm: {user: [session]}}, of the users who count."""
    events = [e for e in events if name in e["experiments"]]
    seen = collections.defaultdict(set)
    for event in events:
        seen[event["user"]].add(event["experiments"][name])
    arms = collections.defaultdict(dict)
    for user, sessions in sorted(sessions_of(events).items()):
        if len(seen[user]) == 1:
            arms[min(seen[user])][user] = sessions
    return arms


def value(metric, sessions):
    latencies = [1000 * e["latency"] for s in sessions for e in s if "latency" in e]
    times = [sum(e["time"] for e in s) for s in sessions]
    return {
        "time": sum(times),
        "sessions": len(sessions),
        "mean_request_latency": np.mean(latencies) if latencies else math.nan,
        "mean_tracks_per_session": np.mean([len(s) for s in sessions]),
        "mean_time_per_session": np.mean(times),
    }[metric]


def values(users, metric):
    return np.array([value(metric, s) for s in users.values()], float)


def linearised(users, metric):
    y = np.array([value("time", s) for s in users.values()])
    x = np.array([len(s) if metric == "time_per_session" else sum(map(len, s)) for s in users.values()], float)
    return y.sum() / x.sum() + (y - y.sum() / x.sum() * x) / x.mean()


class Sample:
    def __init__(self, a):
        a = a[~np.isnan(a)]
        self.n, self.mean, self.var = len(a), a.mean(), a.var(ddof=1) if len(a) > 1 else math.nan
        self.v = self.var / self.n


def welch(c, t):
    """(difference, standard error, df, p)"""
    error = math.sqrt(c.v + t.v)
    df = (c.v + t.v) ** 2 / (c.v**2 / (c.n - 1) + t.v**2 / (t.n - 1))
    return t.mean - c.mean, error, df, 2 * stats.t.sf(abs(t.mean - c.mean) / error, df)


def percent(difference, half, mean):
    return {
        "effect": 100 * difference / mean,
        "lower": 100 * (difference - half) / mean,
        "upper": 100 * (difference + half) / mean,
    }


def judge_welch(c, t):
    """p, and half the width of the interval at a level"""
    _, error, df, p = welch(c, t)
    return p, lambda level: critical(df, level) * error


def judge_sequential(c, t, tune):
    difference, error, df, once = welch(c, t)
    n = (c.n + t.n) * (-special.lambertw(-(ALPHA**2) / math.e, -1).real - 1) / tune
    p = min(1, math.sqrt(n + 1) * math.exp(-((difference / error) ** 2) * n / (2 * (n + 1))))
    half = lambda level: error * math.sqrt(2 * (n + 1) / n * math.log(math.sqrt(n + 1) / level))
    return max(p, once), lambda level: max(half(level), error * critical(df, level))


def row_of(c, t):
    difference, error, df, p = welch(c, t)
    half = critical(df) * error
    return {**percent(difference, half, c.mean), "difference_lower": difference - half, "t": difference / error, "p": p,
            "p_adjusted": p, "df": df, "significant": bool(abs(difference) > half), "control_users": c.n,
            "treatment_users": t.n, "control_mean": c.mean, "treatment_mean": t.mean, "control_sd": math.sqrt(c.var)}


def capped(arms, quantile=0.99):
    everybody = np.concatenate(list(arms.values()))
    threshold = np.quantile(everybody[~np.isnan(everybody)], quantile)
    return {arm: np.minimum(a, threshold) for arm, a in arms.items()}, threshold


def cuped(arms, covariates):
    """Values less theta (x - mean x), theta pooled within arms; who has no covariate has the mean of those who have one."""
    known = {arm: ~np.isnan(arms[arm]) for arm in arms}
    y = {arm: arms[arm][known[arm]] for arm in arms}
    x = {arm: covariates[arm][known[arm]] for arm in arms}
    centre = np.nanmean(np.concatenate(list(x.values())))
    x = {arm: np.where(np.isnan(x[arm]), centre, x[arm]) for arm in arms}
    centred = {arm: x[arm] - x[arm].mean() for arm in arms}
    theta = sum(centred[arm] @ y[arm] for arm in arms) / sum(centred[arm] @ centred[arm] for arm in arms)
    adjusted = {arm: y[arm] - theta * (x[arm] - centre) for arm in arms}
    within = lambda of: sum(((of[arm] - of[arm].mean()) ** 2).sum() for arm in arms)
    return adjusted, theta, 1 - within(adjusted) / within(y)


def put(of, where, keys, row):
    row = {key: float(x) if isinstance(x, np.number) else x for key, x in row.items()}
    print(json.dumps({"of": of, "in": where, **keys, **row}))


class Experiment:
    def __init__(self, events, name):
        self.name, self.control = name, CONTROL[name]
        self.arms = experiment_of(events, name)
        self.treatments = sorted(set(self.arms) - {self.control})
        self.plain = {m: {arm: values(u, m) for arm, u in self.arms.items()} for m in MEANS}
        self.plain.update({m: {arm: linearised(u, m) for arm, u in self.arms.items()} for m in RATIOS})

    def pairs(self, of_metrics=None):
        """(keys, control, treatment) of each row, in the order of a report"""
        for treatment in self.treatments:
            for metric, arms in (of_metrics or self.plain).items():
                keys = {"experiment": self.name, "treatment": treatment, "metric": metric}
                yield keys, Sample(arms[self.control]), Sample(arms[treatment])


def put_plain(x):
    for keys, c, t in x.pairs():
        put("", "effects", keys, row_of(c, t))


def levels(method, family):
    """At which level the interval of each of these p is drawn, by the formulas of lib/stats/adjust.h."""
    m, adjusted = len(family), multipletests(family, ALPHA, method)[1]
    found = int((adjusted < ALPHA).sum())
    c = sum(1 / i for i in range(1, m + 1)) if method == "fdr_by" else 1
    for p, q in zip(family, adjusted):
        rank = sorted(family).index(p) + 1
        if method == "holm":
            yield q, ALPHA / (m - rank + 1 if q < ALPHA else m - found)
        else:
            yield q, (found if q < ALPHA else found + 1) * ALPHA / (c * m)


def put_adjusted(x, tune=None):
    """With tune, of sequential intervals."""
    judge = (lambda c, t: judge_sequential(c, t, tune)) if tune else judge_welch
    rows = [(keys, c, t, *judge(c, t)) for keys, c, t in x.pairs()]
    for primary in None, "time":
        families = [[p for keys, _, _, p, _ in rows if (keys["metric"] == primary) == decides] for decides in (False, True)]
        for name, method in ("holm", "holm"), ("bh", "fdr_bh"), ("by", "fdr_by"):
            adjusted = [levels(method, family) if family else None for family in families]
            for keys, c, t, p, half_at in rows:
                q, level = next(adjusted[keys["metric"] == primary])
                of = f"--adjust {name}" + (f" --primary {primary}" if primary else "") + (" --sequential" if tune else "")
                interval = percent(t.mean - c.mean, half_at(level), c.mean)
                put(of, "effects", keys, {"p": p, "p_adjusted": q, "significant": bool(q < ALPHA), **interval})


def put_capped(x):
    for metric in MEANS:
        arms, threshold = capped(x.plain[metric])
        for keys, c, t in x.pairs({metric: arms}):
            put("--cap 99%", "effects", keys, {**row_of(c, t), "cap": threshold})


def put_cuped(x, of, covariates_of, cap=False, tune=None):
    """With tune, of sequential intervals."""
    for metric in MEANS:
        arms = capped(x.plain[metric])[0] if cap else x.plain[metric]
        covariates = {arm: np.array([covariates_of(metric, u) for u in x.arms[arm]], float) for arm in arms}
        adjusted, theta, removed = cuped(arms, covariates)
        for keys, c, t in x.pairs({metric: adjusted}):
            row = sequential_row(c, t, tune) if tune else row_of(c, t)
            put(of, "effects", keys, {**row, "theta": theta, "variance_removed": removed})


def put_balance(x, of, metrics, covariates_of):
    """Each covariate of those who have it by the test of Kruskal and Wallis, and who has one by Fisher's exact test of each arm
    against all others; the least p, times the number of tests."""
    covariates = {metric: [np.array([covariates_of(metric, u) for u in users], float) for users in x.arms.values()]
                  for metric in metrics}
    p = [stats.kruskal(*[a[~np.isnan(a)] for a in arms]).pvalue for arms in covariates.values()]
    known, users = (np.array([f(a) for a in covariates[metrics[0]]])
                    for f in (lambda a: (~np.isnan(a)).sum(), len))
    each = []
    for k, n in zip(known, users):
        table = [[k, n - k], [known.sum() - k, users.sum() - n - known.sum() + k]]
        each.append(2 * min(stats.fisher_exact(table, side).pvalue for side in ("less", "greater")))
    p.append(min(1, min(each) * (len(each) if len(each) > 2 else 1)))
    put(of, "health", {"experiment": x.name}, {"covariate_p": min(1, len(p) * min(p))})


def sequential_row(c, t, tune):
    p, half_at = judge_sequential(c, t, tune)
    difference, half = t.mean - c.mean, half_at(ALPHA)
    return {**percent(difference, half, c.mean), "difference": difference, "difference_lower": difference - half,
            "difference_upper": difference + half, "p": p, "p_adjusted": p, "significant": bool(p < ALPHA), "df": None}


def put_sequential(x, tune):
    for keys, c, t in x.pairs():
        put(f"--sequential --tune {tune}", "effects", keys, sequential_row(c, t, tune))


def fieller(c, t):
    """The lifts at which |m_t - (1 + L) m_c| reaches its critical value, by bisection; none where the control's mean itself
    may be 0."""
    difference, _, df, _ = welch(c, t)
    q, at = critical(df), difference / c.mean
    g = lambda l: (t.mean - (1 + l) * c.mean) ** 2 - q**2 * (t.v + (1 + l) ** 2 * c.v)
    bounds = {"lower": None, "upper": None}
    for bound, far in ("lower", -0.9), ("upper", 0.9):
        while q**2 * c.v < c.mean**2 and bounds[bound] is None:
            if g(at + far) > 0:
                bounds[bound] = 100 * optimize.brentq(g, at, at + far, xtol=1e-15)
            far *= 2
    return {"effect": 100 * at, **bounds}


def put_fieller(x):
    for keys, c, t in x.pairs():
        put("--lift fieller", "effects", keys, fieller(c, t))


def power(nc, vc, nt, vt, effect):
    a, b = vc / nc, vt / nt
    df = (a + b) ** 2 / (a**2 / (nc - 1) + b**2 / (nt - 1))
    return stats.nct.sf(critical(df), df, effect / math.sqrt(a + b))


def put_power(x):
    for keys, c, t in x.pairs():
        mde = optimize.brentq(lambda d: power(c.n, c.var, t.n, t.var, d) - 0.8, 1e-9 * c.mean, 10 * c.mean)
        enough = lambda n: power(n, c.var, max(2, math.ceil(n * t.n / c.n)), t.var, 0.1 * c.mean) >= 0.8
        low, high = 1, 2
        while not enough(high):
            low, high = high, 2 * high
        while high - low > 1:
            low, high = (low, (low + high) // 2) if enough((low + high) // 2) else ((low + high) // 2, high)
        put("--mde 10%", "power", keys, {"mde": 100 * mde / c.mean, "wanted": 10, "control_users": c.n,
                                         "treatment_users": t.n, "control_users_needed": high,
                                         "treatment_users_needed": max(2, math.ceil(high * t.n / c.n))})


def seen_of(x, weights):
    """Users of each arm, and as many as were planned."""
    seen = {arm: len(users) for arm, users in x.arms.items()}
    total = sum(weights[arm] for arm in seen)
    return seen, {arm: sum(seen.values()) * weights[arm] / total for arm in seen}


def put_split(x, of, weights, p=None):
    """With p, of another test than Pearson's."""
    seen, expected = seen_of(x, weights)
    test = stats.chisquare(list(seen.values()), list(expected.values()))
    for arm in seen:
        put(of, "srm", {"experiment": x.name, "arm": arm},
            {"users": seen[arm], "expected": expected[arm], "chi2": test.statistic, "df": len(seen) - 1,
             "p": test.pvalue if p is None else p})


def put_sequential_split(x, of, weights):
    """The multinomial of the plan against the Dirichlet-multinomial, as its probability is usually written: the coefficients
    n! / prod n_i! are in both, and cancel only in the last line."""
    seen, expected = seen_of(x, weights)
    n, k = sum(seen.values()), np.array(list(seen.values()), float)
    w = np.array(list(expected.values())) / n
    a = 10000 * w
    ways = special.gammaln(n + 1) - special.gammaln(k + 1).sum()
    planned = ways + special.xlogy(k, w).sum()
    drawn = ways + special.gammaln(a.sum()) - special.gammaln(a.sum() + n) + (special.gammaln(a + k) - special.gammaln(a)).sum()
    put_split(x, of, weights, min(1, math.exp(planned - drawn)))


def quantile_of(users, q):
    """(quantile, interval, standard error) of the time of a session. The share of sessions below is a regression on nothing
    but a constant, its standard error statsmodels' for clusters; the interval are the order statistics of Deng, Knoblich, Lu
    2018, section 5, the error of the quantile is Woodruff's (1952). Times are sums of hundredths: what rounding adds to
    them would make sessions of equal time differ, and is rounded off."""
    times = np.array([round(sum(e["time"] for e in s), 9) for sessions in users.values() for s in sessions])
    owner = np.repeat(np.arange(len(users)), [len(sessions) for sessions in users.values()])
    value, n, df = np.quantile(times, q), len(times), len(users) - 1
    fit = sm.OLS((times <= value).astype(float), np.ones(n)).fit(cov_type="cluster", cov_kwds={"groups": owner})
    ordered, t, h = np.sort(times), critical(df), critical(df) * fit.bse[0]
    low, high = math.floor(n * (q - h)), math.ceil(n * (q + h)) + 1
    bounds = (ordered[low - 1] if low >= 1 else None, ordered[high - 1] if high <= n else None)
    error = math.nan
    if q - h >= 0 and q + h <= 1:
        error = (np.quantile(times, q + h) - np.quantile(times, q - h)) / (2 * t)
    return value, bounds, error


def put_quantiles(x):
    of = "--quantiles 0.001,0.25,0.5,0.9"
    for q in 0.001, 0.25, 0.5, 0.9:
        control, _, control_error = quantile_of(x.arms[x.control], q)
        for arm, users in x.arms.items():
            value, (lower, upper), error = quantile_of(users, q)
            row = {"value": value, "lower": lower, "upper": upper, "difference": None, "difference_lower": None,
                   "difference_upper": None, "p": None}
            if arm != x.control:
                row["difference"] = value - control
            if arm != x.control and not math.isnan(error + control_error):
                nc, nt = len(x.arms[x.control]), len(users)
                test = stats.ttest_ind_from_stats(value, error * math.sqrt(nt), nt, control, control_error * math.sqrt(nc), nc,
                                                  equal_var=False)
                df = (error**2 + control_error**2) ** 2 / (error**4 / (nt - 1) + control_error**4 / (nc - 1))
                half = critical(df) * math.hypot(error, control_error)
                row.update({"difference_lower": value - control - half, "difference_upper": value - control + half,
                            "p": test.pvalue})
            put(of, "quantiles", {"experiment": x.name, "arm": arm, "quantile": q}, row)


def days_of(x):
    """{day: {arm: {user: [session]}}}, by the day on which a session ended"""
    days = collections.defaultdict(lambda: collections.defaultdict(lambda: collections.defaultdict(list)))
    for arm, users in x.arms.items():
        for user, sessions in users.items():
            for session in sessions:
                days[session[-1]["timestamp"] // 86400000][arm][user].append(session)
    return days


def until(days, last):
    """The same of all days until then, in one."""
    arms = collections.defaultdict(lambda: collections.defaultdict(list))
    for day in sorted(day for day in days if day <= last):
        for arm, users in days[day].items():
            for user, sessions in users.items():
                arms[arm][user] += sessions
    return arms


def samples_of(arms, metric, cap, covariates_of):
    """Of {arm: {user: [session]}}, as those of effects are made; without the arms in which less than two users have a value."""
    samples = {arm: linearised(users, metric) if metric in RATIOS else values(users, metric) for arm, users in arms.items()}
    if cap and metric in MEANS:
        samples, _ = capped(samples, cap)
    if covariates_of and metric in MEANS:
        with np.errstate(invalid="ignore"):  # on a day of few users nothing may vary
            samples, _, _ = cuped(samples, {arm: np.array([covariates_of(metric, u) for u in arms[arm]], float)
                                            for arm in arms})
    return {arm: Sample(a) for arm, a in samples.items() if (~np.isnan(a)).sum() > 1}


def put_days(x, metric, of, cap=None, covariates_of=None, lift=row_of):
    days = days_of(x)
    for day in sorted(days):
        both = {"": samples_of(days[day], metric, cap, covariates_of),
                "cumulative_": samples_of(until(days, day), metric, cap, covariates_of)}
        for treatment in x.treatments:
            row = {}
            for prefix, arms in both.items():
                c, t = arms.get(x.control), arms.get(treatment)
                if not c or not t:
                    continue
                said = lift(c, t)
                row.update({prefix + key: said[key] for key in ("effect", "lower", "upper")})
                row.update({prefix + "control_mean": c.mean, prefix + "treatment_mean": t.mean})
            date = (datetime.date(1970, 1, 1) + datetime.timedelta(int(day))).isoformat()
            put(of, "days", {"experiment": x.name, "treatment": treatment, "day": date, "metric": metric}, row)


def murmur3(key, seed):
    """The 32-bit MurmurHash3 of some text."""
    data, mask, h = key.encode(), 0xFFFFFFFF, seed
    rotated = lambda k, n: (k << n | k >> (32 - n)) & mask
    for i in range(0, len(data), 4):
        k = rotated(int.from_bytes(data[i : i + 4], "little") * 0xCC9E2D51 & mask, 15) * 0x1B873593 & mask
        h ^= k
        if len(data) - i >= 4:
            h = (rotated(h, 13) * 5 + 0xE6546B64) & mask
    h ^= len(data)
    for shift, factor in (16, 0x85EBCA6B), (13, 0xC2B2AE35), (16, 1):
        h = (h ^ h >> shift) * factor & mask
    return h


def put_audit(x, of, runs, cap=None, covariates_of=None, tune=None):
    """How often halves of the control differ; users are split as arms are assigned, by the name of an experiment."""
    users = x.arms[x.control]
    low, high = (int(n) for n in stats.binom.ppf([0.0005, 0.9995], runs, ALPHA))
    judge = (lambda c, t: judge_sequential(c, t, tune)) if tune else judge_welch
    for metric in MEANS + RATIOS:
        alarms = 0
        y = values(users, metric) if metric in MEANS else None
        if cap and metric in MEANS:
            y = capped({"": y}, cap)[0][""]
        for run in range(runs):
            seed = murmur3(f"{x.name}/aa/{run}", 0)
            half = np.array([murmur3(str(user), seed) % 2 for user in users])
            if metric in RATIOS:
                halves = {h: linearised({u: s for i, (u, s) in zip(half, users.items()) if i == h}, metric) for h in (0, 1)}
            else:
                halves = {h: y[half == h] for h in (0, 1)}
                if covariates_of:
                    covariates = np.array([covariates_of(metric, user) for user in users], float)
                    halves, _, _ = cuped(halves, {h: covariates[half == h] for h in (0, 1)})
            alarms += bool(judge(Sample(halves[0]), Sample(halves[1]))[0] < ALPHA)
        method = "sequential" if tune else "mean" if metric in MEANS else "ratio"
        if metric in MEANS:
            method += (", capped" if cap else "") + (", cuped" if covariates_of else "")
        put(of, "aa", {"experiment": x.name, "metric": metric},
            {"method": method, "runs": runs, "alarms": alarms, "lower": 0 if tune else low, "upper": high})


def put_sources(x, events):
    """Of all events, also those of users who do not count."""
    heard, counts = collections.defaultdict(set), collections.defaultdict(list)
    for event in events:
        heard[event["user"]].add(event["track"])
        arm = event["experiments"].get(x.name)
        if arm and event["recommendation"] is not None:
            answer = (event.get("pool"), event["recommendation"] in heard[event["user"]])
            counts[arm, event.get("source", "(none)")].append(answer)
            counts[arm, "(all)"].append(answer)
        if event["message"] == "last":
            heard[event["user"]].clear()
    for (arm, source), answers in counts.items():
        pools = [pool for pool, _ in answers if pool is not None]
        put("--sources", "sources", {"experiment": x.name, "arm": arm, "source": source},
            {"answers": len(answers), "share": 100 * len(answers) / len(counts[arm, "(all)"]),
             "mean_pool": np.mean(pools) if pools else None,
             "repeated_tracks": 100 * np.mean([repeated for _, repeated in answers]), "repeated_artists": None})


def main():
    events = [json.loads(line) for line in open(sys.argv[1])]
    file = {row["user"]: row["value"] for row in map(json.loads, open(sys.argv[2]))}
    before = sessions_of([e for e in events if e["timestamp"] < MOMENT])
    after = [e for e in events if e["timestamp"] >= MOMENT]
    from_file = lambda metric, user: file.get(user, math.nan)
    from_log = lambda metric, user: value(metric, before[user]) if user in before else math.nan
    for name in CONTROL:
        x = Experiment(events, name)
        put_plain(x)
        put_adjusted(x)
        put_adjusted(x, 10000)
        put_capped(x)
        put_cuped(x, "--covariate covariates", from_file)
        put_cuped(x, "--covariate covariates --cap 99%", from_file, cap=True)
        put_cuped(x, "--sequential --tune 500 --covariate covariates", from_file, tune=500)
        put_cuped(Experiment(after, name), "--covariate-before 2024-01-03", from_log)
        put_balance(x, "balance: --covariate covariates", ["time"], from_file)
        put_balance(Experiment(after, name), "balance: --covariate-before 2024-01-03", MEANS, from_log)
        put_sequential(x, 10000)
        put_sequential(x, 500)
        put_fieller(x)
        put_power(x)
        put_quantiles(x)
        put_days(x, "time", "--days")
        put_days(x, "mean_request_latency", "--days --primary mean_request_latency")
        put_days(x, "time", "--days --cap 90%", cap=0.9)
        put_days(x, "time", "--days --covariate covariates", covariates_of=from_file)
        put_days(Experiment(after, name), "time", "--days --covariate-before 2024-01-03 --cap 90% --lift fieller", cap=0.9,
                 covariates_of=from_log, lift=fieller)
        put_days(x, "mean_request_latency", "--days --primary mean_request_latency --sequential --tune 500 --covariate covariates",
                 covariates_of=from_file, lift=lambda c, t: sequential_row(c, t, 500))
        put_days(x, "time_per_track", "--days --primary time_per_track --cap 90% --covariate covariates", cap=0.9,
                 covariates_of=from_file)
        put_days(x, "time_per_session", "--days --primary time_per_session --lift fieller", lift=fieller)
        put_audit(x, "--aa 300", 300)
        put_audit(x, "--aa 300 --cap 90% --covariate covariates", 300, cap=0.9, covariates_of=from_file)
        put_audit(x, "--aa 300 --sequential --tune 20 --cap 50%", 300, cap=0.5, tune=20)
        put_audit(Experiment(after, name), "--aa 300 --covariate-before 2024-01-03", 300, covariates_of=from_log)
        put_sources(x, events[:-1])
    splits = [("X", {"C": 2, "T1": 1, "T2": 1}), ("X", {"C": 1, "T1": 1, "T2": 1}), ("Y", {"off": 1, "on": 2}),
              ("Y", {"off": 1, "on": 9})]
    for name, weights in splits:
        split = "--split " + ",".join(f"{arm}={weight}" for arm, weight in weights.items()) + f" --experiment {name}"
        put_split(Experiment(events, name), split, weights)
        put_sequential_split(Experiment(events, name), "--sequential " + split, weights)
    for runs in 1000, 77:
        low, high = stats.binom.ppf([0.0005, 0.9995], runs, ALPHA)
        put(f"--aa {runs}", "aa", {"experiment": "X", "metric": "time"}, {"runs": runs, "lower": int(low), "upper": int(high)})


if __name__ == "__main__":
    main()
