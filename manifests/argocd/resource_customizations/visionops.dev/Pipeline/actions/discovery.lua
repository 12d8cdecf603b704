local suspended = obj.spec.suspend == true
local finished = false
if obj.status ~= nil then
  for _, condition in ipairs(obj.status.conditions or {}) do
    if (condition.type == "Complete" or condition.type == "Failed") and condition.status == "True" then
      finished = true
    end
  end
end

local actions = {}
actions["rerun"] = { ["disabled"] = not finished, ["iconClass"] = "fa fa-fw fa-redo" }
actions["suspend"] = { ["disabled"] = suspended or finished, ["iconClass"] = "fa fa-fw fa-pause-circle" }
actions["resume"] = { ["disabled"] = not suspended, ["iconClass"] = "fa fa-fw fa-play-circle" }
return actions
