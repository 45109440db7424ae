-- All shadows become the published tables in one transaction.
--
-- The first statement of each three matters only when this runs a second time because the process
-- died right after its commit: the shadow is gone then, and the published table switches with itself.

CREATE TABLE IF NOT EXISTS hourly_shadow AS SELECT * FROM hourly;
DROP TABLE hourly;
ALTER TABLE hourly_shadow RENAME TO hourly;

CREATE TABLE IF NOT EXISTS conversions_shadow AS SELECT * FROM conversions;
DROP TABLE conversions;
ALTER TABLE conversions_shadow RENAME TO conversions;

CREATE TABLE IF NOT EXISTS quality_shadow AS SELECT * FROM quality;
DROP TABLE quality;
ALTER TABLE quality_shadow RENAME TO quality;

CREATE TABLE IF NOT EXISTS ctr_shadow AS SELECT * FROM ctr;
DROP TABLE ctr;
ALTER TABLE ctr_shadow RENAME TO ctr;

CREATE TABLE IF NOT EXISTS slots_shadow AS SELECT * FROM slots;
DROP TABLE slots;
ALTER TABLE slots_shadow RENAME TO slots;

CREATE TABLE IF NOT EXISTS pacing_shadow AS SELECT * FROM pacing;
DROP TABLE pacing;
ALTER TABLE pacing_shadow RENAME TO pacing;

CREATE TABLE IF NOT EXISTS candidates_shadow AS SELECT * FROM candidates;
DROP TABLE candidates;
ALTER TABLE candidates_shadow RENAME TO candidates;
