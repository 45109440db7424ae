-- What each hour of arrival brought, log by log.
COPY (
    SELECT strftime(TIMESTAMP '${dt} 00:00:00' + to_hours(hour), '%Y-%m-%d %H:00') AS arrival_hour,
           source, received, duplicates, late, invalid
    FROM (SELECT hour, source, received, duplicates, late, invalid
          FROM read_parquet('${work_dir}/quality/dt=${dt}/hour=*/part.parquet',
                            hive_partitioning = true, hive_types = {'hour': INTEGER})
          UNION ALL
          -- Conversions have no state of their own by hour: the first hour of an id is looked up.
          SELECT hour, 'conv', count(*), count(*) FILTER (NOT first),
                 count(*) FILTER (first AND ts < TIMESTAMP '${dt} 00:00:00' + to_hours(hour)), 0
          FROM (SELECT hour, ts,
                       row_number() OVER (PARTITION BY conv_id ORDER BY hour) = 1 AS first
                FROM read_parquet('${work_dir}/logs/conv/dt=${dt}/hour=*/*.parquet',
                                  hive_partitioning = true, hive_types = {'hour': INTEGER})
                WHERE hour < ${end_hour})
          GROUP BY hour)
    WHERE hour < ${end_hour}
) TO '${work_dir}/result/quality.parquet' (FORMAT parquet);
