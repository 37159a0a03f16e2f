-- Splits long work into tasks so that the network stays alive. Run: mcubox run lua-examples/tasks.lua

local function work(from, to, sum)
  local last = math.min(from + 99, to)
  for i = from, last do sum = sum + i end
  if last < to then
    -- Low priority: timers and network come first.
    node.task.post(node.task.LOW_PRIORITY, function() work(last + 1, to, sum) end)
  else
    print("sum of 1.." .. to .. " is " .. sum)
  end
end

node.task.post(node.task.LOW_PRIORITY, function() print("low") end)
node.task.post(node.task.MEDIUM_PRIORITY, function() print("medium") end)
node.task.post(node.task.HIGH_PRIORITY, function(priority) print("high", priority) end)
print("posted")

node.task.post(node.task.LOW_PRIORITY, function() work(1, 1000, 0) end)
