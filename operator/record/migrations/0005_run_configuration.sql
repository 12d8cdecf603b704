-- The configuration of a run is the one that it was started with, for ever: what is edited later belongs to the
-- next run. A record that was made between an edit and the first look at it has no spec ("spec" is absent), and
-- where the run has not started yet (attempt 0) the newest spec of equal hash counts. "resolved" follows the status.
CREATE FUNCTION visionops.kept_config(old_hash text, old_attempt integer, old jsonb, new_hash text, new jsonb)
RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN old IS NULL OR old_hash <> new_hash THEN new
    WHEN new IS NULL THEN old
    WHEN old_attempt > 0 AND old ? 'spec' THEN old || new || jsonb_build_object('spec', old -> 'spec')
    ELSE old || new
  END
$$;

-- As the run used them, the trainer's defaults included; NULL for runs of earlier versions.
ALTER TABLE visionops.training_jobs ADD COLUMN hyperparameters jsonb
  GENERATED ALWAYS AS (config #> '{resolved,hyperparameters}') STORED;
-- Which run of that number it is: a resource that lost its status begins at run 1 again. NULL as above.
ALTER TABLE visionops.training_jobs ADD COLUMN identity text GENERATED ALWAYS AS (config #>> '{resolved,identity}') STORED;
ALTER TABLE visionops.metrics ADD COLUMN identity text;

-- As before, without the points of another run of the same number.
CREATE OR REPLACE VIEW visionops.metric_curves AS
SELECT DISTINCT ON (m.uid, m.run, m.name, m.step)
       m.uid, m.run, m.name, m.step, m.epoch, m.value, m.at, m.attempt, m.pod
FROM visionops.metrics m
LEFT JOIN visionops.training_jobs t ON t.uid = m.uid AND t.run = m.run
WHERE m.identity IS NULL OR t.identity IS NULL OR m.identity = t.identity
ORDER BY m.uid, m.run, m.name, m.step, m.attempt DESC, m.at DESC;
