-- Runs a script of Argo CD: run_lua.lua SCRIPT OBJECT, where OBJECT is a Lua file that returns the resource.
-- Prints the result as JSON. The script sees what Argo CD gives it: base, table, and the time by require; nothing else.
local function json(value)
  local kind = type(value)
  if kind == "table" then
    local parts = {}
    if #value > 0 then
      for _, item in ipairs(value) do
        parts[#parts + 1] = json(item)
      end
      return "[" .. table.concat(parts, ",") .. "]"
    end
    for key, item in pairs(value) do
      parts[#parts + 1] = json(tostring(key)) .. ":" .. json(item)
    end
    return "{" .. table.concat(parts, ",") .. "}"
  elseif kind == "string" then
    return '"' .. value:gsub('[%c"\\]', function(c) return string.format("\\u%04x", c:byte()) end) .. '"'
  end
  return tostring(value)
end

-- Argo CD's own tests compare times as the zero time, too.
local os_of_argo = {
  date = function(format)
    assert(format == "!%Y-%m-%dT%XZ", "an unexpected format of time: " .. tostring(format))
    return "0001-01-01T00:00:00Z"
  end,
  time = os.time,
}
local environment = {
  obj = dofile(arg[2]), table = table,
  require = function(name)
    assert(name == "os", "Argo CD has no module " .. name)
    return os_of_argo
  end,
  assert = assert, error = error, ipairs = ipairs, next = next, pairs = pairs, pcall = pcall, select = select,
  tonumber = tonumber, tostring = tostring, type = type, unpack = unpack,
}
local script = assert(loadfile(arg[1]))
setfenv(script, environment)
print(json(script()))
