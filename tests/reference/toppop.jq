# What botify-toppop counts, by the formulas of its manual page and nothing else: {"arm","track","score","time","plays"} a track.
#
#     jq -n -c -f toppop.jq --argjson how '{"by":"mean","prior":10,"half_life":604800000,…}' log.ndjson
#
# `how` has by, prior, liked, since, until, half_life, debias, recommended and by_arm; null is none.

def sum(f): reduce .[] as $x (0; . + ($x | f));

# Each event with the weight of the recommendation that it listens to, null where its user's event before was of another track.
def listens:
	reduce .[] as $e ({before: {}, list: []};
		.before[$e.user | tostring] as $b
		| .list += [$e + {met: ($b != null and $b.recommendation == $e.track),
				  inverse: (if $b == null then null elif $b.pool then $b.pool
					    elif $b.propensity then 1 / $b.propensity else null end)}]
		| .before[$e.user | tostring] = $e)
	| .list;

[inputs] | listens
| map(select(($how.since == null or .timestamp >= $how.since) and ($how.until == null or .timestamp < $how.until)))
| ($how.until // (map(.timestamp) | max)) as $now
| map(select((($how.debias or $how.recommended) | not) or .met))
| map(select(($how.debias | not) or .inverse != null))
| map(.weight = (if $how.debias then .inverse else 1 end)
		* (if $how.half_life then ((.timestamp - $now) / $how.half_life | exp2) else 1 end))
| group_by(if $how.by_arm then .experiments.E else null end)[]
| (sum(.weight * .time) / sum(.weight)) as $mean
| group_by(.track)[]
| {arm: (if $how.by_arm then .[0].experiments.E else null end), track: .[0].track,
   score: (if $how.by == "time" then sum(.weight * .time)
	   elif $how.by == "plays" then sum(.weight)
	   elif $how.by == "mean" then (sum(.weight * .time) + $how.prior * $mean) / (sum(.weight) + $how.prior)
	   elif $how.by == "users" then map(.user) | unique | length
	   else map(select(.time >= $how.liked)) | sum(.weight) end),
   time: sum(.time), plays: length}
