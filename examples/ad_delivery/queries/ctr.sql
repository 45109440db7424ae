-- How often a creative is clicked, in parts per million, believed rather than merely counted.
--
-- A Beta prior in plain words: before anything is seen, pretend to have seen `weight` impressions
-- with the click rate of the level above (all -> line item -> creative -> creative in a slot).
-- A level with fewer than 100 real impressions backs off: it passes on the rate above it.
--
-- Everything is an integer: (2*a + b) // (2*b) is a/b rounded half up.
CREATE TEMP TABLE seen AS
SELECT line_item_id, creative_id, slot_id,
       sum(imps)::BIGINT AS imps, sum(clicks)::BIGINT AS clicks
FROM read_parquet('${work_dir}/result/hourly.parquet')
GROUP BY ALL;

CREATE TEMP TABLE rate_all AS
SELECT (2 * (clicks * 1000000 + 1000 * 10000) + imps + 1000) // (2 * (imps + 1000)) AS ppm
FROM (SELECT coalesce(sum(imps), 0)::BIGINT AS imps, coalesce(sum(clicks), 0)::BIGINT AS clicks
      FROM seen);

CREATE TEMP TABLE rate_line_item AS
SELECT line_item_id, imps, all_ppm,
       (2 * (clicks * 1000000 + 1000 * all_ppm) + imps + 1000) // (2 * (imps + 1000)) AS ppm
FROM (SELECT line_item_id,
             coalesce(sum(imps), 0)::BIGINT AS imps,
             coalesce(sum(clicks), 0)::BIGINT AS clicks,
             (SELECT ppm FROM rate_all) AS all_ppm
      FROM (SELECT DISTINCT line_item_id
            FROM read_csv('${data_dir}/masters/creative.csv', header = true))
      LEFT JOIN seen USING (line_item_id)
      GROUP BY line_item_id);

CREATE TEMP TABLE rate_creative AS
SELECT creative_id, imps, clicks, smooth_ppm,
       CASE level WHEN 'creative' THEN smooth_ppm WHEN 'line_item' THEN item_ppm ELSE all_ppm END AS ppm,
       level
FROM (SELECT creative_id, counted.imps, counted.clicks, item.ppm AS item_ppm, all_ppm,
             (2 * (counted.clicks * 1000000 + 500 * item.ppm) + counted.imps + 500)
                 // (2 * (counted.imps + 500)) AS smooth_ppm,
             CASE WHEN counted.imps >= 100 THEN 'creative'
                  WHEN item.imps >= 100 THEN 'line_item'
                  ELSE 'all' END AS level
      FROM (SELECT creative.creative_id, creative.line_item_id,
                   coalesce(sum(imps), 0)::BIGINT AS imps,
                   coalesce(sum(clicks), 0)::BIGINT AS clicks
            FROM read_csv('${data_dir}/masters/creative.csv', header = true) AS creative
            LEFT JOIN seen USING (creative_id)
            GROUP BY ALL) AS counted
      JOIN rate_line_item AS item USING (line_item_id));

-- Slot 0 stands for any slot: the belief about a creative where it was never shown.
COPY (
    SELECT creative_id, 0::BIGINT AS slot_id, imps, clicks, ppm::BIGINT AS ctr_ppm, level
    FROM rate_creative
    UNION ALL
    SELECT pair.creative_id, pair.slot_id, pair.imps, pair.clicks,
           CASE WHEN pair.imps >= 100
                THEN (2 * (pair.clicks * 1000000 + 200 * above.smooth_ppm) + pair.imps + 200)
                         // (2 * (pair.imps + 200))
                ELSE above.ppm END::BIGINT,
           CASE WHEN pair.imps >= 100 THEN 'slot' ELSE above.level END
    FROM (SELECT creative_id, slot_id, sum(imps)::BIGINT AS imps, sum(clicks)::BIGINT AS clicks
          FROM seen GROUP BY ALL) AS pair
    JOIN rate_creative AS above USING (creative_id)
) TO '${work_dir}/result/ctr.parquet' (FORMAT parquet);
