local os = require("os")

-- Any new value of the annotation is a new run.
if obj.metadata.annotations == nil then
  obj.metadata.annotations = {}
end
obj.metadata.annotations["visionops.dev/rerun"] = os.date("!%Y-%m-%dT%XZ")
return obj
