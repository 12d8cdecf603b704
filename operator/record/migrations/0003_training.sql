-- What is to be solved, with which kind of model, on which data, in which variant, and each run of it.
CREATE TABLE visionops.objectives (
  id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name         text NOT NULL UNIQUE,
  task_type    text NOT NULL,
  description  text NOT NULL DEFAULT ''
);

CREATE TABLE visionops.recipes (
  id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  objective_id  uuid NOT NULL REFERENCES visionops.objectives (id),
  runtime       text NOT NULL,
  model_type    text NOT NULL,
  base_config   jsonb NOT NULL DEFAULT '{}',
  description   text NOT NULL DEFAULT '',
  UNIQUE (objective_id, runtime, model_type)
);

-- A TrainingJob resource; the datasets are those of its newest run.
CREATE TABLE visionops.solutions (
  id                uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  namespace         text NOT NULL,
  name              text NOT NULL,
  uid               text NOT NULL,
  recipe_id         uuid NOT NULL REFERENCES visionops.recipes (id),
  train_dataset_id  uuid REFERENCES visionops.datasets (id),
  val_dataset_id    uuid REFERENCES visionops.datasets (id),
  test_dataset_id   uuid REFERENCES visionops.datasets (id),
  resource_version  bigint,
  created_at        timestamptz NOT NULL DEFAULT now(),
  UNIQUE (namespace, name, uid)
);

-- One row per distinct spec of a TrainingJob.
CREATE TABLE visionops.solution_versions (
  id               uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  solution_id      uuid NOT NULL REFERENCES visionops.solutions (id),
  spec_hash        text NOT NULL,
  override_config  jsonb NOT NULL DEFAULT '{}',
  gpu_count        integer NOT NULL DEFAULT 0,
  status           visionops.run_status NOT NULL DEFAULT 'PENDING',
  mlflow_run_id    text,
  resource_version bigint,
  created_at       timestamptz NOT NULL DEFAULT now(),
  UNIQUE (solution_id, spec_hash)
);

CREATE TABLE visionops.training_jobs (
  id                   uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  solution_version_id  uuid REFERENCES visionops.solution_versions (id),
  namespace            text NOT NULL,
  name                 text NOT NULL,
  uid                  text NOT NULL,
  run                  bigint NOT NULL,
  status               visionops.run_status NOT NULL DEFAULT 'PENDING',
  config               jsonb,                   -- {spec, resolved} of the run; NULL when only its end was seen
  spec_hash            text NOT NULL DEFAULT '',
  container_id         text,                    -- name of the newest Pod that sent telemetry
  gpu_ids              jsonb NOT NULL DEFAULT '[]',  -- indices of the GPUs seen by telemetry
  gpu                  text,
  attempt              integer NOT NULL DEFAULT 0,
  epoch                integer NOT NULL DEFAULT 0,
  epochs               integer NOT NULL DEFAULT 0,
  metrics              jsonb NOT NULL DEFAULT '{}',  -- latest values
  best_metric          text,
  best_value           double precision,
  best_epoch           integer,
  model_path           text,
  model_sha256         text,
  failure_class        text,
  error_message        text,
  resource_version     bigint,
  started_at           timestamptz,
  finished_at          timestamptz,
  created_at           timestamptz NOT NULL DEFAULT now(),
  updated_at           timestamptz NOT NULL DEFAULT now(),
  UNIQUE (namespace, name, uid, run)
);
CREATE INDEX training_jobs_uid ON visionops.training_jobs (uid, run);
CREATE INDEX training_jobs_time ON visionops.training_jobs (created_at);

-- Telemetry names its run by (uid, run) without a foreign key: a point may arrive before the row of
-- its run, and must not wait for it.
CREATE TABLE visionops.metrics (
  uid      text NOT NULL,
  run      bigint NOT NULL,
  attempt  integer NOT NULL,
  pod      text NOT NULL,
  name     text NOT NULL,
  step     bigint NOT NULL,
  epoch    integer NOT NULL,
  value    double precision NOT NULL,
  at       timestamptz NOT NULL,
  UNIQUE (uid, run, name, step, pod)
);

CREATE TABLE visionops.checkpoints (
  id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  uid         text NOT NULL,
  run         bigint NOT NULL,
  attempt     integer NOT NULL DEFAULT 0,
  epoch       integer NOT NULL,
  path        text NOT NULL,
  sha256      text NOT NULL,
  bytes       bigint NOT NULL,
  best        boolean NOT NULL DEFAULT false,   -- the model of the finished run
  created_at  timestamptz NOT NULL DEFAULT now(),
  UNIQUE (uid, run, path, sha256)
);

-- CPU and memory of the trainer, and one GPU; gpu_index -1 is a sample without a GPU.
CREATE TABLE visionops.gpu_samples (
  uid                      text NOT NULL,
  run                      bigint NOT NULL,
  pod                      text NOT NULL,
  gpu_index                integer NOT NULL,
  at                       timestamptz NOT NULL,
  gpu_name                 text,
  gpu_utilization_ratio    double precision,    -- NULL: unknown
  gpu_memory_bytes         bigint,
  gpu_power_watts          double precision,
  gpu_temperature_celsius  double precision,
  cpu_seconds              double precision,
  memory_bytes             bigint,
  UNIQUE (uid, run, pod, gpu_index, at)
);

CREATE TABLE visionops.notifications (
  id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  kind       text NOT NULL,
  namespace  text NOT NULL,
  name       text NOT NULL,
  uid        text NOT NULL,
  run        bigint NOT NULL,
  alert      text NOT NULL,
  message    text NOT NULL,
  receivers  jsonb NOT NULL DEFAULT '[]',
  at         timestamptz NOT NULL,
  UNIQUE (kind, namespace, name, uid, run, alert, at)
);

-- One value per step: where an attempt repeated steps of the one before, the later attempt counts.
CREATE VIEW visionops.metric_curves AS
SELECT DISTINCT ON (uid, run, name, step) uid, run, name, step, epoch, value, at, attempt, pod
FROM visionops.metrics
ORDER BY uid, run, name, step, attempt DESC, at DESC;
