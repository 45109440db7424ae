-- Impressions of the days before that may still be clicked: the "hour -1" of the log, with the
-- columns that a look back needs. So every later query finds at least one file.
COPY (
    SELECT imp_id, slot_id, creative_id, line_item_id, geo, '' AS ua
    FROM read_csv('${data_dir}/state/imps.csv.gz', header = true)
) TO '${work_dir}/logs/imp/dt=${dt}/hour=-1/part.parquet' (FORMAT parquet);
