local finished = false
if obj.status ~= nil then
  for _, condition in ipairs(obj.status.conditions or {}) do
    if (condition.type == "Complete" or condition.type == "Failed") and condition.status == "True" then
      finished = true
    end
  end
end

local actions = {}
actions["rerun"] = { ["disabled"] = not finished, ["displayName"] = "Inspect again", ["iconClass"] = "fa fa-fw fa-redo" }
return actions
