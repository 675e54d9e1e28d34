#include "caches/file_by_file.hpp"

#include <algorithm>
#include <utility>

namespace cachetool::opcache {
namespace {

/// The size and timing of the next request.
struct speed {
  std::chrono::milliseconds pause;  ///< before it
  std::size_t files;
  std::chrono::milliseconds time;  ///< it ends after this time
};

constexpr std::chrono::milliseconds short_time{20};
constexpr std::chrono::milliseconds long_time{50};

speed as_asked(pacing const& pace) {
  return {pace.pause, pace.files, pace.pause.count() > 0 ? short_time : long_time};
}

// Used when nobody is slowed down by it. Each request compiles the agent anew, so a request has many files. It is still
// short if visitors may wait for the worker.
speed quick(pacing const& pace) {
  constexpr std::size_t many = 400;
  return {std::chrono::milliseconds{0}, many, pace.live ? short_time : long_time};
}

// Used when others want every processor: a request holds its worker for a shorter time, with as many files as took some
// milliseconds before.
speed gentle(pacing const& pace, std::size_t files, double seconds) {
  constexpr double at_once = 0.008;
  constexpr double fewest = 4;
  constexpr double most = 100;
  double const in_time = seconds > 0 ? static_cast<double>(files) * at_once / seconds : fewest;
  return {pace.pause, static_cast<std::size_t>(std::clamp(in_time, fewest, most)), short_time};
}

speed next_speed(pacing const& pace, part_done const& done) {
  php::value const status = done.answer ? done.answer->result : php::value();
  if (!pace.adapts || status["idle"].is_null()) return as_asked(pace);
  if (status["idle"].as_bool()) return quick(pace);
  return pace.live ? as_asked(pace) : gentle(pace, done.files, status["took"].as_double());
}

error unlike_the_call(std::string message) {
  return error(error_kind::protocol, std::move(message)).during(phase::answer);
}

agent::call within(speed const& now, pacing const& pace, agent::call call) {
  auto const given = call.arguments.entries();
  php::array arguments{{given.begin(), given.end()}};
  arguments.entries.push_back({std::string("time"), std::int64_t{now.time.count()}});
  arguments.entries.push_back({std::string("live"), pace.live});
  call.arguments = std::move(arguments);
  return call;
}

}  // namespace

part_done send_part(adapter::adapter& php, std::size_t files, agent::call call, one_at_a_time& next,
                    std::function<void(std::size_t file, compile_row row)> const& each) {
  part_done out;
  std::size_t& done = out.files;
  call.rows = [&](std::string_view text) {
    if (done == files) throw unlike_the_call("more files were compiled than were sent");
    each(done, read_compile_row(text));
    ++done;
  };
  try {
    out.answer = run_to_compile(php, call, done);
    if (done == 0) throw unlike_the_call("what became of a file is missing");
  } catch (error const& failed) {
    if (!ends_the_request(failed.kind())) throw;
    if (next.ended(failed.kind(), files, done)) each(done++, {file_outcome::failed, failed.message(), {}, {}});
    return out;
  }
  next.passed(done);
  return out;
}

void file_by_file(adapter::adapter& php, std::vector<std::string> const& paths, pacing const& pace,
                  std::function<agent::call(std::span<std::string const>)> const& call_for,
                  std::function<void(std::string const& path, compile_row row)> const& each, progress const& tell,
                  between_requests const& goes_on) {
  speed now = as_asked(pace);
  one_at_a_time next;
  for (std::span<std::string const> left = paths; !left.empty();) {
    auto const part = left.first(std::min(left.size(), next.most(now.files)));
    auto const made = send_part(php, part.size(), within(now, pace, call_for(part)), next,
                                [&](std::size_t i, compile_row row) { each(part[i], std::move(row)); });
    left = left.subspan(made.files);
    if (tell) tell(paths.size() - left.size(), paths.size());
    if (goes_on && !goes_on()) return;
    now = next_speed(pace, made);
    if (!left.empty() && now.pause.count() > 0) php.pause(now.pause);
  }
}

}  // namespace cachetool::opcache
