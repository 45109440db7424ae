-- Valid clicks of the three days before, which conversions of today may belong to.
COPY (
    SELECT click_id, ts, uid, creative_id, slot_id
    FROM read_csv('${data_dir}/state/clicks.csv.gz', header = true, types = {'ts': 'TIMESTAMP'})
) TO '${work_dir}/start/clicks.parquet' (FORMAT parquet);
