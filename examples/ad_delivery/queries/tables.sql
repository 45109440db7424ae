-- The result tables, for SQLite and MySQL alike. Run once with an empty suffix for the published
-- tables and once with _shadow. The keys are promises: a row that breaks one fails the load.

CREATE TABLE IF NOT EXISTS hourly${suffix} (
    event_hour CHAR(16) NOT NULL,
    campaign_id BIGINT NOT NULL,
    line_item_id BIGINT NOT NULL,
    creative_id BIGINT NOT NULL,
    slot_id BIGINT NOT NULL,
    geo CHAR(2) NOT NULL,
    imps BIGINT NOT NULL,
    clicks BIGINT NOT NULL,
    invalid_imps BIGINT NOT NULL,
    invalid_clicks BIGINT NOT NULL,
    spend_micros BIGINT NOT NULL,
    PRIMARY KEY (event_hour, creative_id, slot_id, geo)
);

CREATE TABLE IF NOT EXISTS conversions${suffix} (
    event_hour CHAR(16) NOT NULL,
    advertiser_id BIGINT NOT NULL,
    campaign_id BIGINT NOT NULL,
    line_item_id BIGINT NOT NULL,
    creative_id BIGINT NOT NULL,
    slot_id BIGINT NOT NULL,
    conversions BIGINT NOT NULL,
    value_micros BIGINT NOT NULL,
    PRIMARY KEY (event_hour, advertiser_id, creative_id, slot_id)
);

CREATE TABLE IF NOT EXISTS quality${suffix} (
    arrival_hour CHAR(16) NOT NULL,
    source VARCHAR(8) NOT NULL,
    received BIGINT NOT NULL,
    duplicates BIGINT NOT NULL,
    late BIGINT NOT NULL,
    invalid BIGINT NOT NULL,
    PRIMARY KEY (arrival_hour, source)
);

CREATE TABLE IF NOT EXISTS ctr${suffix} (
    creative_id BIGINT NOT NULL,
    slot_id BIGINT NOT NULL,
    imps BIGINT NOT NULL,
    clicks BIGINT NOT NULL,
    ctr_ppm BIGINT NOT NULL,
    level VARCHAR(16) NOT NULL,
    PRIMARY KEY (creative_id, slot_id)
);

CREATE TABLE IF NOT EXISTS slots${suffix} (
    slot_id BIGINT NOT NULL,
    publisher_id BIGINT NOT NULL,
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    floor_micros BIGINT NOT NULL,
    blocked_categories VARCHAR(255) NOT NULL,
    imps BIGINT NOT NULL,
    clicks BIGINT NOT NULL,
    revenue_micros BIGINT NOT NULL,
    ecpm_micros BIGINT NOT NULL,
    ctr_ppm BIGINT NOT NULL,
    main_geo VARCHAR(2) NOT NULL,
    PRIMARY KEY (slot_id)
);

CREATE TABLE IF NOT EXISTS pacing${suffix} (
    campaign_id BIGINT NOT NULL,
    advertiser_id BIGINT NOT NULL,
    daily_budget_micros BIGINT NOT NULL,
    spend_micros BIGINT NOT NULL,
    expected_micros BIGINT NOT NULL,
    pace_ppm BIGINT NOT NULL,
    state VARCHAR(16) NOT NULL,
    PRIMARY KEY (campaign_id)
);

CREATE TABLE IF NOT EXISTS candidates${suffix} (
    slot_id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    creative_id BIGINT NOT NULL,
    line_item_id BIGINT NOT NULL,
    campaign_id BIGINT NOT NULL,
    bid_micros BIGINT NOT NULL,
    ctr_ppm BIGINT NOT NULL,
    erpm_micros BIGINT NOT NULL,
    PRIMARY KEY (slot_id, position)
);
