#!/usr/bin/env bats
# What commands do where there is no memory, a disk is full or a file cannot be read: $bin/tests/shim/fail_each lets a call fail
# in each of many runs of the lines below, and says what it looks at. Here it is a sample of them; `make test-failing` runs all.
#
#   FAIL_SAMPLE    how many runs for each line and each kind of call; 0: all (default: 5)
#
# shellcheck disable=SC2030,SC2031

# In the directory work, which holds `out` and `state`; what is read lies in ../in.
lines() {
	cat <<'LINES'
botify-toppop: botify-toppop --threads 1 ../in/log
botify-toppop: botify-toppop --threads 2 --format ndjson -n 9 --tracks ../in/tracks -o out ../in/log ../in/long ../in/escaped
botify-toppop: botify-toppop --experiment E --by-arm --format table --tracks ../in/tracks -o out ../in/log ../in/escaped
botify-toppop: botify-toppop --threads 2 --tracks ../in/tracks.gz -o out ../in/log.zst ../in/log
botify-toppop: botify-toppop --recommended --experiment E --partial -o out ../in/log
botify-toppop: botify-toppop --merge --experiment E --arm C -o out ../in/top1 ../in/top2
botify-toppop: botify-toppop --merge --recommended --partial -o out ../in/recommended1 ../in/recommended2
botify-abtest: botify-abtest --threads 1 --split T1=1,T2=1 -o out ../in/log
botify-abtest: botify-abtest --split ../in/experiments --spreadsheet --format csv -o out ../in/log
botify-abtest: botify-abtest --format json --days --sources --tracks ../in/tracks --quantiles 0.5 --power --aa 2 ../in/log
botify-abtest: botify-abtest --format html --threads 2 --tracks ../in/tracks -o out ../in/log ../in/unsorted
botify-abtest: botify-abtest --format markdown --sequential --fail-on srm --split C=1,T1=9 -o out ../in/log
botify-abtest: botify-abtest --format csv --covariate-before 2024-01-02 --cap 90% -o out ../in/log
botify-abtest: botify-abtest --format prometheus --covariate ../in/covariate --adjust holm ../in/escaped
botify-abtest: botify-abtest --format json --covariate ../in/covariate --sequential --fail-on srm --split {"C":1,"T1":0} -o out ../in/log
botify-abtest: botify-abtest --partial --days --sources --quantiles 0.5 -o out ../in/log
botify-abtest: botify-abtest --merge --days --sources -o out ../in/part1 ../in/part2
botify-abtest: botify-abtest --state state.abtest --days --sources --quantiles 0.5 -o out ../in/night2
botify-abtest: botify-abtest --state new.abtest --covariate-before 2024-01-02 -o out ../in/log
botify-abtest: botify-abtest --merge --parts 2 --days --sources --quantiles 0.5 --format json -o out ../in/night1.part ../in/night2.part
botify-toppop: botify-toppop --state state.toppop --recommended --experiment E -o out ../in/night2
botify-toppop: botify-toppop --state new.toppop -o out ../in/log
botify-recommend: botify-recommend --tracks ../in/tracks --policy contextual-toppop --similar ../in/tracks --top ../in/top --no-latency < ../in/requests
botify-abtest: botify-abtest --format markdown --split X=1,T2=2,B=1,A=1 ../in/log ../in/names
botify-abtest: botify-abtest --days --quantiles 0.5 ../in/names
botify-recommend: botify-recommend --tracks ../in/tracks.gz --policy random --no-latency < ../in/requests.zst
botify-recommend: botify-recommend --tracks ../in/tracks --policy votes:3,i2i:5+unseen --similar ../in/tracks --explain 3 --no-latency < ../in/requests
botify-recommend: botify-recommend --tracks ../in/tracks --experiments ../in/experiments --user-tracks ../in/user-tracks --top a=../in/top --state state --no-latency ../in/requests
botify-recommend: botify-recommend --tracks ../in/tracks --policy session:2+unseen --session ../in/model --no-latency ../in/requests
botify-sim: botify-sim --tracks ../in/tracks --embeddings ../in/embeddings --users ../in/users --sessions 9 --agent random
botify-sim: botify-sim --tracks ../in/tracks --embeddings ../in/embeddings --users ../in/users --sessions 5 --agent oracle --days 2
botify-sim: botify-sim --tracks ../in/tracks --embeddings ../in/embeddings --users ../in/users --sessions 5 --agent console < ../in/answers
botify-sim: botify-sim --tracks ../in/tracks --embeddings ../in/embeddings --users ../in/users --sessions 9 -- botify-recommend --tracks ../in/tracks --no-latency
botify-recommend: botify-sim --tracks ../in/tracks --embeddings ../in/embeddings --users ../in/users --sessions 9 -- botify-recommend --tracks ../in/tracks --state state --no-latency
botify-train: botify-train similar --model itemknn --threads 1 --tracks ../in/tracks --liked 0.3 -o out ../in/log
botify-train: botify-train similar --model ease --regularisation 10 --liked 0.3 ../in/log
botify-train: botify-train similar --model mf --factors 2 --epochs 2 --threads 1 --liked 0.3 ../in/log
botify-train: botify-train user-tracks --model als --factors 2 --epochs 2 --threads 1 --liked 0.3 -o out ../in/log
botify-train: botify-train user-tracks --model userknn --neighbours 5 --shrinkage 1 --liked 0.3 ../in/log
botify-train: botify-train user-tracks --model bpr --factors 2 --epochs 2 --threads 1 --liked 0.3 ../in/log
botify-train: botify-train session --tracks ../in/tracks --threads 1 -o model ../in/log
botify-train: botify-train embed ../in/plays --names ../in/names.tsv --tracks-per-item 2 --factors 2 --epochs 1 --threads 1 -o embeddings
botify-train: botify-train project --tracks ../in/tracks -o projector ../in/embeddings
botify-train: botify-train project --tracks ../in/tracks -o projector ../in/model
botify-split: botify-split -n 3 -o out ../in/log ../in/log.zst
botify-split: botify-split -n 1 ../in/log -- sort
botify-world: botify-world --n-tracks 30 --n-users 9 --dim 4 world
botify-world: botify-world --from-embeddings ../in/embeddings --tracks ../in/tracks --plays ../in/plays --n-users 9 --pictures out world
botify-abtest: botify-abtest --help
LINES
}

events() {
	local user day arm message
	for day in 1 2; do
		for user in 1 2 3 4 5 6 7 8 9 10 11 12; do
			arm=$([ $((user % 2)) = 0 ] && echo C || echo T1)
			message=next
			for step in 0 1 2; do
				[ $step = 2 ] && message=last
				echo "{\"message\":\"$message\",\"timestamp\":$((1704067200000 + 86400000 * (day - 1) + 60000 * step + user)),\
\"user\":$user,\"track\":$((user % 5 + 2 * step)),\"time\":0.$(((user * user + day + step) % 10)),\"latency\":0.00000$user,\
\"recommendation\":$([ $step = 2 ] && echo null || echo $((user % 5 + 2 * step + 2))),\"source\":\"${1-artist}\",\"pool\":3,\
\"experiments\":{\"AA\":\"$arm\",\"E\":\"$arm\"}}"
			done
		done
	done
}

setup_file() {
	bin=${BOTIFY_BIN:-$BATS_TEST_DIRNAME/../build}
	export PATH=$bin:$PATH OPENBLAS_NUM_THREADS=1
	cd "$BATS_FILE_TMPDIR" || exit
	mkdir in before work
	botify-world --n-tracks 40 --n-users 12 --dim 4 world
	mv world/tracks.npy in/embeddings
	mv world/users.ndjson in/users
	sed 's/}$/,"recommendations":[1,2,3,5,8,13]}/' world/tracks.ndjson >in/tracks
	echo '[3,1,4,15,9,2,6]' >in/top
	for user in 1 2 3 4; do echo "{\"user\":$user,\"tracks\":[5,6,$((user + 7))]}"; done >in/user-tracks
	for user in 1 2 3 4 5 6 7 8 9 10 11 12; do echo "{\"user\":$user,\"value\":$((user * 7 % 5))}"; done >in/covariate
	echo '{"experiments":[{"name":"AA","arms":["C","T1"]},
		{"name":"E","arms":{"C":"collaborative","T1":"toppop:5:a,artist+unseen+artist:2"}}]}' >in/experiments
	printf '%s\n' 'user,item,count' 1,2,3 1,3,1 2,2,4 2,5,1 3,5,2 3,4,1 3,3,2 1,4,2 >in/plays
	printf '%s\n' '2,"two, or so"' 3,three >in/names.tsv
	events >in/log
	sed '1!G; h; $!d' in/log >in/unsorted
	events 'a\u00e9' | head -n 6 >in/escaped
	# names that fill the buffers
	sed -E "s/\"(T1|C)\"/\"$(printf '%9000s' x | tr ' ' '<')\1\"/" in/log >in/names
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do cat in/log; done >in/long
	sed -E 's/,"latency.*/}/' in/log >in/requests
	zstd -q in/log in/requests
	gzip -k in/tracks
	for part in 1 2; do
		awk -v part=$part '{ match($0, /"user":[0-9]+/); if (substr($0, RSTART + 7, RLENGTH - 7) % 2 == part % 2) print }' \
			in/log >in/half
		botify-toppop --partial --experiment E in/half >in/top$part
		botify-toppop --partial --recommended in/half >in/recommended$part
		botify-abtest --partial --days --sources in/half >in/part$part
	done
	rm in/half
	head -n 40 in/log >in/night1
	tail -n +41 in/log >in/night2
	for part in 1 2; do
		botify-abtest --partial --days --sources --quantiles 0.5 in/night$part >in/night$part.part
	done
	botify-abtest --state before/state.abtest --days --sources --quantiles 0.5 in/night1 >in/report
	botify-toppop --state before/state.toppop --recommended --experiment E in/night1 >in/report
	printf '%s\n' a 5 7 q >in/answers
	head -c 3000 in/log >before/out
	botify-recommend --tracks in/tracks --state before/state --no-latency in/requests >in/discarded
	botify-train session --tracks in/tracks --threads 1 -o in/model in/log 2>said
	lines >commands
}

@test "failing: whatever call fails, nothing crashes and nothing is wrong without a word" {
	bin=${BOTIFY_BIN:-$BATS_TEST_DIRNAME/../build}
	cd "$BATS_FILE_TMPDIR" || exit
	LD_PRELOAD=$bin/tests/shim/fail_nth.so botify-toppop --version >version ||
		skip "no library can be loaded before this build's own, as with ASan"
	"$bin/tests/shim/fail_each" --sample "${FAIL_SAMPLE:-5}" "$bin/tests/shim/fail_nth.so" commands >found ||
		{ cat found; false; }
	cat found >&3
}
