-- Slot information: the master row, what the slot earned, and where most of its visitors are.
COPY (
    SELECT slot_id, publisher_id, width, height, floor_micros, blocked_categories,
           coalesce(imps, 0) AS imps,
           coalesce(clicks, 0) AS clicks,
           coalesce(revenue_micros, 0) AS revenue_micros,
           CASE WHEN imps > 0 THEN (2000 * revenue_micros + imps) // (2 * imps) ELSE 0 END::BIGINT
               AS ecpm_micros,
           CASE WHEN imps > 0 THEN (2000000 * clicks + imps) // (2 * imps) ELSE 0 END::BIGINT
               AS ctr_ppm,
           coalesce(main_geo, '-') AS main_geo
    FROM read_csv('${data_dir}/masters/slot.csv', header = true)
    LEFT JOIN (SELECT slot_id,
                      sum(imps)::BIGINT AS imps,
                      sum(clicks)::BIGINT AS clicks,
                      sum(spend_micros)::BIGINT AS revenue_micros
               FROM read_parquet('${work_dir}/result/hourly.parquet')
               GROUP BY slot_id) USING (slot_id)
    LEFT JOIN (SELECT slot_id, geo AS main_geo
               FROM (SELECT slot_id, geo, sum(imps) AS imps
                     FROM read_parquet('${work_dir}/result/hourly.parquet')
                     GROUP BY ALL)
               WHERE imps > 0
               QUALIFY row_number() OVER (PARTITION BY slot_id ORDER BY imps DESC, geo) = 1)
        USING (slot_id)
) TO '${work_dir}/result/slots.parquet' (FORMAT parquet);
