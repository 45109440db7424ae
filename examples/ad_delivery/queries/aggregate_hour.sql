-- One hour of arrival, as it streams by: counts of what is on time, and late rows set aside.
--
-- An impression cannot arrive before it happens. So a row that arrives in its own hour has surely
-- not been seen before, and only copies within the hour have to be found. Copies within one hour
-- are alike, so any of them will do. Late rows (one in thirty) are judged in restate.sql, which
-- looks back over the day.
--
-- Writes files of its own under hour=${hh}: run it twice and the second run writes them again.

CREATE TEMP TABLE robot AS
SELECT ua FROM read_csv('${data_dir}/masters/bot_user_agent.csv', header = true,
                        columns = {'ua': 'VARCHAR'}, auto_detect = false, quote = '"');

CREATE TEMP VIEW imp AS
SELECT imp_id, epoch_ms(ts) // 3600000 AS event_hour,
       line_item_id, creative_id, slot_id, geo, price_micros,
       ua IN (FROM robot) AS invalid
FROM read_parquet('${work_dir}/logs/imp/dt=${dt}/hour=${hh}/part*.parquet');

-- Few rows need a second look: one of each id of them, and all others, are then simply counted.
CREATE TEMP TABLE repeated AS
SELECT imp_id FROM imp GROUP BY imp_id HAVING count(*) > 1;

CREATE TEMP TABLE aside AS
SELECT *, event_hour < epoch_ms(TIMESTAMP '${dt} ${hh}:00:00') // 3600000 AS is_late
FROM imp
WHERE is_late OR imp_id IN (FROM repeated);

COPY (
    SELECT DISTINCT ON (imp_id) * EXCLUDE (is_late) FROM aside WHERE is_late
) TO '${work_dir}/late/dt=${dt}/hour=${hh}/part.parquet' (FORMAT parquet);

COPY (
    SELECT epoch_ms(TIMESTAMP '${dt} ${hh}:00:00') // 3600000 AS event_hour,
           line_item_id, creative_id, slot_id, geo,
           count(*) FILTER (NOT invalid) AS imps,
           0 AS clicks,
           count(*) FILTER (invalid) AS invalid_imps,
           0 AS invalid_clicks,
           coalesce(sum(price_micros) FILTER (NOT invalid), 0)::BIGINT AS spend_micros
    FROM (FROM imp ANTI JOIN aside USING (imp_id)
          UNION ALL
          SELECT DISTINCT ON (imp_id) * EXCLUDE (is_late) FROM aside WHERE NOT is_late)
    GROUP BY line_item_id, creative_id, slot_id, geo
) TO '${work_dir}/counts/dt=${dt}/hour=${hh}/part.parquet' (FORMAT parquet);
