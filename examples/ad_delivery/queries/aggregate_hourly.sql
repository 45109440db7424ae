-- One hour of arrival: what is new in it, what is invalid, and what it adds to the hourly counts.
--
-- Reads the typed logs of the hour and what earlier hours of the day left. Writes files of its
-- own under hour=${hh}: run it twice and the second run writes the same files again.

-- 1. Impressions, one row for each id. Copies within the hour are alike, so any of them will do.
CREATE TEMP TABLE arrived AS
SELECT imp_id,
       any_value(epoch_ms(ts) // 3600000) AS event_hour,
       any_value(slot_id)::SMALLINT AS slot_id,
       any_value(creative_id)::SMALLINT AS creative_id,
       any_value(line_item_id)::SMALLINT AS line_item_id,
       any_value(geo) AS geo,
       any_value(price_micros) AS price_micros,
       any_value(ua IN (SELECT ua FROM read_csv('${data_dir}/masters/bot_user_agent.csv',
                                                header = true))) AS invalid,
       count(*) AS copies
FROM read_parquet('${work_dir}/parquet/imp/dt=${dt}/hour=${hh}/*.parquet')
GROUP BY imp_id;

-- 2. Clicks, the same way, without those that an earlier hour has seen.
CREATE TEMP TABLE click_rows AS
SELECT click_id,
       any_value(imp_id) AS imp_id,
       any_value(ts) AS ts,
       any_value(uid) AS uid,
       any_value(ip) AS ip,
       any_value(ua) AS ua,
       count(*) AS copies
FROM read_parquet('${work_dir}/parquet/click/dt=${dt}/hour=${hh}/*.parquet')
GROUP BY click_id;

CREATE TEMP TABLE new_clicks AS
SELECT click_id, imp_id, ts, uid,
       ua IN (SELECT ua FROM read_csv('${data_dir}/masters/bot_user_agent.csv', header = true))
       OR count(*) OVER (PARTITION BY uid) > 10
       OR count(*) OVER (PARTITION BY ip) > 20 AS invalid
FROM click_rows
ANTI JOIN (SELECT click_id
           FROM read_parquet('${work_dir}/click_ids/dt=${dt}/hour=*/part.parquet',
                             hive_partitioning = true, hive_types = {'hour': INTEGER})
           WHERE hour < ${hour}) USING (click_id);

-- 3. The one look back at the day: which of the ids that matter now have arrived before? An
--    impression cannot arrive before it happens, so only late rows can be copies of earlier ones.
CREATE TEMP TABLE known AS
SELECT imp_id, slot_id, creative_id, line_item_id, geo, invalid, hour
FROM read_parquet('${work_dir}/imps/dt=${dt}/hour=*/part.parquet',
                  hive_partitioning = true, hive_types = {'hour': INTEGER})
SEMI JOIN (SELECT imp_id FROM arrived
           WHERE event_hour < epoch_ms(TIMESTAMP '${dt} ${hh}:00:00') // 3600000
           UNION ALL
           SELECT imp_id FROM new_clicks) USING (imp_id)
WHERE hour < ${hour};

CREATE TEMP TABLE fresh AS
SELECT * FROM arrived
ANTI JOIN (SELECT imp_id FROM known WHERE hour >= 0) USING (imp_id);

-- 4. A click counts from the hour in which both it and its impression have arrived. Those still
--    alone wait for the next hour.
CREATE TEMP TABLE open_clicks AS
SELECT click_id, imp_id, ts, uid, invalid FROM new_clicks
UNION ALL
SELECT click_id, imp_id, ts, uid, invalid
FROM read_parquet('${work_dir}/waiting/dt=${dt}/hour=${previous_hh}/part.parquet');

CREATE TEMP TABLE resolved AS
SELECT open_clicks.click_id, open_clicks.ts, open_clicks.uid,
       shown.slot_id, shown.creative_id, shown.line_item_id, shown.geo,
       open_clicks.invalid OR shown.invalid AS invalid
FROM open_clicks
JOIN (SELECT imp_id, slot_id, creative_id, line_item_id, geo, invalid FROM known
      UNION ALL
      SELECT imp_id, slot_id, creative_id, line_item_id, geo, invalid FROM fresh) AS shown
    USING (imp_id);

-- 5. What later hours need to know of this one.
COPY (SELECT imp_id, slot_id, creative_id, line_item_id, geo, invalid FROM fresh)
TO '${work_dir}/imps/dt=${dt}/hour=${hh}/part.parquet' (FORMAT parquet, COMPRESSION lz4_raw);

COPY (SELECT click_id FROM new_clicks)
TO '${work_dir}/click_ids/dt=${dt}/hour=${hh}/part.parquet' (FORMAT parquet);

COPY (SELECT * FROM open_clicks ANTI JOIN resolved USING (click_id))
TO '${work_dir}/waiting/dt=${dt}/hour=${hh}/part.parquet' (FORMAT parquet);

COPY (SELECT click_id, ts, uid, creative_id, slot_id FROM resolved WHERE NOT invalid)
TO '${work_dir}/clicks/dt=${dt}/hour=${hh}/part.parquet' (FORMAT parquet);

-- 6. What this hour of arrival adds to each hour of events: late rows restate hours long past.
COPY (
    SELECT event_hour, line_item_id, creative_id, slot_id, geo,
           sum(imps)::BIGINT AS imps,
           sum(clicks)::BIGINT AS clicks,
           sum(invalid_imps)::BIGINT AS invalid_imps,
           sum(invalid_clicks)::BIGINT AS invalid_clicks,
           sum(spend_micros)::BIGINT AS spend_micros
    FROM (SELECT event_hour, line_item_id, creative_id, slot_id, geo,
                 count(*) FILTER (NOT invalid) AS imps,
                 0 AS clicks,
                 count(*) FILTER (invalid) AS invalid_imps,
                 0 AS invalid_clicks,
                 coalesce(sum(price_micros) FILTER (NOT invalid), 0) AS spend_micros
          FROM fresh GROUP BY ALL
          UNION ALL
          SELECT epoch_ms(ts) // 3600000, line_item_id, creative_id, slot_id, geo,
                 0,
                 count(*) FILTER (NOT invalid),
                 0,
                 count(*) FILTER (invalid),
                 0
          FROM resolved GROUP BY ALL)
    GROUP BY ALL
) TO '${work_dir}/counts/dt=${dt}/hour=${hh}/part.parquet' (FORMAT parquet);

-- 7. The quality of the hour: one line for each of these two logs.
COPY (
    SELECT source, received, received - new_rows AS duplicates, late, invalid
    FROM (SELECT 'imp' AS source, sum(copies)::BIGINT AS received FROM arrived)
    JOIN (SELECT 'imp' AS source,
                 count(*) AS new_rows,
                 count(*) FILTER (event_hour < epoch_ms(TIMESTAMP '${dt} ${hh}:00:00') // 3600000)
                     AS late,
                 count(*) FILTER (invalid) AS invalid
          FROM fresh) USING (source)
    UNION ALL
    SELECT source, received, received - new_rows, late, invalid
    FROM (SELECT 'click' AS source, sum(copies)::BIGINT AS received FROM click_rows)
    JOIN (SELECT 'click' AS source,
                 count(*) AS new_rows,
                 count(*) FILTER (ts < TIMESTAMP '${dt} ${hh}:00:00') AS late,
                 count(*) FILTER (invalid) AS invalid
          FROM new_clicks) USING (source)
) TO '${work_dir}/quality/dt=${dt}/hour=${hh}/part.parquet' (FORMAT parquet);

SELECT source, received, duplicates, late, invalid
FROM read_parquet('${work_dir}/quality/dt=${dt}/hour=${hh}/part.parquet');
