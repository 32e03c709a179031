# What is said of experiments: from the reports of botify-abtest to words. A sentence is made of numbers alone, and says
# so where an interval includes 0.

def primary: "mean_time_per_session";

# A number as text, with so many decimals, zeros too.
def fixed(digits):
	if . == null then "-" else
		(pow(10; digits)) as $scale
		| (. * $scale | round) as $n
		| (if $n < 0 then "-" else "" end) + (
			($n | fabs | tostring) as $s
			| if digits == 0 then $s else
				(("0" * ([digits + 1 - ($s | length), 0] | max)) // "") + $s
				| .[:length - digits] + "." + .[length - digits:]
			end)
	end;

def percent: (if . > 0 then "+" else "" end) + fixed(1) + " %";
def interval: "\(.lower | percent) to \(.upper | percent)";

# The cells of a table, a mean with half its interval, an effect with its interval.
def row: "| " + join(" | ") + " |";
def mean_cell: "\(.mean | fixed(3)) ± \(.half | fixed(3))";
def effect_cell:
	if .effect == null then "-" else "\(.effect | fixed(1)) (\(.lower | fixed(1)) to \(.upper | fixed(1)))" end;

# An object of an array, whose keys and values are what these make of its elements.
def by(key; value): map({key: key, value: value}) | from_entries;

# Each arm once: {arm, users, mean, half}, half of the interval of its mean, whose confidence is 95 %.
def arms(metric):
	[.effects[] | select(.metric == metric)]
	| [.[0] | {arm: .control, users: .control_users, mean: .control_mean, sd: .control_sd}]
		+ [.[] | {arm: .treatment, users: .treatment_users, mean: .treatment_mean, sd: .treatment_sd}]
	| map(.half = 1.96 * .sd / (.users | sqrt));

def best_arm: arms(primary) | max_by(.mean) | .arm;

def policy_of(arms_file; arm): arms_file.experiments[0].arms[arm];

# What an arm goes by: what the pattern captures in its policy, or else the policy.
def called(arms_file; arm; pattern): policy_of(arms_file; arm) as $p | ($p | capture(pattern) | .x) // "`\($p)`";

def and_list: if length < 2 then join("") else (.[:-1] | join(", ")) + " and " + .[-1] end;

# The number of an arm in the order of the file: 0 for C, then T1, T2 and so on.
def place: if . == "C" then 0 else ltrimstr("T") | tonumber end;

# Of effects against the best arm, which is their control.
def best_sentence(arms_file; what; pattern):
	([.effects[] | select(.metric == primary)] | sort_by(.treatment | place)) as $effects
	| ($effects | map(select(.significant))) as $sure
	| ($effects | map(select(.significant | not))) as $unsure
	| def each: map("\(called(arms_file; .treatment; pattern)) (\(interval))") | and_list;
	"The best \(what) was \(called(arms_file; $effects[0].control; pattern)), with "
	+ "\($effects[0].control_mean | fixed(3)) listened to per session"
	+ (if $sure == [] then "" else "; less is listened to with \($sure | each)" end)
	+ (if $unsure == [] then "." else
		"; not told apart from it, as the interval includes 0: \($unsure | each)." end);

# Of two arms, the better of which is the control.
def pair_sentence(arms_file; pattern):
	(.effects[] | select(.metric == primary)) as $e
	| called(arms_file; $e.control; pattern) as $best | called(arms_file; $e.treatment; pattern) as $other
	| ($e.control_mean | fixed(3)) as $mean
	| if $e.lower == null then "Nothing can be said of \($best) and \($other): there is no interval."
	elif $e.significant then
		"Most was listened to with \($best), \($mean) per session; with \($other) it was "
		+ "\($e.effect | fabs | fixed(1)) % less (\($e.upper | fabs | fixed(1)) % to \($e.lower | fabs | fixed(1)) %)."
	else
		"Not settled: with \($best) \($mean) were listened to per session, and the effect of \($other) is "
		+ "\($e | interval), which includes 0."
	end;

# Of an arm against the control, which need not be the better one.
def effect_sentence(treatment; control):
	if .lower == null then "Nothing can be said of \(treatment) against \(control): there is no interval."
	elif .significant then
		"\(treatment) was listened to \(.effect | fabs | fixed(1)) % \(if .effect > 0 then "longer" else "shorter" end)"
		+ " per session than \(control) (\(interval))."
	else "Whether \(treatment) or \(control) is better is not settled: the effect is \(interval), which includes 0."
	end;

# Ranks from 1 on, ties the mean of theirs.
def ranks:
	. as $all
	| map(. as $x | ([$all[] | select(. < $x)] | length) + (([$all[] | select(. == $x)] | length) + 1) / 2);

def correlation:
	length as $n
	| (map(.[0]) | add / $n) as $mx | (map(.[1]) | add / $n) as $my
	| (map((.[0] - $mx) * (.[1] - $my)) | add) as $xy
	| (map(.[0] - $mx | . * .) | add) as $xx | (map(.[1] - $my | . * .) | add) as $yy
	| if $xx == 0 or $yy == 0 then null else $xy / ($xx * $yy | sqrt) end;

# Spearman's rho of pairs, with the interval of Fisher's z, whose standard error is 1.06 / sqrt(n - 3) (Fieller,
# Hartley, Pearson 1957). Without spread there is no rho, of 1 and -1 no interval, nor of fewer than 4 pairs.
def spearman:
	length as $n
	| ([(map(.[0]) | ranks), (map(.[1]) | ranks)] | transpose | correlation) as $rho
	| {rho: $rho, n: $n, lower: null, upper: null}
	| if $rho == null or $n < 4 or ($rho | fabs) > 1 - 1e-9 then . else
		(1.96 * 1.06 / ($n - 3 | sqrt)) as $half | ($rho | atanh) as $z
		| .lower = ($z - $half | tanh) | .upper = ($z + $half | tanh)
	end;
