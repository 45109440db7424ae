-- What can only be said by looking back over the day: late rows, clicks, and the quality of the
-- logs, as of hour ${end_hour}. Late rows restate hours that were published long ago.
--
-- One pass over the impressions of the day, for the few ids that matter. Written anew each time.

CREATE TEMP TABLE robot AS
SELECT ua FROM read_csv('${data_dir}/masters/bot_user_agent.csv', header = true,
                        columns = {'ua': 'VARCHAR'}, auto_detect = false, quote = '"');

-- 1. Clicks: the first arrival of an id counts. Invalid are all clicks of robots, and all clicks of
--    a uid (or an address) that clicked too often within one hour of arrival.
CREATE TEMP VIEW click_row AS
SELECT click_id, imp_id, ts, uid, ip, ua IN (FROM robot) AS is_robot, hour
FROM read_parquet('${work_dir}/logs/click/dt=${dt}/hour=*/part*.parquet',
                  hive_partitioning = true, hive_types = {'hour': INTEGER})
WHERE hour < ${end_hour};

CREATE TEMP TABLE repeated AS
SELECT click_id FROM click_row GROUP BY click_id HAVING count(*) > 1;

CREATE TEMP TABLE first_click AS
FROM click_row ANTI JOIN repeated USING (click_id)
UNION ALL
FROM (SELECT DISTINCT ON (click_id) *
      FROM click_row SEMI JOIN repeated USING (click_id)
      ORDER BY click_id, hour);

CREATE TEMP TABLE click AS
SELECT click_id, imp_id, ts, uid, hour,
       is_robot
       OR (hour, uid) IN (SELECT (hour, uid) FROM first_click GROUP BY hour, uid
                          HAVING count(*) > 10)
       OR (hour, ip) IN (SELECT (hour, ip) FROM first_click GROUP BY hour, ip
                         HAVING count(*) > 20) AS invalid
FROM first_click;

DROP TABLE repeated;
DROP TABLE first_click;

-- 2. Late impressions, and the look back: when did each id arrive first, and what did it show?
CREATE TEMP VIEW late AS
FROM read_parquet('${work_dir}/late/dt=${dt}/hour=*/part.parquet',
                  hive_partitioning = true, hive_types = {'hour': INTEGER})
WHERE hour < ${end_hour};

CREATE TEMP TABLE found AS
SELECT imp_id,
       min(hour) AS hour,
       any_value(line_item_id) AS line_item_id,
       any_value(creative_id) AS creative_id,
       any_value(slot_id) AS slot_id,
       any_value(geo) AS geo,
       any_value(ua IN (FROM robot)) AS invalid
FROM read_parquet('${work_dir}/logs/imp/dt=${dt}/hour=*/part*.parquet',
                  hive_partitioning = true, hive_types = {'hour': INTEGER})
SEMI JOIN (SELECT imp_id FROM late UNION ALL SELECT imp_id FROM click) USING (imp_id)
WHERE hour < ${end_hour}
GROUP BY imp_id;

CREATE TEMP TABLE new_late AS
FROM late SEMI JOIN found USING (imp_id, hour);

-- 3. A click counts from the hour in which both it and its impression have arrived.
CREATE TEMP TABLE resolved AS
SELECT click.click_id, click.ts, click.uid,
       found.line_item_id, found.creative_id, found.slot_id, found.geo,
       click.invalid OR found.invalid AS invalid
FROM click JOIN found USING (imp_id);

DROP TABLE found;

COPY (
    SELECT click_id, ts, uid, creative_id, slot_id FROM resolved WHERE NOT invalid
    UNION ALL
    SELECT click_id, ts, uid, creative_id, slot_id
    FROM read_parquet('${work_dir}/start/clicks.parquet')
) TO '${work_dir}/valid_clicks.parquet' (FORMAT parquet);

COPY (
    SELECT event_hour, line_item_id, creative_id, slot_id, geo,
           count(*) FILTER (NOT invalid) AS imps,
           0 AS clicks,
           count(*) FILTER (invalid) AS invalid_imps,
           0 AS invalid_clicks,
           coalesce(sum(price_micros) FILTER (NOT invalid), 0)::BIGINT AS spend_micros
    FROM new_late
    GROUP BY ALL
    UNION ALL
    SELECT epoch_ms(ts) // 3600000, line_item_id, creative_id, slot_id, geo,
           0, count(*) FILTER (NOT invalid), 0, count(*) FILTER (invalid), 0
    FROM resolved
    GROUP BY ALL
) TO '${work_dir}/restated.parquet' (FORMAT parquet);

-- 4. What each hour of arrival brought, log by log. Conversions are few: they are counted here.
CREATE TEMP TABLE received AS
SELECT 'imp' AS source, hour, count(*) AS received
FROM read_parquet('${work_dir}/logs/imp/dt=${dt}/hour=*/part*.parquet',
                  hive_partitioning = true, hive_types = {'hour': INTEGER})
WHERE hour < ${end_hour}
GROUP BY hour
UNION ALL
SELECT 'click', hour, count(*)
FROM read_parquet('${work_dir}/logs/click/dt=${dt}/hour=*/part*.parquet',
                  hive_partitioning = true, hive_types = {'hour': INTEGER})
WHERE hour < ${end_hour}
GROUP BY hour
UNION ALL
SELECT 'conv', hour, count(*)
FROM read_parquet('${work_dir}/logs/conv/dt=${dt}/hour=*/part*.parquet',
                  hive_partitioning = true, hive_types = {'hour': INTEGER})
WHERE hour < ${end_hour}
GROUP BY hour;

CREATE TEMP TABLE first_arrival AS
SELECT 'imp' AS source, hour, sum(imps + invalid_imps) AS new_rows, 0 AS late,
       sum(invalid_imps) AS invalid
FROM read_parquet('${work_dir}/counts/dt=${dt}/hour=*/part.parquet',
                  hive_partitioning = true, hive_types = {'hour': INTEGER})
WHERE hour < ${end_hour}
GROUP BY hour
UNION ALL
SELECT 'imp', hour, count(*), count(*), count(*) FILTER (invalid) FROM new_late GROUP BY hour
UNION ALL
SELECT 'click', hour, count(*),
       count(*) FILTER (ts < TIMESTAMP '${dt} 00:00:00' + to_hours(hour)),
       count(*) FILTER (invalid)
FROM click
GROUP BY hour
UNION ALL
SELECT 'conv', hour, count(*),
       count(*) FILTER (ts < TIMESTAMP '${dt} 00:00:00' + to_hours(hour)),
       0
FROM (SELECT min(hour) AS hour, any_value(ts) AS ts
      FROM read_parquet('${work_dir}/logs/conv/dt=${dt}/hour=*/part*.parquet',
                        hive_partitioning = true, hive_types = {'hour': INTEGER})
      WHERE hour < ${end_hour}
      GROUP BY conv_id)
GROUP BY hour;

COPY (
    SELECT strftime(TIMESTAMP '${dt} 00:00:00' + to_hours(hour), '%Y-%m-%d %H:00') AS arrival_hour,
           source,
           coalesce(received, 0) AS received,
           coalesce(received - new_rows, 0)::BIGINT AS duplicates,
           coalesce(late, 0)::BIGINT AS late,
           coalesce(invalid, 0)::BIGINT AS invalid
    FROM (SELECT unnest(range(${end_hour}))::INTEGER AS hour)
    CROSS JOIN (SELECT unnest(['imp', 'click', 'conv']) AS source)
    LEFT JOIN received USING (source, hour)
    LEFT JOIN (SELECT source, hour,
                      sum(new_rows) AS new_rows, sum(late) AS late, sum(invalid) AS invalid
               FROM first_arrival
               GROUP BY source, hour) USING (source, hour)
) TO '${work_dir}/result/quality.parquet' (FORMAT parquet);

FROM read_parquet('${work_dir}/result/quality.parquet') ORDER BY ALL;
