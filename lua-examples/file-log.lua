-- Keeps a small log in flash and prints it. Run: mcubox run lua-examples/file-log.lua

local NAME = "log.txt"

local function log(line)
  local f = file.open(NAME, "a+")
  if not f then error("cannot open " .. NAME) end
  f:writeline(line)
  f:close()
end

file.remove(NAME)
log("first line")
log("second line")
file.putcontents("other.txt", "not a log")

local f = file.open(NAME)
local line = f:readline()
while line do
  print(line:sub(1, -2))
  line = f:readline()
end
f:close()

for name, size in pairs(file.list("%.txt$")) do
  if name == NAME then print(name .. " has " .. size .. " bytes") end
end
print("exists", file.exists(NAME), file.exists("nothing.txt"))
