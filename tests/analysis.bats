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

# Runs a report with each set of options that the reference has and that matches $1; each row of the reference must be
# in it, and every number equal it to $2.
agrees() {
	local of n=0

	make_log
	while IFS= read -r of; do
		# shellcheck disable=SC2086
		abtest --format json $of log >report
		jq -n --arg of "$of" --argjson tolerance "$2" --slurpfile got report --slurpfile want "$here/reference/analysis.json" '
			def near(a; b): if (a | type) == "number" and (b | type) == "number"
				then (a - b | fabs) <= $tolerance * ([1e-3, (b | fabs)] | max) else a == b end;
			def names: [.experiment, .treatment, .arm, .metric, .quantile, .day, .source];
			$got[0] as $got | $want[] | select(.of == $of) | . as $row
			| [$got[.in][] | select(names == ($row | names))] as $found
			| if ($found | length) != 1 then {missing: $row, found: $found} else
				$row | keys[] | select(. != "of" and . != "in" and (near($found[0][.]; $row[.]) | not))
				| {of: $of, row: ($row | names), key: ., got: $found[0][.], want: $row[.]} end' >differences
		[ ! -s differences ] || { head -40 differences; return 1; }
		n=$((n + 1))
	done < <(jq -r .of "$here/reference/analysis.json" | sort -u | grep -E -e "$1")
	[ "$n" -ge "${3:-1}" ]
}

@test "no option: Welch, and the delta method for ratios" {
	agrees '^$' 1e-9
}

@test "--adjust holm, bh, by: statsmodels' multipletests; --primary is exempt" {
	agrees '^--adjust' 1e-9 6
}

@test "--cap: one threshold for all arms, type 7" {
	agrees '^--cap' 1e-9
}

@test "--covariate, --covariate-before: CUPED, also of capped values" {
	agrees '^--covariate' 1e-9 3
}

@test "--sequential: the formula, for two --tune" {
	agrees '^--sequential' 1e-9 2
}

@test "--lift fieller: the lifts at the edge of significance" {
	agrees '^--lift' 1e-9
}

@test "--mde: SciPy's noncentral t" {
	agrees '^--mde' 1e-8
}

@test "--split: SciPy's chi-square" {
	agrees '^--split' 1e-9 2
}

@test "--quantiles: NumPy's" {
	agrees '^--quantiles' 1e-9
}

@test "--days: of each day alone, and of all until then" {
	agrees '^--days' 1e-9 2
}

@test "--sources: counts over the log" {
	agrees '^--sources' 1e-9
}

@test "--aa: SciPy's binomial band" {
	agrees '^--aa' 0 2
}
