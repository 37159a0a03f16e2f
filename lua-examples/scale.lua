-- Reads a load cell and says grams. Run: mcubox run lua-examples/scale.lua --attach hx711:clock=5,data=6,value=84210
local EMPTY, PER_GRAM = 8210, 76

hx711.init(5, 6)
print(("%.1f g"):format((hx711.read() - EMPTY) / PER_GRAM))
