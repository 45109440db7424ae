-- What each campaign spent on the day, against the part of its budget that is due by now.
COPY (
    SELECT campaign_id, advertiser_id, daily_budget_micros, spend_micros, expected_micros, pace_ppm,
           CASE WHEN now < start_at THEN 'not_started'
                WHEN now >= end_at THEN 'ended'
                WHEN spend_micros >= daily_budget_micros THEN 'exhausted'
                WHEN pace_ppm > 1200000 THEN 'ahead'
                WHEN pace_ppm < 800000 THEN 'behind'
                ELSE 'on_track' END AS state
    FROM (SELECT *,
                 TIMESTAMP '${dt} 00:00:00' + to_hours(${end_hour}) AS now,
                 CASE WHEN expected_micros > 0
                      THEN (2000000 * spend_micros + expected_micros) // (2 * expected_micros)
                      ELSE 0 END::BIGINT AS pace_ppm
          FROM (SELECT campaign_id, advertiser_id, daily_budget_micros, start_at, end_at,
                       coalesce(spend_micros, 0) AS spend_micros,
                       (2 * daily_budget_micros * ${end_hour} + 24) // 48 AS expected_micros
                FROM read_csv('${data_dir}/masters/campaign.csv', header = true)
                LEFT JOIN (SELECT campaign_id, sum(spend_micros)::BIGINT AS spend_micros
                           FROM read_parquet('${work_dir}/result/hourly.parquet')
                           WHERE event_hour >= '${dt} 00:00'
                           GROUP BY campaign_id) USING (campaign_id)))
) TO '${work_dir}/result/pacing.parquet' (FORMAT parquet);
