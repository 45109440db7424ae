-- One hour of arrival: what is new in it, what is invalid, and what it adds to the hourly counts.
--
-- Reads the typed logs of this hour and of the hours before it, and writes files of its own under
-- hour=${hh}: run it twice and the second run writes the same files again. The logs are read as
-- they are and never sorted or copied whole. Only ids that occur twice, rows that come late and
-- clicks (one row in twelve) ever leave the stream.

CREATE TEMP TABLE robot AS
SELECT ua FROM read_csv('${data_dir}/masters/bot_user_agent.csv', header = true,
                        columns = {'ua': 'VARCHAR'}, auto_detect = false, quote = '"');

CREATE TEMP TABLE this AS
SELECT epoch_ms(TIMESTAMP '${dt} ${hh}:00:00') // 3600000 AS event_hour;

CREATE TEMP VIEW imp AS
SELECT imp_id, epoch_ms(ts) // 3600000 AS event_hour,
       line_item_id, creative_id, slot_id, geo, price_micros,
       ua IN (FROM robot) AS invalid
FROM read_parquet('${work_dir}/logs/imp/dt=${dt}/hour=${hh}/*.parquet');

-- 1. Ids that this hour holds twice, and ids that an earlier hour may hold: an impression cannot
--    arrive before it happens, so only a late row can be the copy of an earlier one.
CREATE TEMP TABLE repeated AS
SELECT imp_id FROM imp GROUP BY imp_id HAVING count(*) > 1;

CREATE TEMP TABLE late AS
SELECT imp_id FROM imp WHERE event_hour < (SELECT event_hour FROM this);

-- 2. New clicks. Copies within an hour are alike, so any of them will do. Too many clicks of one
--    uid or from one address within the hour are invalid, as are all clicks of robots.
CREATE TEMP TABLE new_click AS
SELECT *,
       ua IN (FROM robot)
       OR count(*) OVER (PARTITION BY uid) > 10
       OR count(*) OVER (PARTITION BY ip) > 20 AS invalid
FROM (SELECT click_id, any_value(imp_id) AS imp_id, any_value(ts) AS ts, any_value(uid) AS uid,
             any_value(ip) AS ip, any_value(ua) AS ua
      FROM read_parquet('${work_dir}/logs/click/dt=${dt}/hour=${hh}/*.parquet')
      GROUP BY click_id)
ANTI JOIN (SELECT click_id
           FROM read_parquet('${work_dir}/logs/click/dt=${dt}/hour=*/*.parquet',
                             hive_partitioning = true, hive_types = {'hour': INTEGER})
           WHERE hour < ${hour}) USING (click_id);

CREATE TEMP TABLE open_click AS
SELECT click_id, imp_id, ts, uid, invalid FROM new_click
UNION ALL
SELECT click_id, imp_id, ts, uid, invalid
FROM read_parquet('${work_dir}/waiting/dt=${dt}/hour=${previous_hh}/part.parquet');

-- 3. The one look back over the day, for all ids that matter now.
CREATE TEMP TABLE found AS
SELECT imp_id,
       min(hour) AS hour,
       any_value(line_item_id) AS line_item_id,
       any_value(creative_id) AS creative_id,
       any_value(slot_id) AS slot_id,
       any_value(geo) AS geo,
       any_value(ua) IN (FROM robot) AS invalid
FROM read_parquet('${work_dir}/logs/imp/dt=${dt}/hour=*/*.parquet',
                  hive_partitioning = true, hive_types = {'hour': INTEGER})
SEMI JOIN (FROM late UNION ALL SELECT imp_id FROM open_click) USING (imp_id)
WHERE hour <= ${hour}
GROUP BY imp_id;

CREATE TEMP TABLE known AS
SELECT imp_id FROM found WHERE hour >= 0 AND hour < ${hour};

-- 4. Impressions of the hour, by all that they are counted by.
CREATE TEMP TABLE imp_count AS
SELECT event_hour, line_item_id, creative_id, slot_id, geo,
       count(*) FILTER (NOT invalid) AS imps,
       count(*) FILTER (invalid) AS invalid_imps,
       coalesce(sum(price_micros) FILTER (NOT invalid), 0)::BIGINT AS spend_micros
FROM (FROM imp ANTI JOIN (FROM known UNION ALL FROM repeated) USING (imp_id)
      UNION ALL
      SELECT DISTINCT ON (imp_id) *
      FROM imp SEMI JOIN repeated USING (imp_id) ANTI JOIN known USING (imp_id))
GROUP BY ALL;

-- 5. A click counts from the hour in which both it and its impression have arrived.
CREATE TEMP TABLE resolved AS
SELECT open_click.click_id, open_click.ts, open_click.uid,
       found.line_item_id, found.creative_id, found.slot_id, found.geo,
       open_click.invalid OR found.invalid AS invalid
FROM open_click JOIN found USING (imp_id);

COPY (FROM open_click ANTI JOIN resolved USING (click_id))
TO '${work_dir}/waiting/dt=${dt}/hour=${hh}/part.parquet' (FORMAT parquet);

COPY (SELECT click_id, ts, uid, creative_id, slot_id FROM resolved WHERE NOT invalid)
TO '${work_dir}/clicks/dt=${dt}/hour=${hh}/part.parquet' (FORMAT parquet);

-- 6. What this hour of arrival adds to each hour of events: late rows restate hours long past.
COPY (
    SELECT event_hour, line_item_id, creative_id, slot_id, geo,
           imps, 0 AS clicks, invalid_imps, 0 AS invalid_clicks, spend_micros
    FROM imp_count
    UNION ALL
    SELECT epoch_ms(ts) // 3600000, line_item_id, creative_id, slot_id, geo,
           0, count(*) FILTER (NOT invalid), 0, count(*) FILTER (invalid), 0
    FROM resolved
    GROUP BY ALL
) TO '${work_dir}/counts/dt=${dt}/hour=${hh}/part.parquet' (FORMAT parquet);

-- 7. The quality of the hour, for these two logs. It is also the answer of this query.
CREATE TEMP TABLE quality AS
SELECT source, received, new_rows, received - new_rows AS duplicates, late, invalid
FROM (SELECT 'imp' AS source, count(*) AS received FROM imp)
JOIN (SELECT 'imp' AS source,
             sum(imps + invalid_imps)::BIGINT AS new_rows,
             coalesce(sum(imps + invalid_imps)
                 FILTER (event_hour < (SELECT event_hour FROM this)), 0)::BIGINT AS late,
             sum(invalid_imps)::BIGINT AS invalid
      FROM imp_count) USING (source)
UNION ALL
SELECT source, received, new_rows, received - new_rows, late, invalid
FROM (SELECT 'click' AS source, count(*) AS received
      FROM read_parquet('${work_dir}/logs/click/dt=${dt}/hour=${hh}/*.parquet'))
JOIN (SELECT 'click' AS source,
             count(*) AS new_rows,
             count(*) FILTER (epoch_ms(ts) // 3600000 < (SELECT event_hour FROM this)) AS late,
             count(*) FILTER (invalid) AS invalid
      FROM new_click) USING (source);

COPY (SELECT source, received, duplicates, late, invalid FROM quality)
TO '${work_dir}/quality/dt=${dt}/hour=${hh}/part.parquet' (FORMAT parquet);

FROM quality;
