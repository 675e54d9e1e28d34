-- The load, for wrk with one thread: wrk -t1 -c CONNECTIONS -s load.lua URL -- SECONDS CONNECTIONS SLEEP THINK
--
--   SLEEP  milliseconds that the page waits
--   THINK  milliseconds that a client waits between an answer and the next request, on average; 0: none
--
-- After SECONDS no request is made any more, and when the last has been answered wrk is told to end: what is slow at the
-- end of a window counts in full. wrk's own -d is the bound if an answer never comes.
--
-- Keeps every distinct answer with its number and the time of its last arrival: to check them costs the load generator
-- one look-up for each answer, and nothing is lost. Prints lines for tests/bench/deploy:
--
--   answer COUNT LAST STATUS BODY                              LAST: Unix time
--   window P50 P99 MAX REQUESTS DURATION ERRORS UNANSWERED     times in microseconds; errors: of sockets, and timeouts
local ffi = require("ffi")
ffi.cdef([[
  typedef struct { long seconds, microseconds; } moment;
  int gettimeofday(moment *, void *);
  int getpid(void);
  int kill(int, int);
]])
local SIGINT = 2
local distinct_answers_kept = 1000
local an_hour = 3600 * 1000
local moment = ffi.new("moment")

local function now()
  ffi.C.gettimeofday(moment, nil)
  return tonumber(moment.seconds) + tonumber(moment.microseconds) / 1e6
end

function setup(thread)
  the_thread = thread
end

function init(args)
  local finish, connections, sleep, think = now() + args[1], tonumber(args[2]), args[3], tonumber(args[4])
  local requests, parked = {}, 0
  for i, both in ipairs({ "dir", "current" }) do
    requests[i] = wrk.format("GET", "/index.php?both=" .. both .. "&sleep=" .. sleep)
  end
  sent, kept, counts, last = 0, 0, {}, {}

  function request()
    sent = sent + 1
    return requests[sent % 2 + 1]
  end

  -- How long a connection waits before its next request.
  function delay()
    local pause = think > 0 and math.random(think / 2, think * 3 / 2) or 0
    if now() + pause / 1000 < finish then return pause end
    parked = parked + 1
    if parked == connections then ffi.C.kill(ffi.C.getpid(), SIGINT) end
    return an_hour
  end
end

function response(status, _, body)
  local answer = status .. " " .. body
  if not counts[answer] then
    kept = kept + 1
    if kept > distinct_answers_kept then answer = status .. " too many different answers" end
    counts[answer] = counts[answer] or 0
  end
  counts[answer] = counts[answer] + 1
  last[answer] = now()
end

function done(summary, latency, _)
  local errors, arrivals = summary.errors, the_thread:get("last")
  for answer, count in pairs(the_thread:get("counts")) do
    local line = answer:gsub("%s+$", ""):gsub("%s+", " ")
    print(("answer %d %.6f %s"):format(count, arrivals[answer], line))
  end
  local asked_to_look_at_it = 1 -- wrk asks for one request more, before it starts
  print(("window %d %d %d %d %d %d %d"):format(latency:percentile(50), latency:percentile(99), latency.max,
    summary.requests, summary.duration, errors.connect + errors.read + errors.write + errors.timeout,
    the_thread:get("sent") - asked_to_look_at_it - summary.requests))
end
