-- Conditions as kstatus reads them: Ready is always there; Stalled, Suspended and Reconciling hold when present and True.
-- A finished run stays what it was while the resource is unchanged, so a deleted Job does not change the health.
local health = { status = "Progressing", message = "Waiting for the operator" }
if obj.status == nil then
  return health
end

local generation = obj.metadata.generation
local observed = obj.status.observedGeneration
if generation ~= nil and observed ~= nil and observed < generation then
  health.message = "The operator has not seen the newest spec yet"
  return health
end

local held = {}
local ready = nil
for _, condition in ipairs(obj.status.conditions or {}) do
  if condition.type == "Ready" then
    ready = condition
  end
  if condition.status == "True" then
    held[condition.type] = condition
  end
end

local function told(condition)
  return condition.reason .. ": " .. condition.message
end

if held.Stalled ~= nil then
  return { status = "Degraded", message = told(held.Stalled) }
end
if held.Suspended ~= nil then
  return { status = "Suspended", message = told(held.Suspended) }
end
if held.Ready ~= nil then
  return { status = "Healthy", message = told(held.Ready) }
end
if ready ~= nil then
  health.message = told(ready)
end
return health
