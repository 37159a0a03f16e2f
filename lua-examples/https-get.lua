-- Fetches a page over https, trusting one authority, and shows that a stranger is refused. Run: mcubox run lua-examples/https-get.lua

local function get(url, next)
  http.get(url, nil, function(code, body)
    print(url .. " -> " .. code, body and body:match('"url": "(.-)"') or "")
    next()
  end)
end

-- The authority of the .test servers publishes its certificate; a real script brings its own.
local function trust(next)
  http.get("http://http.test/ca.pem", nil, function(_, pem)
    tls.cert.verify(function(n) return n == 1 and pem end)
    next()
  end)
end

wifi.eventmon.register(wifi.eventmon.STA_GOT_IP, function()
  get("https://unknown-ca.tls.test/get", function()
    print("now only for those we trust")
    trust(function()
      get("https://tls.test/get", function()
        get("https://unknown-ca.tls.test/get", function() print("done") end)
      end)
    end)
  end)
end)

wifi.setmode(wifi.STATION)
wifi.sta.config({ ssid = "home", pwd = "any password joins" })
