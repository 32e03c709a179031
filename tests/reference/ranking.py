# What botify-evaluate ranking has to say of tables, computed another way: query after query, from lists and sets, by numpy
# and scipy; to be compared to 1e-9.
#
#   python3 tests/reference/ranking.py QUERY LIKED CATALOG TOP USER_TRACKS SIMILAR LOG
#
# QUERY is user, session or listen; a table that does not rank for it is "-". Prints a line of JSON for each table, cutoff
# and metric, and for comparisons with the first table.
import json
import sys

import numpy as np
import scipy.stats

query, liked = sys.argv[1], float(sys.argv[2])
catalog, top, user_tracks, similar, log = sys.argv[3:]
CUTOFFS = [1, 5, 10, None]

artist = {t["track"]: t["artist"] for t in map(json.loads, open(catalog))}
events = [json.loads(line) for line in open(log)]

plays = {}
for e in events:
    plays[e["track"]] = plays.get(e["track"], 0) + 1

# (user, first track, track before, relevant tracks), a query each
queries, open_sessions = [], {}
for e in events:
    s = open_sessions.setdefault(e["user"], [])
    s.append((e["track"], e["time"]))
    if e["message"] == "last":
        queries.append((e["user"], open_sessions.pop(e["user"])))
queries += [(u, s) for u, s in open_sessions.items()]
if query == "user":
    likes = {}
    for user, s in queries:
        likes.setdefault(user, set()).update(t for t, time in s if time >= liked)
    queries = [(user, None, None, r) for user, r in likes.items()]
elif query == "session":
    queries = [(user, s[0][0], s[0][0], {t for t, time in s if time >= liked and t != s[0][0]}) for user, s in queries]
else:
    recommended = similar != "-"
    queries = [(user, s[0][0], s[i - 1][0] if i > 0 else None, {s[i][0]})
               for user, s in queries for i in range(recommended, len(s)) if s[i][1] >= liked]
queries = [q for q in queries if q[3]]

tables = []
if top != "-":
    best = json.load(open(top))
    tables.append((top.split(".")[0], lambda q: best))
if user_tracks != "-":
    lists = {x["user"]: x["tracks"] for x in map(json.loads, open(user_tracks))}
    tables.append((user_tracks.split(".")[0], lambda q: lists.get(q[0], [])))
if similar != "-":
    near = {x["track"]: x["recommendations"] for x in map(json.loads, open(similar))}
    tables.append((similar.split(".")[0], lambda q: near.get(q[2], [])))


def metrics(ranking, relevant, k):
    head = ranking[:k]
    hits = np.array([t in relevant for t in head], dtype=float)
    ranks = np.arange(1, len(head) + 1)
    best = np.ones(min(len(relevant), k if k else len(relevant)))
    places = k if k else len(ranking)
    pairs = [artist[a] != artist[b] for i, a in enumerate(head) for b in head[:i]]
    out = {
        "precision": hits.sum() / places if places else 0,
        "recall": hits.sum() / len(relevant),
        "hit_rate": float(hits.any()),
        "mrr": 1 / (np.argmax(hits) + 1) if hits.any() else 0,
        "ndcg": (hits / np.log2(1 + ranks)).sum() / (best / np.log2(1 + np.arange(1, len(best) + 1))).sum(),
        "map": (hits * np.cumsum(hits) / ranks).sum() / len(relevant),
        "artist_diversity": np.mean(pairs) if pairs else 0,
    }
    if top != "-":
        popular = set(best_of(k))
        out["serendipity"] = sum(t in relevant and t not in popular for t in head) / places if places else 0
    return out


def best_of(k):
    return best[:k]


def gini(x):
    return np.abs(x[:, None] - x[None, :]).sum() / (2 * len(x) ** 2 * x.mean())


def say(**fields):
    print(json.dumps(fields))


first = {}
for name, rank in tables:
    for k in CUTOFFS:
        values, users, shown = {}, [], np.zeros(len(artist))
        place = {t: i for i, t in enumerate(sorted(artist))}
        for q in queries:
            ranking = rank(q)
            users.append(q[0])
            for metric, value in metrics(ranking, q[3], k).items():
                values.setdefault(metric, []).append(value)
            for t in ranking[:k]:
                shown[place[t]] += 1
        at = f"@{k}" if k else ""
        for metric, v in values.items():
            say(table=name, metric=metric + at, value=np.mean(v))
            if name == tables[0][0]:
                first[metric + at] = v
            elif query == "user":
                test = scipy.stats.ttest_rel(v, first[metric + at])
                d = np.mean(v) - np.mean(first[metric + at])
                half = scipy.stats.t.ppf(0.975, len(v) - 1) * scipy.stats.sem(np.array(v) - first[metric + at])
                if half > 0:
                    say(table=name, metric=metric + at, difference=d, difference_lower=d - half,
                        difference_upper=d + half, p=test.pvalue)
        say(table=name, metric="coverage" + at, value=np.mean(shown > 0))
        say(table=name, metric="gini" + at, value=gini(shown))
        bits = np.array([-np.log2(plays.get(t, 1) / len(events)) for t in sorted(artist)])
        say(table=name, metric="novelty" + at, value=(shown * bits).sum() / shown.sum())
