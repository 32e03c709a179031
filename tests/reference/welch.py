#!/usr/bin/env python3
"""Reference values for botify-abtest, by SciPy, from a log on standard input:

    awk -f welch-log.awk | python3 welch.py > welch.json

One effect a line, the keys of `botify-abtest --format ndjson`; before them a line that says which SciPy, and what was
left out of each experiment. Shares nothing with botify but the definition of the metrics. The quantile is the root of
SciPy's own tail, because scipy.stats.t.isf itself is off by up to 4e-9 at few degrees of freedom (1.10.1)."""

import collections
import json
import math
import sys

import numpy as np
import scipy
from scipy import optimize, stats

ALPHA = 0.05


def critical(df):
    return optimize.brentq(lambda x: stats.t.sf(x, df) - ALPHA / 2, 0, 1e3, xtol=1e-300, rtol=1e-15)


def users_of(events):
    """{user: (arms, sessions)}, a session being a list of events; the unfinished one is dropped."""
    users = {}
    for event in events:
        arms, sessions, running = users.setdefault(event["user"], (set(), [], []))
        arms.add(event["arm"])
        running.append(event)
        if event["message"] == "last":
            sessions.append(list(running))
            running.clear()
    return users


def metrics(sessions):
    latencies = [e["latency"] for s in sessions for e in s if "latency" in e]
    return {
        "time": sum(e["time"] for s in sessions for e in s),
        "sessions": len(sessions),
        "mean_request_latency": 1000 * np.mean(latencies) if latencies else None,
        "mean_tracks_per_session": np.mean([len(s) for s in sessions]),
        "mean_time_per_session": np.mean([sum(e["time"] for e in s) for s in sessions]),
    }


def ratios(sessions):
    """(numerator, denominator) of a user, for the metrics that are pooled over users."""
    time = sum(e["time"] for s in sessions for e in s)
    return {"time_per_session": (time, len(sessions)), "time_per_track": (time, sum(map(len, sessions)))}


def mean_of(values):
    """(mean, standard deviation, users)"""
    a = np.array(values, float)
    return a.mean(), a.std(ddof=1), len(a)


def ratio_of(pairs):
    """The same of a sum over a sum, by the delta method: sd / sqrt(users) is the standard error of the ratio."""
    y, x = np.array(pairs, float).T
    ratio, cov = y.sum() / x.sum(), np.cov(y, x)
    variance = cov[0, 0] - 2 * ratio * cov[0, 1] + ratio**2 * cov[1, 1]
    return ratio, math.sqrt(variance) / x.mean(), len(x)


def compare(control, treatment, method):
    of = mean_of if method == "mean" else ratio_of
    (c, c_sd, c_n), (t, t_sd, t_n) = of(control), of(treatment)
    test = stats.ttest_ind_from_stats(t, t_sd, t_n, c, c_sd, c_n, equal_var=False)
    vc, vt = c_sd**2 / c_n, t_sd**2 / t_n
    df = (vc + vt) ** 2 / (vc**2 / (c_n - 1) + vt**2 / (t_n - 1))
    difference, half = t - c, critical(df) * math.sqrt(vc + vt)
    return {
        "effect": 100 * difference / c,
        "lower": 100 * (difference - half) / c,
        "upper": 100 * (difference + half) / c,
        "control_mean": c,
        "treatment_mean": t,
        "significant": bool(abs(difference) > half),
        "control_users": c_n,
        "treatment_users": t_n,
        "p": test.pvalue,
        "t": test.statistic,
        "df": df,
        "difference": difference,
        "difference_lower": difference - half,
        "difference_upper": difference + half,
        "control_sd": c_sd,
        "treatment_sd": t_sd,
        "alpha": ALPHA,
        "method": method,
    }


def main():
    experiments = collections.defaultdict(list)
    for line in sys.stdin:
        event = json.loads(line)
        for name, arm in event["experiments"].items():
            experiments[name].append({**event, "arm": arm})
    users = {name: users_of(events) for name, events in experiments.items()}
    left_out = {
        name: {
            "users_in_two_arms": sum(len(arms) > 1 for arms, _, _ in of.values()),
            "unfinished_sessions": sum(len(running) > 0 for _, _, running in of.values()),
        }
        for name, of in users.items()
    }
    print(json.dumps({"scipy": scipy.__version__, "left_out": left_out}))
    for name in experiments:
        values = collections.defaultdict(lambda: collections.defaultdict(list))
        for arms, sessions, _ in users[name].values():
            if len(arms) == 1 and sessions:
                for metric, value in {**metrics(sessions), **ratios(sessions)}.items():
                    if value is not None:
                        values[min(arms)][metric].append(value)
        for arm in sorted(set(values) - {"C"}):
            for metric, control in values["C"].items():
                method = "ratio" if metric in ratios([]) else "mean"
                row = compare(control, values[arm][metric], method)
                print(json.dumps({"experiment": name, "control": "C", "treatment": arm, "metric": metric, **row}))


if __name__ == "__main__":
    main()
