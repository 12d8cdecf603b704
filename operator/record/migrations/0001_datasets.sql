-- Datasets and where they came from. Names and words are those of the platform's documents; what a
-- Kubernetes resource adds (namespace, uid, digest, ...) stands beside them.
CREATE TYPE visionops.dataset_type AS ENUM ('RAW', 'SOURCE', 'PROCESSED', 'FUSION');
CREATE TYPE visionops.dataset_split AS ENUM ('TRAIN', 'VAL', 'TEST', 'NONE');
CREATE TYPE visionops.dataset_status AS ENUM ('PENDING', 'PROCESSING', 'READY', 'ERROR');

-- One row per logical bundle; its attributes are those of the Dataset written last.
CREATE TABLE visionops.dataset_groups (
  id                 uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  namespace          text NOT NULL,
  name               text NOT NULL,
  dataset_type       visionops.dataset_type,  -- NULL while the group is known only as somebody's parent
  annotation_format  text NOT NULL DEFAULT 'NONE',
  task_types         jsonb NOT NULL DEFAULT '[]',
  modality           text NOT NULL DEFAULT 'RGB',
  source_origin      text NOT NULL DEFAULT '',
  description        text NOT NULL DEFAULT '',
  extra              jsonb NOT NULL DEFAULT '{}',
  resource_version   bigint,                  -- of the Dataset that the attributes were taken from
  created_at         timestamptz NOT NULL DEFAULT now(),
  updated_at         timestamptz NOT NULL DEFAULT now(),
  UNIQUE (namespace, name)
);

-- One row per Dataset resource that ever existed. (group_id, split, version) is not unique: a version
-- may be deleted and made again, and history keeps both; deleted_at tells them apart.
CREATE TABLE visionops.datasets (
  id                 uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  group_id           uuid NOT NULL REFERENCES visionops.dataset_groups (id),
  namespace          text NOT NULL,
  name               text NOT NULL,
  uid                text NOT NULL,
  dataset_type       visionops.dataset_type,
  split              visionops.dataset_split NOT NULL DEFAULT 'NONE',
  version            text NOT NULL,
  annotation_format  text NOT NULL DEFAULT 'NONE',
  store              text NOT NULL DEFAULT '',
  storage_uri        text NOT NULL DEFAULT '',
  status             visionops.dataset_status NOT NULL DEFAULT 'PENDING',
  image_count        bigint,                  -- counts are NULL until the data were inspected
  class_count        bigint,
  annotation_count   bigint,
  size_bytes         bigint,
  digest             text,
  metadata           jsonb NOT NULL DEFAULT '{}',  -- class counts, health, message, report
  pipeline_uid       text,                    -- the run that made it; NULL for registered data
  pipeline_run       bigint,
  stub               boolean NOT NULL DEFAULT false,  -- known only as a parent, its own record is to come
  resource_version   bigint,
  created_at         timestamptz NOT NULL DEFAULT now(),
  updated_at         timestamptz NOT NULL DEFAULT now(),
  deleted_at         timestamptz,
  UNIQUE (namespace, name, uid)
);
CREATE INDEX datasets_version ON visionops.datasets (group_id, split, version);
CREATE INDEX datasets_maker ON visionops.datasets (pipeline_uid, pipeline_run) WHERE pipeline_uid IS NOT NULL;
CREATE INDEX datasets_digest ON visionops.datasets (digest) WHERE digest IS NOT NULL;

-- An edge from each input to what was made of it.
CREATE TABLE visionops.dataset_lineage (
  id                 uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  parent_id          uuid NOT NULL REFERENCES visionops.datasets (id),
  child_id           uuid NOT NULL REFERENCES visionops.datasets (id),
  transform_config   jsonb,
  pipeline           text NOT NULL DEFAULT '',
  pipeline_uid       text NOT NULL DEFAULT '',
  pipeline_run       bigint NOT NULL DEFAULT 0,
  created_at         timestamptz NOT NULL DEFAULT now(),
  UNIQUE (parent_id, child_id)
);
CREATE INDEX dataset_lineage_child ON visionops.dataset_lineage (child_id);
