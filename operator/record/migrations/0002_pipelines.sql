CREATE TYPE visionops.manipulator_category AS ENUM ('FILTER', 'AUGMENT', 'FORMAT_CONVERT', 'MERGE', 'SAMPLE', 'REMAP');
CREATE TYPE visionops.manipulator_status AS ENUM ('ACTIVE', 'EXPERIMENTAL', 'DEPRECATED');
-- Of pipeline executions and training jobs alike. QUEUED and STARTING occur in training only.
CREATE TYPE visionops.run_status AS ENUM
  ('PENDING', 'QUEUED', 'STARTING', 'RUNNING', 'SUSPENDED', 'DONE', 'FAILED', 'CANCELLED');

-- Filled from the catalog of the running operator; a manipulator it no longer has becomes DEPRECATED.
CREATE TABLE visionops.manipulators (
  id                          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name                        text NOT NULL UNIQUE,
  category                    visionops.manipulator_category NOT NULL,
  scope                       jsonb NOT NULL,
  compatible_task_types       jsonb NOT NULL,   -- empty: all
  compatible_annotation_fmts  jsonb NOT NULL,   -- empty: all
  output_annotation_fmt       text,
  params_schema               jsonb NOT NULL,
  example                     jsonb,
  description                 text NOT NULL,
  status                      visionops.manipulator_status NOT NULL,
  version                     text NOT NULL,
  created_at                  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE visionops.pipeline_executions (
  id                 uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  namespace          text NOT NULL,
  name               text NOT NULL,
  uid                text NOT NULL,
  run                bigint NOT NULL,
  output_dataset_id  uuid REFERENCES visionops.datasets (id),
  config             jsonb,                     -- {spec, resolved} of the run; NULL when only its end was seen
  spec_hash          text NOT NULL DEFAULT '',
  status             visionops.run_status NOT NULL DEFAULT 'PENDING',
  current_stage      text,                      -- annotation_processing, image_writing, publishing
  processed_count    bigint,                    -- of the current stage, summed over Pods
  total_count        bigint,
  images_in          bigint,
  images_out         bigint,
  renamed_images     bigint,
  skipped_images     bigint,
  loss               jsonb NOT NULL DEFAULT '{}',
  output_digest      text,
  attempt            integer NOT NULL DEFAULT 0,
  failure_class      text,
  error_message      text,
  shard_progress     jsonb NOT NULL DEFAULT '{}',  -- newest progress per Pod of the newest attempt
  resource_version   bigint,
  started_at         timestamptz,
  finished_at        timestamptz,
  created_at         timestamptz NOT NULL DEFAULT now(),
  updated_at         timestamptz NOT NULL DEFAULT now(),
  UNIQUE (namespace, name, uid, run)
);
CREATE INDEX pipeline_executions_uid ON visionops.pipeline_executions (uid, run);
CREATE INDEX pipeline_executions_output ON visionops.pipeline_executions (output_dataset_id);
CREATE INDEX pipeline_executions_time ON visionops.pipeline_executions (created_at);
