# Writes a log for the methods of botify-abtest: ten days, 400 users of very different habits in two experiments, one of
# three arms of unequal size; or the covariates of these users.
#
#     awk -f analysis-log.awk > log.ndjson
#     awk -v what=covariates -f analysis-log.awk > covariates.ndjson
#
# With -v begin=T, no event before that moment names an experiment, as if both had begun then.
#
# The same bytes from every awk: whole numbers only, and a Lehmer generator as in welch-log.awk.

function draw(n)
{
	state = state * 48271 % 2147483647
	return int(state / 7) % n
}

# A number of the user, below n, by a hash that has nothing to do with botify's.
function of_user(user, salt, n,    h)
{
	h = ((user + 1) * 48271 + salt * 16807) % 2147483647
	h = h * 48271 % 2147483647
	return int(h / 1000) % n
}

function arms(user, session,    x, y)
{
	# half of the users are in C; user 83, 166, ... is seen in two arms
	x = user % 83 == 0 ? session % 2 * 2 : of_user(user, 2, 4)
	x = "\"X\":\"" (x < 2 ? "C" : "T" x - 1) "\""
	y = "\"Y\":\"" (of_user(user, 3, 2) ? "on" : "off") "\""
	return user % 10 == 1 ? y : user % 10 == 2 ? x : x "," y
}

function event(user, where, last,    taste, time, source)
{
	taste = 10 + of_user(user, 4, 60) + 12 * (of_user(user, 2, 4) == 3)
	time = taste + draw(81) - 40
	time = time < 0 ? 0 : time > 100 ? 100 : time
	clock += 1000 * (1 + draw(120))
	printf "{\"message\":\"%s\",\"timestamp\":%.0f,\"user\":%d,\"track\":%d,\"time\":%d.%02d", last ? "last" : "next",
		1704067200000 + clock, user, of_user(user, 9, 30) + draw(40), int(time / 100), time % 100
	if (user % 17 != 0)
		printf ",\"latency\":0.%06d", 300 + of_user(user, 5, 400) + draw(500) + draw(20) * draw(20) * draw(20)
	printf ",\"recommendation\":%s", last ? "null" : draw(70)
	source = draw(5)
	if (!last && source < 4) {
		printf ",\"source\":\"%s\"", source < 2 ? "random" : source < 3 ? "similar" : "artist"
		if (source < 3)
			printf ",\"pool\":%d", 10 + draw(90)
	}
	printf ",\"experiments\":{%s}}\n", 1704067200000 + clock < begin ? "" : where
}

function session(user,    n, where)
{
	n = 1 + of_user(user, 6, 4) + draw(5)
	where = arms(user, sessions[user]++)
	while (n-- > 0)
		event(user, where, n == 0)
}

BEGIN {
	state = 20240102
	if (what == "covariates") {
		for (user = 0; user < 400; user++)
			if (of_user(user, 7, 6) > 0)
				printf "{\"user\":%d,\"value\":%d.%d}\n", user, 5 * of_user(user, 4, 60) + draw(100), draw(10)
		exit
	}
	while (clock < 10 * 86400000) {
		user = draw(400)
		# some come ten times as often as others
		if (draw(1000) < 100 + of_user(user, 8, 30) * of_user(user, 8, 30))
			session(user)
	}
	printf "{\"message\":\"next\",\"timestamp\":%.0f,\"user\":399,\"track\":1,\"time\":1,\"experiments\":{}}\n", 1704067200000 + clock
}
