-- The result tables as the days before left them, in the shape in which the hours add to them.
COPY (
    SELECT epoch_ms(event_hour) // 3600000 AS event_hour,
           line_item_id, creative_id, slot_id, geo,
           imps, clicks, invalid_imps, invalid_clicks, spend_micros
    FROM read_csv('${data_dir}/state/hourly.csv.gz', header = true,
                  types = {'event_hour': 'TIMESTAMP'})
) TO '${work_dir}/start/counts.parquet' (FORMAT parquet);

COPY (
    SELECT epoch_ms(event_hour) // 3600000 AS event_hour,
           advertiser_id, creative_id, slot_id, conversions, value_micros
    FROM read_csv('${data_dir}/state/conversions.csv.gz', header = true,
                  types = {'event_hour': 'TIMESTAMP'})
) TO '${work_dir}/start/conversions.parquet' (FORMAT parquet);
