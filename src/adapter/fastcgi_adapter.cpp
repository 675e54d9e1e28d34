#include "adapter/fastcgi_adapter.hpp"

#include <utility>

#include "adapter/diagnosis.hpp"
#include "adapter/retry.hpp"
#include "fpm/processes.hpp"

namespace cachetool::adapter {

fastcgi_adapter::fastcgi_adapter(fastcgi::endpoint where, fastcgi_options const& options, observer& watcher)
    : client_(std::move(where), options.client),
      place_(options.place, client_.where(), watcher),
      watcher_(watcher),
      options_(options) {}

std::unique_ptr<adapter> fastcgi_adapter::another() const {
  return std::make_unique<fastcgi_adapter>(client_.where(), options_, watcher_);
}

agent::answer fastcgi_adapter::run(agent::call const& what) {
  auto const again = [&](error const& failed) {
    return retry_plan{broke_in_stream_ || !may_send_again(failed, what) ? 0 : options_.retries};
  };
  auto const attempt = [&] {
    broke_in_stream_ = false;
    return run_in_some_place(what);
  };
  return with_retries(attempt, again, *this, watcher_);
}

std::vector<std::int64_t> fastcgi_adapter::workers(std::string_view pool) const {
  if (master_ == 0) return {};
  auto const pids = fpm::pool_workers(master_, pool);
  return {pids.begin(), pids.end()};
}

void fastcgi_adapter::pause(std::chrono::milliseconds duration) {
  cachetool::adapter::pause(duration, options_.client.interrupt_fd);
}

agent::answer fastcgi_adapter::run_in_some_place(agent::call const& what) {
  for (;;) {
    try {
      return run_once(what);
    } catch (error const& failed) {
      if (!is_about_the_place(failed.kind()) || place_.is_exhausted()) throw;
      place_.reject(failed, allowed_);
    }
  }
}

fastcgi::response fastcgi_adapter::execute(fastcgi::connection& connection, fastcgi::request const& request,
                                           agent::answer_reader& reader) {
  try {
    return connection.execute(request, [&](std::string_view part) { reader.feed(part); });
  } catch (error const&) {
    reader.end();
    broke_in_stream_ = reader.streamed();
    throw;
  }
}

agent::answer fastcgi_adapter::finish(agent::answer_reader& reader) {
  try {
    return reader.finish();
  } catch (error const& failed) {
    if (failed.kind() == error_kind::restricted) allowed_ = {reader.refused_over()};
    throw;
  }
}

agent::answer fastcgi_adapter::run_once(agent::call const& what) {
  fastcgi::connection connection = client_.connect();
  if (what.timeout) connection.set_timeout(*what.timeout);
  auto const peer = connection.peer();
  master_ = peer ? peer->pid : 0;
  std::string const& path = place_.path(agent::source_for(what.operation), peer);
  watcher_.running(what, label(), path);

  agent::encoded_call encoded = agent::encode(what);
  encoded.params.emplace_back("SCRIPT_FILENAME", path);
  if (place_.is_installed()) encoded.params.emplace_back("CACHETOOL_SHA256", agent::complete().sha256);
  agent::answer_reader reader(std::move(encoded.nonce), what.rows, what.printed);
  fastcgi::request request;
  request.params = std::move(encoded.params);
  request.body = std::move(encoded.body);
  fastcgi::response const response = execute(connection, request, reader);

  allowed_ = allowed_directories(response.stderr_text);
  if (!reader.began()) throw diagnose(response, reader, path).during(phase::answer);
  agent::answer answer = finish(reader);
  if (!response.stderr_text.empty()) watcher_.said(response.stderr_text);
  watcher_.answered(answer);
  return answer;
}

}  // namespace cachetool::adapter
