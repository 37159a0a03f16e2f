-- Fetches pages one after the other with the http module: a plain one, a redirect, a form, chunks, a missing one, an unknown host. Run: mcubox run lua-examples/http-client.lua

local BASE = "http://http.test"

local steps = {
  function(cb) http.get(BASE .. "/bytes/5", nil, cb) end,
  function(cb) http.get(BASE .. "/redirect/2", nil, cb) end,
  function(cb) http.post(BASE .. "/post", "Content-Type: text/plain\r\n", "some words", cb) end,
  function(cb) http.get(BASE .. "/chunked", nil, cb) end,
  function(cb) http.request(BASE .. "/status/404", "DELETE", "X-Reason: none\r\n", nil, cb) end,
  function(cb) http.get("http://nobody.test/", nil, cb) end,
}

local function run(n)
  local step = steps[n]
  if not step then return print("done") end
  step(function(code, data, headers)
    print(n, code, data and #data .. " bytes", headers and headers["content-type"])
    -- One request at a time: there is only one callback for all of them.
    node.task.post(function() run(n + 1) end)
  end)
end

wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function() run(1) end)
wifi.setmode(wifi.STATION)
wifi.sta.config({ ssid = "home", pwd = "any password joins" })
