#include "adapter/fastcgi_adapter.hpp"

#include <algorithm>
#include <utility>

#include "adapter/diagnosis.hpp"

namespace cachetool::adapter {
namespace {

constexpr std::chrono::milliseconds first_pause{50};

// A pool that is being reloaded refuses, or has no socket, for a moment; a worker that is recycled drops the
// connection.
bool may_send_again(error const& failed, agent::call const& what) {
  switch (failed.kind()) {
    case error_kind::unreachable:
    case error_kind::stale:
      return !failed.may_have_run() || what.idempotent;
    case error_kind::worker_died:
      return what.idempotent;
    default:
      return false;
  }
}

}  // namespace

fastcgi_adapter::fastcgi_adapter(fastcgi::endpoint where, fastcgi_options const& options, observer& watcher)
    : client_(std::move(where), options.client), place_(options.place, watcher), watcher_(watcher), options_(options) {}

std::unique_ptr<adapter> fastcgi_adapter::another() const {
  return std::make_unique<fastcgi_adapter>(client_.where(), options_, watcher_);
}

agent::answer fastcgi_adapter::run(agent::call const& what) {
  for (int attempt = 0;; ++attempt) {
    broke_in_stream_ = false;
    try {
      return run_in_some_place(what);
    } catch (error& failed) {
      failed.on(label());
      if (attempt >= options_.retries || broke_in_stream_ || !may_send_again(failed, what)) throw;
      auto const wait = first_pause * (1 << std::min(attempt, 6));
      watcher_.retrying(failed, wait);
      pause(wait);
    }
  }
}

void fastcgi_adapter::pause(std::chrono::milliseconds duration) {
  cachetool::adapter::pause(duration, options_.client.interrupt_fd);
}

agent::answer fastcgi_adapter::run_in_some_place(agent::call const& what) {
  for (;;) {
    try {
      return run_once(what);
    } catch (error const& failed) {
      if (!is_about_the_place(failed.kind())) throw;
      place_.reject(failed);
    }
  }
}

fastcgi::response fastcgi_adapter::execute(fastcgi::connection& connection, fastcgi::request const& request,
                                           agent::answer_reader& reader) {
  try {
    return connection.execute(request, [&](std::string_view part) { reader.feed(part); });
  } catch (error const&) {
    broke_in_stream_ = reader.streamed();
    throw;
  }
}

agent::answer fastcgi_adapter::run_once(agent::call const& what) {
  fastcgi::connection connection = client_.connect();
  if (what.timeout) connection.set_timeout(*what.timeout);
  std::string const& path = place_.path(agent::source_for(what.operation), connection.peer());
  watcher_.running(what, label(), path);

  agent::encoded_call encoded = agent::encode(what);
  encoded.params.emplace_back("SCRIPT_FILENAME", path);
  agent::answer_reader reader(std::move(encoded.nonce), what.rows);
  fastcgi::request request;
  request.params = std::move(encoded.params);
  request.body = std::move(encoded.body);
  fastcgi::response const response = execute(connection, request, reader);

  if (!reader.began()) throw diagnose(response, reader, path).during(phase::answer);
  agent::answer answer = reader.finish();
  if (!response.stderr_text.empty()) watcher_.said(response.stderr_text);
  watcher_.answered(answer);
  return answer;
}

}  // namespace cachetool::adapter
