-- Impressions of the days before that may still be clicked: kept as the "hour -1" of the day, so
-- that every later query finds at least one file.
COPY (
    SELECT imp_id,
           slot_id::SMALLINT AS slot_id,
           creative_id::SMALLINT AS creative_id,
           line_item_id::SMALLINT AS line_item_id,
           geo,
           false AS invalid
    FROM read_csv('${data_dir}/state/imps.csv.gz', header = true)
) TO '${work_dir}/imps/dt=${dt}/hour=-1/part.parquet' (FORMAT parquet, COMPRESSION lz4_raw);
