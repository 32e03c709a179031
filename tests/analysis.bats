#!/usr/bin/env bats
# What botify-abtest can do with a log beyond comparing means: every method against NumPy, SciPy and statsmodels
# (reference/analysis.py), over a log of ten days (reference/analysis-log.awk); and what must hold whatever the numbers.

bats_require_minimum_version 1.5.0

setup() {
	bin=${BOTIFY_BIN:-$BATS_TEST_DIRNAME/../build}
	here=$BATS_TEST_DIRNAME
	cd "$BATS_TEST_TMPDIR" || exit
}

abtest() {
	"$bin/botify-abtest" "$@"
}

# The log and the covariates that analysis.json was made from.
make_log() {
	awk -f "$here/reference/analysis-log.awk" >log
	awk -v what=covariates -f "$here/reference/analysis-log.awk" >covariates
	[ "$(cat log covariates | cksum)" = "2917859867 2372278" ]
}

# The same log, whose experiments begin on the third day: what came before may be a covariate.
make_history() {
	awk -v begin=1704240000000 -f "$here/reference/analysis-log.awk" >history
}

# Runs a report with each set of options that the reference has and that matches $1; each row of the reference must be
# in it, and every number equal it to $2: a p of its own size, however small, the others also where they are near 0.
agrees() {
	local of log n=0

	make_log
	make_history
	while IFS= read -r of; do
		case $of in *covariate-before*) log=history ;; *) log=log ;; esac
		# shellcheck disable=SC2086
		abtest --format json $of $log >report
		jq -n --arg of "$of" --argjson tolerance "$2" --slurpfile got report --slurpfile want "$here/reference/analysis.json" '
			def near(a; b; least): if (a | type) == "number" and (b | type) == "number"
				then (a - b | fabs) <= $tolerance * ([least, (b | fabs)] | max) else a == b end;
			def names: [.experiment, .treatment, .arm, .metric, .quantile, .day, .source];
			$got[0] as $got | $want[] | select(.of == $of) | . as $row
			| [$got[.in][] | select(names == ($row | names))] as $found
			| if ($found | length) != 1 then {missing: $row, found: $found} else
				$row | keys[] | select(. != "of" and . != "in")
				| select(near($found[0][.]; $row[.]; if startswith("p") then 0 else 1e-3 end) | not)
				| {of: $of, row: ($row | names), key: ., got: $found[0][.], want: $row[.]} end' >differences
		[ ! -s differences ] || { head -40 differences; return 1; }
		n=$((n + 1))
	done < <(jq -r .of "$here/reference/analysis.json" | sort -u | grep -E -e "$1")
	[ "$n" -ge "${3:-1}" ]
}

@test "no option: Welch, and the delta method for ratios" {
	agrees '^$' 1e-9
}

@test "--adjust holm, bh, by: statsmodels' multipletests, and intervals at their level; --primary apart" {
	agrees '^--adjust' 1e-9 12
}

@test "--cap: one threshold for all arms, type 7" {
	agrees '^--cap' 1e-9
}

@test "--covariate, --covariate-before: CUPED, also of capped values" {
	agrees '^--covariate' 1e-9 3
}

@test "covariates that the arms do not share: SciPy's Kruskal-Wallis and exact tests; a finding, and fatal" {
	make_log
	make_history
	jq -r 'select(.of | startswith("balance: ")) | [.of[9:], .experiment, .covariate_p] | @tsv' "$here/reference/analysis.json" >wanted
	[ "$(wc -l <wanted)" = 4 ]
	while IFS=$'\t' read -r of experiment p; do
		# shellcheck disable=SC2086
		abtest --format json $of --experiment "$experiment" "$([[ $of == *before* ]] && echo history || echo log)" |
			jq -e --argjson p "$p" '.health.experiments[0] | (.covariate_p / $p - 1 | fabs) < 1e-9
				and .unbalanced_covariates == if $p < 0.001 then 2 else 0 end'
	done <wanted
	# users of T2 were of another taste all along
	run -3 --separate-stderr abtest --fail-on health --covariate-before 2024-01-03 history
	# shellcheck disable=SC2154 # bats sets it
	[ "$stderr" = "botify-abtest: unbalanced_covariates: experiment X: 2 covariates differ between the arms: mean_tracks_per_session, mean_time_per_session (p = 0.0001)." ]
	abtest --covariate-before 2024-01-03 history >report
	[ "$(sed -n '2p;4p' report)" = "Do not trust this yet:"$'\n'"2 covariates differ between the arms: mean_tracks_per_session, mean_time_per_session (p = 0.0001)." ]
	tr '\n' ' ' <report | grep -q 'The arms are alike in it (p = 0.4222)[.]'
	for format in markdown html; do
		abtest --format $format --covariate-before 2024-01-03 history | grep 'Do not trust this yet' | grep -q 'covariates differ between the arms: mean'
	done
	abtest --format prometheus --covariate-before 2024-01-03 history | grep -x 'botify_abtest_covariate_p_value{experiment="Y"} 0.42[0-9]*'
	run --separate-stderr abtest --format csv --covariate-before 2024-01-03 history
	[[ $stderr == *"botify-abtest: X: 2 covariates differ between the arms: mean_tracks_per_session, mean_time_per_session (p = 0.0001)." ]]
	# what was measured while the arms had their effect, though a file says that it was before
	jq -c '{user, value: (if .user % 2 == 1 then .value + 100 else .value end)}' covariates >late
	jq -c '.experiments.X = (if .user % 2 == 1 then "T" else "C" end)' log >halves
	abtest --fail-on health --experiment X --covariate covariates halves
	run -3 --separate-stderr abtest --fail-on health --experiment X --covariate late halves
	[[ $stderr == "botify-abtest: unbalanced_covariates: experiment X: 1 covariate differs between the arms: value (p = "*"e-"*")." ]]
	run -3 abtest --fail-on health --experiment X --sequential --tune 500 --covariate late halves
	# who has one at all
	jq -c 'select(.user % 2 == 1 or .user % 3 > 0)' covariates >some
	run -3 --separate-stderr abtest --fail-on health --experiment X --covariate some halves
	[[ $stderr == *": 1 covariate differs between the arms: who has one (p = "*"e-"*")." ]]
	# of parts it is the same
	for n in 0 1 2; do
		awk -v n=$n '{ match($0, /"user":[0-9]+/) } substr($0, RSTART + 7, RLENGTH - 7) % 3 == n' history |
			abtest --partial --covariate-before 2024-01-03 -o part.$n
	done
	abtest --merge --format json --covariate-before 2024-01-03 part.2 part.0 part.1 |
		cmp - <(abtest --format json --covariate-before 2024-01-03 history)
}

@test "--sequential: the bounds of the confidence sequence, for two --tune, and of values adjusted by a covariate" {
	agrees '^--sequential --tune' 1e-9 3
}

@test "--lift fieller: the lifts at the edge of significance" {
	agrees '^--lift' 1e-9
}

@test "--mde: SciPy's noncentral t" {
	agrees '^--mde' 1e-8
}

@test "--split: SciPy's chi-square" {
	agrees '^--split' 1e-9 4
}

@test "--sequential --split: the Dirichlet-multinomial, by SciPy's gammaln" {
	agrees '^--sequential --split' 1e-9 4
}

@test "--quantiles: NumPy's, with intervals and p by statsmodels' standard errors for clusters" {
	agrees '^--quantiles' 1e-9
}

@test "--days: of each day alone, and of all until then; capped, with covariates, sequential, by Fieller, of ratios" {
	agrees '^--days' 1e-9 8
}

@test "--sources: counts over the log" {
	agrees '^--sources' 1e-9
}

@test "--aa: SciPy's binomial band, and alarms counted over the same splits: plain, capped, with covariates, sequential" {
	agrees '^--aa' 0 6
}

@test "--days: the last row of an arm is its effect, whatever is asked for" {
	make_log
	make_history
	for metric in time mean_request_latency mean_time_per_session time_per_session time_per_track; do
		for more in "" "--cap 80%" "--covariate covariates" "--covariate-before 2024-01-03 --cap 95% --lift fieller" \
			"--sequential --tune 300 --covariate covariates"; do
			# shellcheck disable=SC2086
			abtest --format json --days --primary $metric $more "$([[ $more == *before* ]] && echo history || echo log)" |
				jq -e --arg metric $metric '
				def near($a; $b): $a - $b | fabs <= 1e-9 * ($b | fabs);
				.effects as $effects | .days | length > 0 and (group_by([.experiment, .treatment]) | all(last as $day
					| any($effects[]; .experiment == $day.experiment and .treatment == $day.treatment and .metric == $metric
						and $day.metric == $metric and near($day.cumulative_effect; .effect)
						and near($day.cumulative_lower; .lower) and near($day.cumulative_upper; .upper)
						and near($day.cumulative_control_mean; .control_mean))))'
		done
	done
}

@test "--days: users are told, and of a day with few of them nothing else" {
	# 80 users on the first day; three sessions an arm end after midnight, and their times are anything
	for user in $(seq 80); do
		echo '{"message":"last","timestamp":1704067200000,"user":'"$user"',"track":1,"time":0.'$((user % 9))',"experiments":{"X":"'"$((user % 2))"'"}}'
		[ "$user" -gt 6 ] ||
			echo '{"message":"last","timestamp":1704153600000,"user":'"$user"',"track":1,"time":0.'$((user * user % 10))',"experiments":{"X":"'"$((user % 2))"'"}}'
	done >log
	abtest --format json --days log | jq -e '.days[1] | .control_users == 3 and .treatment_users == 3 and .control_mean == null and
		.treatment_mean == null and .effect == null and .lower == null and .upper == null and .cumulative_upper > 0'
	abtest --days log >report
	grep -xE '2024-01-01 +40 +40 +0.[0-9]+ +0.[0-9]+ +[+-][0-9.]+% +-[0-9.]+% +[+][0-9.]+%' report
	grep -xE '2024-01-02 +3 +3( +-){5}' report
	run ! grep -E '.{81}' report
	abtest --format markdown log --days | grep -E '^\| X \| 1 \| .* \| 2024-01-02 \| 3 \| 3 \| – \| – \| – \| – \| – \|'
}

@test "--days, --lift fieller: where the control's mean may be 0 there are no bounds, and nothing odd in any format" {
	for user in $(seq 60); do
		echo '{"message":"last","user":'"$user"',"track":1,"time":'$((user % 30 == 0))',"timestamp":'"$user"',"experiments":{"X":"'$((user % 2))'"}}'
	done >log
	abtest --format json --days --lift fieller --control 0 log |
		jq -e '.days[0] | .effect == -100 and .lower == null and .upper == null and .cumulative_lower == null'
	abtest --format json --days --control 0 log | jq -e '.days[0] | .lower < 0 and .upper > 0'
	# and so there is no column for them
	abtest --days --control 0 log | grep -c '^day .* from ' | grep -x 2
	run ! grep '^day .* from ' <(abtest --days --lift fieller --control 0 log)
	for format in table markdown html; do
		abtest --format $format --days --lift fieller --control 0 log >report
		run ! grep -qiE '\bnan\b|\binf(inity)?\b' report
	done
}

@test "--aa: 1,000 splits of a sane log stay within the band, sequential or not" {
	make_log
	abtest --format json --aa 1000 log | jq -e '.aa | length == 14 and all(.runs == 1000 and .verdict == "as it should"
		and .alarms >= .lower and .alarms <= .upper)'
	abtest --format json --aa 1000 --sequential --tune 300 log |
		jq -e '.aa | all(.lower == 0 and .alarms < 20 and .method == "sequential")'
	# the same log, the same audit
	abtest --format json --aa 100 log | cmp - <(abtest --format json --aa 100 log)
}

@test "--aa: what is capped or adjusted keeps to the band as well" {
	make_log
	abtest --format json --aa 1000 --cap 90% --covariate covariates log |
		jq -e '.aa | length == 14 and all(.runs == 1000 and .verdict == "as it should")
			and (map(.method) | unique == ["mean, capped, cuped", "ratio"])'
	# ratios are as they were without, of the fewer users who are left
	make_history
	abtest --format json --aa 1000 --covariate-before 2024-01-03 history |
		jq -e '.aa | map(select(.method != "ratio")) | length == 10 and all(.verdict == "as it should" and .method == "mean, cuped")'
}

@test "--aa: it audits the effects, not the users of the other arms" {
	make_log
	# what the control does is the same; the others are all above any cap
	jq -c 'if .experiments.Y == "on" then .time *= 50 else . end' log >changed
	for more in "--cap 90%" "--covariate covariates" "--cap 90% --sequential --tune 20"; do
		# shellcheck disable=SC2086
		abtest --format json --aa 100 --experiment Y $more log | jq .aa >want
		# shellcheck disable=SC2086
		abtest --format json --aa 100 --experiment Y $more changed | jq .aa | cmp - want
	done
}

@test "--aa: a user who is worth a hundred others is found out" {
	for user in $(seq 100); do
		echo '{"message":"last","user":'"$user"',"track":1,"time":0.'$((user % 10))',"experiments":{"X":"C"}}'
	done >log
	for _ in $(seq 500); do
		echo '{"message":"last","user":101,"track":1,"time":1,"experiments":{"X":"C"}}'
	done >>log
	abtest --format json --aa 1000 log | jq -r '.aa[] | .metric + ": " + .verdict' | diff - <(
		echo 'time: too few'
		echo 'sessions: too few'
		echo 'mean_request_latency: unknown'
		echo 'mean_tracks_per_session: unknown'
		echo 'mean_time_per_session: as it should'
		echo 'time_per_session: too many'
		echo 'time_per_track: too many'
	)
	# it weighs no more than others where values are capped
	abtest --format json --aa 1000 --cap 90% log | jq -e '.aa | map(select(.metric == "time"))[0]
		| .verdict == "as it should" and .method == "mean, capped"'
}

@test "--fail-on: 3 with a sentence, 0 otherwise, 2 for a name that it does not know" {
	make_log
	abtest --help | grep -x '3 something of --fail-on was found.'
	run -3 --separate-stderr abtest --fail-on srm log
	# shellcheck disable=SC2154 # bats sets it
	[ "$stderr" = "botify-abtest: srm: users of experiment X are not split as planned (p = 2e-09)" ]
	[ "$output" = "$(abtest log)" ]
	run -0 --separate-stderr abtest --fail-on srm,health --split C=2,T1=1,T2=1 --experiment X log
	[ -z "$stderr" ]
	run -3 --separate-stderr abtest --fail-on srm,users_in_two_arms --split C=2,T1=1,T2=1 --experiment X log
	[ "$stderr" = "botify-abtest: users_in_two_arms: experiment X: 3 users seen in more than one arm: left out." ]
	run -3 --separate-stderr abtest --fail-on health --split C=2,T1=1 --experiment X log
	[[ $stderr == "botify-abtest: unplanned_arms: "*T2* ]]
	run -0 abtest --fail-on out_of_order_events,duplicate_events,malformed_lines log
	for bad in srn "" srm,,health "srm, health"; do
		run -2 --separate-stderr abtest --fail-on "$bad" log
		[ -z "$output" ]
		[[ $stderr == "botify-abtest: --fail-on knows srm, health, malformed_lines, "*", unbalanced_covariates; not '"* ]]
	done
}

@test "--fail-on: what was asked for goes before a line that was passed over, and is for no part" {
	make_log
	sed '7s/^/nonsense/' log >malformed
	run -1 abtest --fail-on unread_files malformed
	run -3 --separate-stderr abtest --fail-on malformed_lines malformed
	[[ $stderr == *"malformed_lines: 1 malformed line: left out." ]]
	run -1 abtest --fail-on srm missing
	run -2 abtest --fail-on srm --partial log
	abtest --partial log | { run -3 abtest --merge --fail-on srm; }
}

@test "--sequential of 3 and 3 users: never surer than one look, and a word" {
	for user in 0 1 2 3 4 5; do
		echo '{"message":"last","user":'$user',"track":1,"timestamp":'$user',"time":0.'$((user + 40 * (user / 3) + 11))',"experiments":{"X":"'"${user/[012]/C}"'"}}'
	done | sed 's/"X":"[345]"/"X":"T"/' >log
	abtest --format ndjson log >once
	for tune in 1 10 1000; do
		run --separate-stderr abtest --format ndjson --sequential --tune $tune log
		# shellcheck disable=SC2154 # bats sets it
		[ "$stderr" = "botify-abtest: X: With --sequential, arms of fewer than 30 users are not to be relied on: C (3), T (3)." ]
		jq -es 'map(select(.metric == "time")) | .[0].p <= .[1].p and .[0].upper <= .[1].upper and .[0].p < 0.001' once - <<<"$output"
	done
	abtest --sequential log | grep -x 'With --sequential, arms of fewer than 30 users are not to be relied on: C (3), T (3).'
	for format in markdown html; do abtest --sequential --format $format log | grep -q 'fewer than 30 users'; done
	run ! grep 'fewer than' <(abtest log)
	# nor of those who have enough
	make_log
	run ! grep 'fewer than' <(abtest --sequential log)
}

@test "--days warns of looking at the best day, where that is wrong" {
	make_log
	abtest --days log | tr '\n' ' ' | grep -q 'Intervals are those of one look'
	run ! grep 'one look' <(abtest --days --sequential log)
}

@test "--primary is a mistake where nothing is about it, but not where days or sentences are told" {
	make_log
	for format in json ndjson csv prometheus; do
		run -2 --separate-stderr abtest --primary time --format $format log
		[[ $stderr == "botify-abtest: --primary is the metric that"* ]]
	done
	[ "$(abtest --primary sessions log | grep -cE '^T[12] .* (came back|in sessions)')" = 2 ]
	abtest --primary sessions --format html log | grep -qF '>X · T1 · sessions</th>'
	abtest --primary sessions --days log | grep -A 1 -x 'X · T1 · sessions' | grep -q '^2024-01-01 '
}

@test "an interval does not vanish without a word" {
	make_log
	# a covariate of which no variance can be told is refused
	{ cat covariates; echo '{"user":2147483647,"value":1e160}'; } >huge
	run -1 --separate-stderr abtest --covariate huge log
	[[ $stderr == "botify-abtest: huge:$(wc -l <huge): \"value\" is not a number from "* ]]
	[ -z "$output" ]
	# a latency of which none can be told has no interval, and every format for people says why
	sed '1,/"latency":[0-9]/s/"latency":[0-9.e-]*/"latency":1e200/' log >slow
	abtest --format json slow | jq -e '[.effects[] | select(.metric == "mean_request_latency" and .lower == null)] | length > 0'
	for format in table markdown html; do
		abtest --format $format slow | tr '\n' ' ' | sed 's/_/ /g' |
			grep -F 'No interval of mean request latency: its values are too far apart.'
		run ! grep 'too far apart' <(abtest --format $format log)
	done
	# more than 292 years are endless, as is the mean of them
	abtest --primary mean_request_latency slow | tr '\n' ' ' |
		grep 'T1 cannot be compared with C: some values of mean request latency are too large'
}

# A small log of few users an arm, whose times are, by the kind of seed, anything, all the same, all 0 in the control, or
# apart with little noise.
small_log() {
	awk -v seed="$1" '
		function draw(n) { state = state * 48271 % 2147483647; return int(state / 7) % n }
		function line(user, arm, time) {
			printf "{\"message\":\"%s\",\"user\":%d,\"track\":1,\"time\":0.%02d", draw(3) ? "last" : "next", user, time
			if (draw(3)) printf ",\"latency\":0.%03d", 1 + draw(50)
			printf ",\"experiments\":{\"E\":\"%s\"}}\n", arm
		}
		BEGIN {
			state = seed * 7919 + 1; for (i = 0; i < 5; i++) draw(2)
			kind = seed % 5; arms = 2 + draw(3)
			for (a = 0; a < arms; a++) {
				users = 1 + draw(draw(2) ? 3 : 12)
				for (u = 0; u < users; u++)
					for (n = 1 + draw(kind == 1 ? 1 : 4); n > 0; n--)
						line(100 * a + u, a ? "T" a : "C",
							kind == 1 ? 40 : kind == 2 ? a * draw(100) : kind == 3 ? 10 + 30 * a + draw(2) : draw(100))
			}
		}'
}

# Prints those rows of an ndjson report on standard input in which interval, p and verdict disagree.
unsound() {
	jq -c 'def excludes(a; b): a > 0 or b < 0;
		def sound:
			(.significant == (.p_adjusted != null and .p_adjusted < .alpha))
			and ((.p == null) == (.p_adjusted == null))
			and (.p == null or (.p_adjusted >= .p and .p >= 0 and .p_adjusted <= 1))
			and ((.difference_lower == null) == (.p == null)) and ((.difference_upper == null) == (.p == null))
			and (.p == null or excludes(.difference_lower; .difference_upper) == .significant)
			and (.lower == null or excludes(.lower; .upper) == .significant)
			and (.lower == null or (.lower <= .effect and .effect <= .upper))
			and ((.control_users >= 2 and .treatment_users >= 2) or .p == null)
			and ((.control_sd // 0) > 0 or (.treatment_sd // 0) > 0 or .p == null)
			and ((.o | contains("none") | not) or .p_adjusted == .p)
			and (.control_mean != 0 or .effect == null);
		select(sound | not)'
}

@test "interval, p and verdict agree in every row, whatever is asked for of whatever log" {
	local adjustments=(holm bh by)
	for seed in $(seq 20); do
		small_log "$seed" >log
		for adjust in none "${adjustments[seed % 3]}"; do
			for more in "" --sequential --cap\ 80% "--lift fieller" "--sequential --lift fieller" \
				"--lift fieller --cap 80%" "--sequential --cap 50%" "--sequential --lift fieller --cap 80% --tune 30"; do
				# shellcheck disable=SC2086
				abtest --format ndjson --alpha 0.2 --adjust $adjust $more log >rows
				sed "s/^{/{\"o\":\"$seed: --adjust $adjust $more\",/" rows
			done
		done
	done >all
	unsound <all >bad
	[ ! -s bad ] || { head -5 bad; return 1; }
	# of all kinds there were some
	jq -es 'length > 2000 and (map(select(.significant)) | length > 250) and (map(select(.p == null)) | length > 250)
		and any(.control_mean == 0 and .significant) and any(.lower == null and .significant)
		and any(.p != .p_adjusted and .significant)' all
}

# A log of timestamps and latencies around 10^12 ms; and covariates of its users that either are around 10^12 too, or tell
# the control from the others so plainly that adjusted means are below 0.
far_log() {
	awk -v seed="$1" -v what="$2" '
		function draw(n) { state = state * 48271 % 2147483647; return int(state / 7) % n }
		function line(user, arm, time) {
			clock += 1 + draw(20000000)
			printf "{\"message\":\"%s\",\"timestamp\":%.0f,\"user\":%d,\"track\":1,\"time\":0.%02d",
				draw(3) ? "last" : "next", 1704067200000 + clock, user, time
			if (draw(3)) printf ",\"latency\":1000000000.%03d", (arm > 0) * shift + draw(1 + noise)
			printf ",\"experiments\":{\"E\":\"%s\"}}\n", arm ? "T" arm : "C"
		}
		function covariates(    arm, u) {
			for (arm = 0; arm < 3; arm++)
				for (u = 0; u < 13; u++)
					if (draw(6))
						printf "{\"user\":%d,\"value\":%.0f.%d}\n", 100 * arm + u,
							seed % 2 ? 1000000000000 + u : 100 + 3 * u + 500 * (arm == 0), draw(10)
		}
		BEGIN {
			state = seed * 7919 + 1; for (i = 0; i < 5; i++) draw(2)
			if (what == "covariates") { covariates(); exit }
			shift = draw(3) * 100; noise = draw(2) * 50; arms = 2 + draw(2); users = 1 + draw(draw(2) ? 3 : 12)
			for (n = 0; n < 4; n++)
				for (a = 0; a < arms; a++)
					for (u = 0; u < users + a % 2; u++)
						line(100 * a + u, a, 3 * u * (seed % 3 > 0) + draw(20) * (seed % 4 > 0))
		}'
}

@test "interval, p and verdict agree also around 10^12, below 0 and by covariates" {
	for seed in $(seq 2 9); do
		far_log "$seed" >log
		far_log "$seed" covariates >before
		for adjust in none holm by; do
			for more in "" "--covariate before --cap 80%" "--covariate before --lift fieller" \
				"--covariate before --sequential --tune 30 --lift fieller" "--covariate-before 1704103200000"; do
				# shellcheck disable=SC2086
				abtest --format ndjson --alpha 0.2 --adjust $adjust $more log >rows
				sed "s/^{/{\"o\":\"$seed: --adjust $adjust $more\",/" rows
			done
		done
	done >all
	unsound <all >bad
	[ ! -s bad ] || { head -5 bad; return 1; }
	jq -es 'def below: .control_mean != null and .control_mean < 0 and .p != null;
		length > 900 and any(.control_users == 1) and any(.control_users == 2 and .significant)
		and any(below and .significant and .difference > 0 and .effect < 0) and any(below and .significant == false)
		and any(.control_mean > 9e11 and .significant) and any(.control_mean > 9e11 and .p != null and .significant == false)' all
}

@test "interval and p of quantiles agree" {
	make_log
	for seed in $(seq 20); do small_log "$seed" >"small.$seed"; done
	for of in log small.*; do
		for alpha in 0.01 0.2 0.7; do
			[[ $of = log || $alpha = 0.2 ]] || continue
			abtest --format json --alpha $alpha --quantiles "$(seq -s, 0.1 0.1 0.9)" "$of" | jq -c ".quantiles[] + {alpha: $alpha}"
		done
	done >all
	jq -es 'all((.p == null) == (.difference_lower == null) and (.p == null) == (.difference_upper == null)
			and (.p == null or (.p < .alpha) == (.difference_lower > 0 or .difference_upper < 0))
			and (.lower == null or .lower <= .value) and (.upper == null or .value <= .upper))
		and (map(select(.p != null) | .p < .alpha) | (map(select(.)) | length > 20) and (map(select(not)) | length > 20))' all
}

@test "equal values do not vary, in how many parts soever they come" {
	# between them, the arms have users of 1 to 9 sessions
	awk 'BEGIN {
		for (user = 0; user < 80; user++)
			for (i = user * 7 % (user < 40 ? 3 : 9); i >= 0; i--)
				printf "{\"message\":\"last\",\"user\":%d,\"track\":1,\"timestamp\":%d,\"time\":0.1,\"latency\":0.003,%s}\n",
					user, i, "\"experiments\":{\"E\":\"" (user < 40 ? "C" : "T") "\"}"
	}' >log
	for more in "" --sequential "--lift fieller" "--adjust bh" "--cap 90%"; do
		# shellcheck disable=SC2086
		abtest --format ndjson $more log | jq -es 'map(select(.p == null and .lower == null and (.significant | not)) | .metric)
			== ["mean_request_latency", "mean_tracks_per_session", "mean_time_per_session", "time_per_session", "time_per_track"]'
	done
	abtest --format json --days --primary mean_time_per_session --quantiles 0.5 log |
		jq -e '[.days[] | .lower, .cumulative_upper] + [.quantiles[].p] | all(. == null)'
}

@test "--partial, --merge: days, quantiles, sources and covariates of any shards, to the last byte" {
	make_log
	kept=(--days --quantiles '0.5,0.9' --tracks "$here/../data/world/tracks.ndjson" --covariate-before 2024-01-03)
	report=("${kept[@]}" --format json --cap 99% --power --aa 50 --adjust holm)
	abtest "${report[@]}" log >want
	jq -e '(.days | length == 27) and (.quantiles | length == 10) and (.sources | length == 25)' want
	for n in 1 2 7 100; do
		rm -f part.* counts.*
		awk -v n="$n" '{ match($0, /"user":[0-9]+/); print >("part." substr($0, RSTART + 7, RLENGTH - 7) % n) }' log
		for part in part.*; do
			abtest --partial "${kept[@]}" -o "counts.${part#part.}" "$part"
		done
		mapfile -t counts < <(printf '%s\n' counts.* | sort -R --random-source=log)
		abtest --merge "${report[@]}" "${counts[@]}" | cmp - want
	done
}

@test "--partial, --merge: latencies that sum to infinity" {
	awk 'BEGIN {
		for (user = 1; user <= 6; user++)
			for (i = 1; i <= 3; i++)
				printf "{\"message\":\"%s\",\"user\":%d,\"track\":1,\"timestamp\":%d,\"time\":0.%d,\"latency\":1e308,%s}\n",
					i < 3 ? "next" : "last", user, i, user, "\"experiments\":{\"E\":\"" (user % 2 ? "C" : "T") "\"}"
	}' >log
	abtest --format json --days log >want
	jq -e '.effects | length == 7' want
	abtest --partial --days -o counts log
	abtest --merge --format json --days counts | cmp - want
}

@test "--partial, --merge: a file of covariates, in every format, with the rest that a merge can report" {
	make_log
	kept=(--days --quantiles '0.1,0.5' --sources)
	plain=(--covariate covariates)
	effects=(--covariate covariates --cap 99% --adjust by --primary sessions --lift fieller --split 'C=2,T1=1' --control T1
		--experiment X)
	much=("${kept[@]}" "${effects[@]}" --mde 3% --aa 20)
	looked_at=("${kept[@]}" --covariate covariates --sequential --tune 500)
	abtest --format json "${plain[@]}" log >plain
	abtest --format json "${looked_at[@]}" log >looked_at
	for format in table markdown html; do
		abtest --format $format "${much[@]}" log >"much.$format"
	done
	for format in csv prometheus; do
		abtest --format $format "${effects[@]}" log >"effects.$format"
	done
	for n in 1 2 7 100; do
		rm -f part.* counts.*
		awk -v n="$n" '{ match($0, /"user":[0-9]+/); print >("part." substr($0, RSTART + 7, RLENGTH - 7) % n) }' log
		for part in part.*; do
			abtest --partial "${kept[@]}" -o "counts.${part#part.}" "$part"
		done
		abtest --merge --format json "${plain[@]}" counts.* | cmp - plain
		abtest --merge --format json "${looked_at[@]}" counts.* | cmp - looked_at
		for format in table markdown html; do
			abtest --merge --format $format "${much[@]}" counts.* | cmp - "much.$format"
		done
		for format in csv prometheus; do
			abtest --merge --format $format "${effects[@]}" counts.* | cmp - "effects.$format"
		done
	done
	# arms that nobody planned have an order of their own
	abtest --format table --split 'A=1' log | grep -x '3 arms are not in the planned split: C, T1, T2.'
	abtest --partial log | abtest --merge --format table --split 'A=1' | cmp - <(abtest --format table --split 'A=1' log)
}

@test "--partial, --merge: capped and adjusted days and audits of any shards, to the last byte" {
	make_log
	for format in json markdown; do
		for more in "--cap 90% --covariate covariates --aa 20" "--covariate covariates --primary sessions --lift fieller --aa 20" \
			"--covariate covariates --cap 99% --primary mean_request_latency --sequential --aa 20" "--primary time_per_track"; do
			echo "--format $format $more"
		done
	done >sets
	while read -r of; do
		# shellcheck disable=SC2086
		abtest --days $of log
	done <sets >want
	for n in 1 2 7; do
		rm -f part.* counts.*
		awk -v n="$n" '{ match($0, /"user":[0-9]+/); print >("part." substr($0, RSTART + 7, RLENGTH - 7) % n) }' log
		for part in part.*; do
			abtest --partial --days -o "counts.${part#part.}" "$part"
		done
		mapfile -t counts < <(printf '%s\n' counts.* | sort -r)
		while read -r of; do
			# shellcheck disable=SC2086
			abtest --merge --days $of "${counts[@]}"
		done <sets | cmp - want
	done
}

@test "--merge: what a part has not kept cannot be made up for, and it says so" {
	make_log
	abtest --partial log >part
	for of in "sessions --quantiles 0.5" "days --days" "answers --sources"; do
		# shellcheck disable=SC2086
		run -1 --separate-stderr abtest --merge ${of#* } part
		[ -z "$output" ]
		[ "$stderr" = "botify-abtest: part: was written without ${of%% *}, which cannot be made up for here" ]
	done
}

@test "everything at once, over odd logs: no nan, no infinity, no broken table, in no format" {
	all=(--power --mde 3% --quantiles '0.01,0.5,0.99' --days --sources --aa 20)
	effects=(--adjust by --lift fieller --cap 90%)
	for seed in odd $(seq 10); do
		if [ "$seed" = odd ]; then cp "$here/abtest/odd.ndjson" log; else small_log "$seed" >log; fi
		for more in "" --sequential; do
			# shellcheck disable=SC2086
			for format in table json ndjson csv markdown html prometheus; do
				case $format in ndjson | csv | prometheus) with=() ;; *) with=("${all[@]}") ;; esac
				abtest "${effects[@]}" "${with[@]}" $more --format $format log >report."$format"
				run ! grep -qiE '\bnan\b|\binf(inity)?\b' report."$format"
			done
			jq -e '[.srm, .power, .quantiles, .days, .sources, .aa] | all(type == "array")' report.json
			jq . report.ndjson >/dev/null
			sed 's/\\|//g' report.markdown | awk -F'|' '!/^\|/ { n = 0; next } n > 0 && NF != n { exit 1 } { n = NF }'
			if command -v xmllint >/dev/null; then xmllint --noout report.html; fi
		done
	done
}

@test "table: no line is wider than a terminal, or ends in a space" {
	make_log
	for more in "" "--sequential --adjust holm"; do
		# shellcheck disable=SC2086
		abtest --mde 3% --quantiles 0.25,0.5,0.9 --days --sources --aa 1000 --split C=1,T1=2 $more log >report
		run ! grep -E '.{81}| $' report
		for title in 'Sample ratio mismatch' 'Minimum detectable effect' 'Time of' 'Effects by day' 'Sources of' 'A/A test'; do grep -q "^$title" report; done
	done
	grep -x 'p: adjusted, sequential.' report
}

@test "columns of which nothing is known are for machines only" {
	make_log
	abtest --power --experiment Y log | grep -xE 'metric +users +users +effect'
	abtest --mde 10% --experiment Y log | grep -xE 'metric +users +users +effect +wanted +needs +needs'
	abtest --power --format json log | jq -e '.power[0] | has("wanted") and .control_users_needed == null'
}
