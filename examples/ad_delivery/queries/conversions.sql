-- Conversions of the day, each with the click that caused it: the last valid click of the same uid on
-- that advertiser in the three days before. Late clicks can still change the cause of a conversion, so
-- this is worked out anew each time.
CREATE TEMP TABLE conv AS
SELECT conv_id,
       arg_min(uid, hour) AS uid,
       arg_min(ts, hour) AS ts,
       arg_min(advertiser_id, hour) AS advertiser_id,
       arg_min(value_micros, hour) AS value_micros
FROM read_parquet('${work_dir}/logs/conv/dt=${dt}/hour=*/part*.parquet',
                  hive_partitioning = true, hive_types = {'hour': INTEGER})
WHERE hour < ${end_hour}
GROUP BY conv_id;

CREATE TEMP TABLE owner AS
SELECT creative.creative_id, line_item.line_item_id, campaign.campaign_id, campaign.advertiser_id
FROM read_csv('${data_dir}/masters/creative.csv', header = true) AS creative
JOIN read_csv('${data_dir}/masters/line_item.csv', header = true) AS line_item USING (line_item_id)
JOIN read_csv('${data_dir}/masters/campaign.csv', header = true) AS campaign USING (campaign_id);

-- Pairs of a conversion and a click that may have caused it are few: same person, same advertiser.
CREATE TEMP TABLE caused AS
SELECT conv.conv_id,
       arg_max({'creative_id': click.creative_id, 'slot_id': click.slot_id},
               {'ts': click.ts, 'click_id': click.click_id}) AS click
FROM conv
JOIN (SELECT click_id, ts, uid, creative_id, slot_id, advertiser_id
      FROM read_parquet('${work_dir}/valid_clicks.parquet')
      JOIN owner USING (creative_id)) AS click
    ON click.uid = conv.uid
   AND click.advertiser_id = conv.advertiser_id
   AND click.ts <= conv.ts
   AND click.ts >= conv.ts - INTERVAL 3 DAY
GROUP BY conv.conv_id;

COPY (
    SELECT strftime(make_timestamp(event_hour * 3600000000), '%Y-%m-%d %H:00') AS event_hour,
           total.advertiser_id,
           coalesce(owner.campaign_id, 0) AS campaign_id,
           coalesce(owner.line_item_id, 0) AS line_item_id,
           creative_id, slot_id, conversions, value_micros
    FROM (SELECT event_hour, advertiser_id, creative_id, slot_id,
                 sum(conversions)::BIGINT AS conversions,
                 sum(value_micros)::BIGINT AS value_micros
          FROM (SELECT event_hour, advertiser_id, creative_id, slot_id, conversions, value_micros
                FROM read_parquet('${work_dir}/start/conversions.parquet')
                UNION ALL
                SELECT epoch_ms(ts) // 3600000, advertiser_id,
                       coalesce(click.creative_id, 0), coalesce(click.slot_id, 0),
                       1, value_micros
                FROM conv LEFT JOIN caused USING (conv_id))
          GROUP BY ALL) AS total
    LEFT JOIN owner USING (creative_id)
) TO '${work_dir}/result/conversions.parquet' (FORMAT parquet);
