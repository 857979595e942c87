-- wrk script: files claims, each with a reference of its own, with one simulated portal.
--
--   portal-simulator --any-estate --token-auth none --latency 20-50
--   wrk -t1 -c1000 -d10s -s bench/portal-simulator.lua http://127.0.0.1:8443 -- search|submit|mixed ESTATE-ID

local estate = nil
local mode = "submit"
local count = 0
local thread_number = 0

function setup(thread)
   thread:set("thread_number", thread_number)
   thread_number = thread_number + 1
end

function init(arguments)
   mode = arguments[1] or "submit"
   estate = arguments[2]
   math.randomseed(os.time() + thread_number)
   run = string.format("%d-%d-%d", os.time(), thread_number, math.random(1000000))
end

local function search()
   count = count + 1
   local cpr = string.format("6101%02d%04d", count % 90 + 10, count % 9000 + 1000)
   return wrk.format("POST", "/doedsbojournaler?page=1&size=100", nil, '{"cprNummer":"' .. cpr .. '"}')
end

local function submit()
   count = count + 1
   local reference = run .. "-" .. count
   local body = '{"kreditor":{"cvrNummer":"97281536"},"reference":"' .. reference
      .. '","tekst":"Udestaaende for el og varme","hovedstol":"1234.50","renter":"12.00","omkostninger":"100.00"}'
   return wrk.format("POST", "/doedsbojournaler/" .. estate .. "/krav", { ["Idempotency-Key"] = reference }, body)
end

function request()
   if mode == "search" or (mode == "mixed" and count % 2 == 0) then return search() end
   return submit()
end
