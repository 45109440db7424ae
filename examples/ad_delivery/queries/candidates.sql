-- Which creatives may be shown in a slot, best first: those that match its size and main geo, are
-- not blocked, belong to a running campaign with budget left, and pay at least the floor.
--
-- erpm is the expected revenue of a thousand impressions: bid for a click x click rate x 1000.
COPY (
    SELECT slot_id,
           row_number() OVER best AS position,
           creative_id, line_item_id, campaign_id, bid_micros, ctr_ppm, erpm_micros
    FROM (SELECT slot.slot_id, slot.floor_micros,
                 creative.creative_id, line_item.line_item_id, line_item.campaign_id,
                 line_item.bid_micros,
                 coalesce(here.ctr_ppm, anywhere.ctr_ppm) AS ctr_ppm,
                 (2 * line_item.bid_micros * coalesce(here.ctr_ppm, anywhere.ctr_ppm) + 1000) // 2000
                     AS erpm_micros
          FROM read_parquet('${work_dir}/result/slots.parquet') AS slot
          JOIN read_csv('${data_dir}/masters/creative.csv', header = true) AS creative
              ON creative.width = slot.width AND creative.height = slot.height
          JOIN read_csv('${data_dir}/masters/line_item.csv', header = true) AS line_item
              USING (line_item_id)
          JOIN read_parquet('${work_dir}/result/pacing.parquet') AS pacing USING (campaign_id)
          JOIN read_parquet('${work_dir}/result/ctr.parquet') AS anywhere
              ON anywhere.creative_id = creative.creative_id AND anywhere.slot_id = 0
          LEFT JOIN read_parquet('${work_dir}/result/ctr.parquet') AS here
              ON here.creative_id = creative.creative_id AND here.slot_id = slot.slot_id
          WHERE pacing.state IN ('ahead', 'behind', 'on_track')
            AND (line_item.target_sizes = '*'
                 OR list_contains(string_split(line_item.target_sizes, '|'),
                                  slot.width || 'x' || slot.height))
            AND (line_item.target_geo = '*'
                 OR list_contains(string_split(line_item.target_geo, '|'), slot.main_geo))
            AND NOT list_contains(string_split(slot.blocked_categories, '|'), creative.category))
    WHERE erpm_micros >= floor_micros
    WINDOW best AS (PARTITION BY slot_id ORDER BY erpm_micros DESC, creative_id)
    QUALIFY position <= 20
) TO '${work_dir}/result/candidates.parquet' (FORMAT parquet);
