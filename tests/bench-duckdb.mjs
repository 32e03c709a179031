// What botify-toppop and botify-abtest count, as a query of DuckDB: tests/bench compares them.
//
//     BENCH_DUCKDB=DIRECTORY node bench-duckdb.mjs toppop|abtest LOG [THREADS]
//
// DIRECTORY is where npm has installed @duckdb/node-api.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const { DuckDBInstance } = createRequire(join(process.env.BENCH_DUCKDB, 'here'))('@duckdb/node-api');
const [what, log, threads] = process.argv.slice(2);
const columns = "track: 'INTEGER', user: 'INTEGER', time: 'DOUBLE', latency: 'DOUBLE', message: 'VARCHAR', " +
	"experiments: 'STRUCT(FILTERS VARCHAR)'";
const events = `read_json('${log}', format = 'newline_delimited', columns = {${columns}})`;
const queries = {
	toppop: `SELECT track, sum(time) AS t FROM ${events} GROUP BY track ORDER BY t DESC, track`,
	abtest: `WITH users AS (
			SELECT user, experiments.FILTERS AS arm, sum(time) AS time, count(*) FILTER (message = 'last') AS sessions,
			       avg(latency) AS latency, count(*) AS tracks
			FROM ${events} GROUP BY ALL)
		SELECT arm, count(*), avg(time), var_samp(time), avg(sessions), var_samp(sessions), avg(latency), var_samp(latency),
		       avg(tracks / nullif(sessions, 0)), var_samp(tracks / nullif(sessions, 0)),
		       avg(time / nullif(sessions, 0)), var_samp(time / nullif(sessions, 0))
		FROM users GROUP BY arm ORDER BY arm`,
};
const connection = await (await DuckDBInstance.create(':memory:', threads ? { threads } : {})).connect();
console.log((await connection.runAndReadAll(queries[what])).getRowsJson().length);
