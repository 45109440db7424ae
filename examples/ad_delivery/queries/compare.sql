-- Two CSV files, row by row, as text. Rows may come in any order; a row that occurs twice in one
-- file must occur twice in the other.
CREATE TEMP TABLE truth AS
FROM read_csv('${data_dir}/truth/after_${('0' + end_hour).slice(-2)}/${table}.csv',
              header = true, all_varchar = true, delim = ',', quote = '"');

CREATE TEMP TABLE published AS
FROM read_csv('${work_dir}/compare/${table}.csv',
              header = true, all_varchar = true, delim = ',', quote = '"');

CREATE TEMP TABLE missing AS FROM truth EXCEPT ALL FROM published;
CREATE TEMP TABLE unexpected AS FROM published EXCEPT ALL FROM truth;

-- EXCEPT goes by position, so the names are compared too.
CREATE TEMP TABLE columns AS
SELECT (SELECT list(name) FROM pragma_table_info('truth'))
           IS DISTINCT FROM (SELECT list(name) FROM pragma_table_info('published')) AS differ;

SELECT missing_rows + unexpected_rows + CASE WHEN differ THEN 1 ELSE 0 END AS differences,
       '${table}: ' || truth_rows || ' rows expected, ' || published_rows || ' published, '
           || CASE WHEN missing_rows + unexpected_rows = 0 AND NOT differ THEN 'all equal'
                   WHEN differ THEN 'the columns differ'
                   ELSE missing_rows || ' missing, ' || unexpected_rows || ' unexpected'
                        || coalesce(', for example missing '
                                    || (SELECT first(missing ORDER BY missing)::VARCHAR FROM missing), '')
                        || coalesce(', unexpected '
                                    || (SELECT first(unexpected ORDER BY unexpected)::VARCHAR
                                        FROM unexpected), '')
              END AS line
FROM (SELECT (SELECT count(*) FROM truth) AS truth_rows,
             (SELECT count(*) FROM published) AS published_rows,
             (SELECT count(*) FROM missing) AS missing_rows,
             (SELECT count(*) FROM unexpected) AS unexpected_rows,
             (SELECT differ FROM columns) AS differ);
