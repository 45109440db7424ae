-- One row for each slot: what an API server wants to find under one key.
COPY (
    SELECT slot_id,
           count(*) AS candidate_count,
           to_json(list({'creative_id': creative_id, 'campaign_id': campaign_id,
                         'erpm_micros': erpm_micros} ORDER BY position))::VARCHAR AS candidates
    FROM read_parquet('${work_dir}/publish/candidates.parquet')
    GROUP BY slot_id
    ORDER BY slot_id
) TO '${work_dir}/publish/serving_candidates.parquet' (FORMAT parquet);
