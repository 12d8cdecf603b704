-- Ancestors and descendants by one recursive query each. A dataset reached on several ways appears once
-- per way; the list `way` starts at the given dataset. Cycles cannot occur in real lineage, but a walk
-- over damaged data must end, too.
CREATE FUNCTION visionops.lineage_up(dataset uuid)
RETURNS TABLE (depth integer, dataset_id uuid, namespace text, name text, group_name text,
               split visionops.dataset_split, version text, status visionops.dataset_status, image_count bigint,
               pipeline text, pipeline_run bigint, transform_config jsonb, way uuid[])
LANGUAGE sql STABLE AS $$
  WITH RECURSIVE walk AS (
    SELECT 1 AS depth, l.parent_id AS id, l.pipeline, l.pipeline_run, l.transform_config,
           ARRAY[$1, l.parent_id] AS way
    FROM visionops.dataset_lineage l WHERE l.child_id = $1
    UNION ALL
    SELECT w.depth + 1, l.parent_id, l.pipeline, l.pipeline_run, l.transform_config, w.way || l.parent_id
    FROM walk w JOIN visionops.dataset_lineage l ON l.child_id = w.id
    WHERE l.parent_id <> ALL (w.way)
  )
  SELECT w.depth, d.id, d.namespace, d.name, g.name, d.split, d.version, d.status, d.image_count,
         w.pipeline, w.pipeline_run, w.transform_config, w.way
  FROM walk w JOIN visionops.datasets d ON d.id = w.id JOIN visionops.dataset_groups g ON g.id = d.group_id
  ORDER BY w.depth, d.name, d.id
$$;

CREATE FUNCTION visionops.lineage_down(dataset uuid)
RETURNS TABLE (depth integer, dataset_id uuid, namespace text, name text, group_name text,
               split visionops.dataset_split, version text, status visionops.dataset_status, image_count bigint,
               pipeline text, pipeline_run bigint, transform_config jsonb, way uuid[])
LANGUAGE sql STABLE AS $$
  WITH RECURSIVE walk AS (
    SELECT 1 AS depth, l.child_id AS id, l.pipeline, l.pipeline_run, l.transform_config,
           ARRAY[$1, l.child_id] AS way
    FROM visionops.dataset_lineage l WHERE l.parent_id = $1
    UNION ALL
    SELECT w.depth + 1, l.child_id, l.pipeline, l.pipeline_run, l.transform_config, w.way || l.child_id
    FROM walk w JOIN visionops.dataset_lineage l ON l.parent_id = w.id
    WHERE l.child_id <> ALL (w.way)
  )
  SELECT w.depth, d.id, d.namespace, d.name, g.name, d.split, d.version, d.status, d.image_count,
         w.pipeline, w.pipeline_run, w.transform_config, w.way
  FROM walk w JOIN visionops.datasets d ON d.id = w.id JOIN visionops.dataset_groups g ON g.id = d.group_id
  ORDER BY w.depth, d.name, d.id
$$;

-- The newest Dataset of that name, deleted ones last:
--   SELECT * FROM visionops.lineage_up(visionops.dataset_id('default', 'street-night-train-v1.0.1'));
CREATE FUNCTION visionops.dataset_id(namespace text, name text) RETURNS uuid
LANGUAGE sql STABLE AS $$
  SELECT d.id FROM visionops.datasets d WHERE d.namespace = $1 AND d.name = $2
  ORDER BY d.deleted_at IS NOT NULL, d.created_at DESC, d.id LIMIT 1
$$;

-- One row per group with its splits and versions, refreshed after changes of datasets.
CREATE MATERIALIZED VIEW visionops.dataset_group_summary AS
SELECT g.id AS group_id, g.namespace, g.name, g.dataset_type, g.annotation_format, g.task_types, g.modality,
       g.description, coalesce(s.splits, '[]'::jsonb) AS splits
FROM visionops.dataset_groups g
LEFT JOIN (
  SELECT v.group_id, jsonb_agg(jsonb_build_object('split', v.split, 'versions', v.versions) ORDER BY v.split) AS splits
  FROM (
    SELECT d.group_id, d.split,
           jsonb_agg(jsonb_build_object('version', d.version, 'status', d.status, 'image_count', d.image_count,
                                        'created_at', d.created_at) ORDER BY d.created_at, d.version) AS versions
    FROM visionops.datasets d
    WHERE d.deleted_at IS NULL
    GROUP BY d.group_id, d.split
  ) v GROUP BY v.group_id
) s ON s.group_id = g.id;
CREATE UNIQUE INDEX dataset_group_summary_group ON visionops.dataset_group_summary (group_id);
