-- Valid clicks of the three days before, which conversions of today may belong to.
COPY (
    SELECT click_id, ts, uid, creative_id, slot_id
    FROM read_csv('${data_dir}/state/clicks.csv.gz', header = true, types = {'ts': 'TIMESTAMP'})
) TO '${work_dir}/clicks/dt=${dt}/hour=-1/part.parquet' (FORMAT parquet);

-- Nobody waits for an impression yet, and no click of the day is known.
COPY (
    SELECT 0::BIGINT AS click_id, 0::BIGINT AS imp_id, TIMESTAMP '1970-01-01' AS ts,
           0::BIGINT AS uid, false AS invalid
    WHERE false
) TO '${work_dir}/waiting/dt=${dt}/hour=-1/part.parquet' (FORMAT parquet);

COPY (
    SELECT 0::BIGINT AS click_id WHERE false
) TO '${work_dir}/logs/click/dt=${dt}/hour=-1/part.parquet' (FORMAT parquet);
