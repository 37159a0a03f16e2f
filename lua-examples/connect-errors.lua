-- What a socket tells when a connection is refused, or nobody is there. Run: mcubox run lua-examples/connect-errors.lua

local names = { [0] = "closed by the peer", [-8] = "timed out or aborted", [-9] = "reset" }

local targets = {
  { 81, "192.168.1.10" }, -- a host without a server on that port
  { 80, "192.168.1.99" }, -- nobody has this address
}

local function try(i)
  local target = targets[i]
  if not target then return end
  local port, ip = target[1], target[2]
  local sock = net.createConnection()
  local function failed(_, code)
    print(ip .. ":" .. port, code, names[code])
    node.task.post(function() try(i + 1) end)
  end
  sock:on("connection", function(s)
    print(ip .. ":" .. port, "connected")
    s:close()
  end)
  -- With a reconnection handler, failures come there; without one, to disconnection.
  sock:on("reconnection", failed)
  sock:connect(port, ip)
end

wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function() try(1) end)
