-- How many images a Pipeline took in, once more: a column of the growth test.
ALTER TABLE visionops.pipeline_executions ADD COLUMN toy_images bigint;
