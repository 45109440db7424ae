-- The hourly table as of hour ${end_hour}: the days before, the hours that came on time, and what
-- late rows and clicks add to all of them.
COPY (
    SELECT strftime(make_timestamp(event_hour * 3600000000), '%Y-%m-%d %H:00') AS event_hour,
           campaign_id, line_item_id, creative_id, slot_id, geo,
           imps, clicks, invalid_imps, invalid_clicks, spend_micros
    FROM (SELECT event_hour, line_item_id, creative_id, slot_id, geo,
                 sum(imps)::BIGINT AS imps,
                 sum(clicks)::BIGINT AS clicks,
                 sum(invalid_imps)::BIGINT AS invalid_imps,
                 sum(invalid_clicks)::BIGINT AS invalid_clicks,
                 sum(spend_micros)::BIGINT AS spend_micros
          FROM (FROM read_parquet('${work_dir}/start/counts.parquet')
                UNION ALL BY NAME
                FROM read_parquet('${work_dir}/restated.parquet')
                UNION ALL BY NAME
                SELECT * EXCLUDE (dt, hour)
                FROM read_parquet('${work_dir}/counts/dt=${dt}/hour=*/part.parquet',
                                  hive_partitioning = true, hive_types = {'hour': INTEGER})
                WHERE hour < ${end_hour})
          GROUP BY ALL)
    JOIN (SELECT line_item_id, campaign_id
          FROM read_csv('${data_dir}/masters/line_item.csv', header = true)) USING (line_item_id)
) TO '${work_dir}/result/hourly.parquet' (FORMAT parquet);
