// What botify-toppop and botify-abtest count, as a query of DuckDB on one thread: tests/bench compares them.
//
//     node bench-duckdb.mjs toppop|abtest LOG
import { DuckDBInstance } from '@duckdb/node-api';

const [what, log] = process.argv.slice(2);
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
		       avg(tracks / sessions), var_samp(tracks / sessions), avg(time / sessions), var_samp(time / sessions)
		FROM users GROUP BY arm ORDER BY arm`,
};
const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
console.log((await connection.runAndReadAll(queries[what])).getRowsJson().length);
