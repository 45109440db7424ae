-- Valid clicks of the three days before, and an empty list of clicks that wait for their impression.
COPY (
    SELECT click_id, ts, uid,
           creative_id::SMALLINT AS creative_id,
           slot_id::SMALLINT AS slot_id
    FROM read_csv('${data_dir}/state/clicks.csv.gz', header = true, types = {'ts': 'TIMESTAMP'})
) TO '${work_dir}/clicks/dt=${dt}/hour=-1/part.parquet' (FORMAT parquet);

COPY (
    SELECT 0::BIGINT AS click_id, 0::BIGINT AS imp_id, TIMESTAMP '1970-01-01' AS ts,
           0::BIGINT AS uid, false AS invalid
    WHERE false
) TO '${work_dir}/waiting/dt=${dt}/hour=-1/part.parquet' (FORMAT parquet);

COPY (
    SELECT 0::BIGINT AS click_id WHERE false
) TO '${work_dir}/click_ids/dt=${dt}/hour=-1/part.parquet' (FORMAT parquet);
