-- All shadows become the published tables in one step: RENAME TABLE moves any number of tables at
-- once, and nobody sees a moment in between.
--
-- The first statements matter only when this runs a second time because the process died right
-- after the step: the shadows are gone then, and the published tables switch with themselves.
CREATE TABLE IF NOT EXISTS hourly_shadow AS SELECT * FROM hourly;
CREATE TABLE IF NOT EXISTS conversions_shadow AS SELECT * FROM conversions;
CREATE TABLE IF NOT EXISTS quality_shadow AS SELECT * FROM quality;
CREATE TABLE IF NOT EXISTS ctr_shadow AS SELECT * FROM ctr;
CREATE TABLE IF NOT EXISTS slots_shadow AS SELECT * FROM slots;
CREATE TABLE IF NOT EXISTS pacing_shadow AS SELECT * FROM pacing;
CREATE TABLE IF NOT EXISTS candidates_shadow AS SELECT * FROM candidates;

DROP TABLE IF EXISTS hourly_old, conversions_old, quality_old, ctr_old, slots_old, pacing_old, candidates_old;

RENAME TABLE
    hourly TO hourly_old, hourly_shadow TO hourly,
    conversions TO conversions_old, conversions_shadow TO conversions,
    quality TO quality_old, quality_shadow TO quality,
    ctr TO ctr_old, ctr_shadow TO ctr,
    slots TO slots_old, slots_shadow TO slots,
    pacing TO pacing_old, pacing_shadow TO pacing,
    candidates TO candidates_old, candidates_shadow TO candidates;

DROP TABLE hourly_old, conversions_old, quality_old, ctr_old, slots_old, pacing_old, candidates_old;
