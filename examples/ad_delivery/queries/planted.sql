-- Every planted fault was found, and nothing else was taken for one: the counts of the generator
-- against the published table quality, for the whole day.
CREATE TEMP TABLE planted AS
UNPIVOT (FROM read_json('${data_dir}/truth/faults.json')) ON COLUMNS(*) INTO NAME source VALUE fault;

CREATE TEMP TABLE found AS
SELECT source, sum(received) AS received, sum(duplicates) AS duplicates, sum(late) AS late
FROM read_csv('${work_dir}/compare/quality.csv', header = true)
GROUP BY source;

SELECT count(*) FILTER (fault.duplicates IS DISTINCT FROM duplicates
                        OR fault.late IS DISTINCT FROM late
                        OR fault.rows - received IS DISTINCT FROM fault.broken) AS differences,
       string_agg(source || ': ' || duplicates || ' of ' || fault.duplicates || ' duplicates, '
                  || late || ' of ' || fault.late || ' late, '
                  || (fault.rows - received) || ' of ' || fault.broken || ' broken',
                  ' · ' ORDER BY source) AS line
FROM planted LEFT JOIN found USING (source);
