-- Is it safe to publish the shadows? One row: how many promises are broken, and which.
SELECT (CASE WHEN slot_rows = 0 THEN 1 ELSE 0 END)
       + (CASE WHEN hourly_imps <> slot_imps THEN 1 ELSE 0 END)
       + (CASE WHEN hourly_spend <> slot_spend THEN 1 ELSE 0 END)
       + (CASE WHEN hourly_clicks <> ctr_clicks THEN 1 ELSE 0 END)
       + (CASE WHEN below_floor > 0 THEN 1 ELSE 0 END)
       + (CASE WHEN stopped > 0 THEN 1 ELSE 0 END) AS problems,
       CASE WHEN slot_rows = 0 THEN 'there are no slots'
            WHEN hourly_imps <> slot_imps THEN 'impressions of hourly and slots differ'
            WHEN hourly_spend <> slot_spend THEN 'spend of hourly and revenue of slots differ'
            WHEN hourly_clicks <> ctr_clicks THEN 'clicks of hourly and ctr differ'
            WHEN below_floor > 0 THEN 'a candidate pays less than the floor of its slot'
            WHEN stopped > 0 THEN 'a candidate belongs to a campaign that must not run'
            ELSE 'nothing' END AS what
FROM (SELECT (SELECT count(*) FROM slots_shadow) AS slot_rows,
             (SELECT coalesce(sum(imps), 0) FROM slots_shadow) AS slot_imps,
             (SELECT coalesce(sum(revenue_micros), 0) FROM slots_shadow) AS slot_spend,
             (SELECT coalesce(sum(imps), 0) FROM hourly_shadow) AS hourly_imps,
             (SELECT coalesce(sum(clicks), 0) FROM hourly_shadow) AS hourly_clicks,
             (SELECT coalesce(sum(spend_micros), 0) FROM hourly_shadow) AS hourly_spend,
             (SELECT coalesce(sum(clicks), 0) FROM ctr_shadow WHERE slot_id > 0) AS ctr_clicks,
             (SELECT count(*)
              FROM candidates_shadow
              JOIN slots_shadow ON slots_shadow.slot_id = candidates_shadow.slot_id
              WHERE erpm_micros < floor_micros) AS below_floor,
             (SELECT count(*)
              FROM candidates_shadow
              JOIN pacing_shadow ON pacing_shadow.campaign_id = candidates_shadow.campaign_id
              WHERE state IN ('not_started', 'ended', 'exhausted')) AS stopped) AS seen;
